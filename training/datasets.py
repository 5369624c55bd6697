"""Taking a snapshot of a project's labels: which tracks of which passes, and who is kept for the test."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import BlindError, LearnError
from ..annotation.project.holdouts import Purpose, animal_of, recording_of
from ..annotation.project.journal import COPIED
from ..annotation.project.records import Kind, PassRecord, State
from ..annotation.tracks import UNLABELED
from .opinions import Opinion, merge
from .snapshots import IGNORED, LabeledStretch, Snapshot, class_indices, classes_of

if TYPE_CHECKING:
    from ..annotation.project import ClipRecord, Project, VideoRecord

__all__ = [
    "IGNORED",
    "LABEL_KINDS",
    "LabeledStretch",
    "Snapshot",
    "class_indices",
    "classes_of",
    "keep_for_test",
    "passes_named",
    "take_snapshot",
    "test_subjects",
]

#: Which kinds lead: a consensus over a review over an own pass. Models never teach models.
_RANK = {Kind.CONSENSUS: 0, Kind.REVIEW: 1, Kind.FIRST: 2, Kind.BLIND: 3}
#: The kinds of passes that labels are learned from, those that lead first.
LABEL_KINDS = tuple(kind.value for kind in _RANK)


def test_subjects(project: Project) -> tuple[str, ...]:
    """Return the animals that are kept for the final test: nothing is trained or chosen on them."""
    return project.kept_subjects(Purpose.TEST)


def keep_for_test(project: Project, subjects: Iterable[str]) -> None:
    """Keep these animals for the final test, in place of those kept until now; see `keep_subjects`."""
    project.keep_subjects(Purpose.TEST, subjects)


def take_snapshot(
    project: Project,
    acting: str | None = None,
    passes: Collection[str] | None = None,
    *,
    test: bool | None = False,
) -> Snapshot:
    """Take a snapshot of the labels of a project.

    For every frame and group the consensus leads over a review, a review over a first pass, a first pass over
    a blind repeat, and a submitted pass over an open one; what one has not labeled is left to the next.
    Frames that are labeled in an open pass count; frames without a label stay unlabeled, and so do those
    that a finished consensus leaves, or where a review took a label off. Where no consensus decides and
    several people labeled a group, soft labels hold the share of people that chose each behavior; a review
    stands for the pass that it corrects. Frames of overlapping clips count once in every group.

    Parameters
    ----------
    project
        The project, read through its door.
    acting
        Who asks. Passes that a blind pass closes to them are left out, and `Snapshot.left_out` says so.
    passes
        Ids of the passes to use; all but those of models by default.
    test
        False leaves out the animals that are kept apart: for the final test, for comparing models (see
        `training.champions.holdout`), and those of which a pass is frozen as test data. True takes only the
        frozen passes, and all labels of the animals that are kept for the final test. None takes all animals.

    Raises
    ------
    LearnError
        When there is nothing labeled.
    """
    left_out: list[str] = []
    by_clip: dict[str, list[PassRecord]] = {}
    kept, frozen = set(test_subjects(project)), project.frozen_animals()
    if test is False:
        kept |= set(project.kept_subjects(Purpose.CHAMPION))
    for record in _chosen(project, passes):
        if test is not None and not _wanted(project, record, kept, frozen, test=test):
            continue
        if project.door.allowed(record.id, acting):
            by_clip.setdefault(record.clip, []).append(record)
        else:
            left_out.append(f"The pass {record.id} of {record.annotator} is closed by an open blind pass.")
    if frozen and test is False:
        left_out.append(f"Nothing is learned of {', '.join(sorted(frozen))}: passes are frozen as test data.")
    strains = {subject.id: subject.strain for subject in project.subjects()}
    behaviors = [(b.id, project.ethogram.group_of(b.id)) for b in project.ethogram.behaviors]
    taken: dict[str, NDArray[np.bool_]] = {}
    stretches = []
    for clip, records in sorted(_clips(project, by_clip), key=lambda pair: _order(*pair)):
        video = project.get_video(clip.video)
        try:
            stretch = _label(project, acting, clip, video, records, strains.get(video.subject, ""), behaviors)
        except BlindError as error:  # a blind pass was opened while this runs
            left_out.append(str(error))
            continue
        stretch = _once(stretch, taken, [group for _, group in behaviors])
        if (stretch.codes != UNLABELED).any():
            stretches.append(stretch)
    if not stretches:
        raise LearnError(
            "Nothing is labeled yet that could be learned from; score some clips first."
            if test is not True
            else "Nothing is kept for the final test; freeze passes with 'ethoprofile freeze --as test', or "
            "keep animals with 'ethoprofile holdout'."
        )
    stretches.sort(key=lambda s: (s.video, s.start, s.stop))
    return Snapshot(project.ethogram, tuple(stretches), tuple(left_out))


def passes_named(
    project: Project, names: Collection[str], acting: str | None = None
) -> tuple[str, ...] | None:
    """Return the ids of the passes that are meant, for `take_snapshot`; None when nothing is named.

    Parameters
    ----------
    project
        The project.
    names
        Each the id of a pass, a kind of pass (consensus, review, first, blind) or an annotator.
    acting
        Who asks.

    Raises
    ------
    LearnError
        When a name means nothing, or the pass of a model.
    """
    records = project.passes(acting=acting)
    people = [record for record in records if record.kind in _RANK]
    found: dict[str, None] = {}
    for name in names:
        if any(record.id == name and record.kind not in _RANK for record in records):
            raise LearnError(f"The pass {name} is of a model; models learn from people only.")
        meant = [record.id for record in people if name in (record.id, record.kind.value)]
        if not meant and name not in LABEL_KINDS:
            meant = [record.id for record in people if record.annotator.casefold() == name.casefold()]
        if not meant:
            known = sorted({record.annotator for record in people})
            raise LearnError(
                f"Nothing was scored that '{name}' could mean: name a pass, a kind of pass "
                f"({', '.join(LABEL_KINDS)}) or an annotator ({', '.join(known)})."
            )
        found |= dict.fromkeys(meant)
    return tuple(found) if names else None


def _chosen(project: Project, passes: Collection[str] | None) -> list[PassRecord]:
    if passes is not None:
        return [project.get_pass(pass_id) for pass_id in passes]
    return [record for record in project.passes() if record.kind in _RANK]


def _wanted(
    project: Project, record: PassRecord, kept: set[str], frozen: frozenset[str], *, test: bool
) -> bool:
    """Return whether a pass is on the side of the final test (True) or on the other one (False)."""
    video = project.get_video(project.get_clip(record.clip).video)
    if test:
        return record.state is State.TEST or video.subject in kept
    return video.subject not in kept and animal_of(video) not in frozen


def _clips(
    project: Project, by_clip: dict[str, list[PassRecord]]
) -> list[tuple[ClipRecord, list[PassRecord]]]:
    return [(project.get_clip(clip), sorted(records, key=_leading)) for clip, records in by_clip.items()]


def _leading(record: PassRecord) -> tuple[int, bool, str, str]:
    """Sort passes of a clip: the one that leads first; of equals the earlier one."""
    return _RANK.get(record.kind, len(_RANK)), record.submitted_at is None, record.started_at, record.id


def _order(clip: ClipRecord, records: list[PassRecord]) -> tuple[tuple[int, bool, str, str], str]:
    """Sort clips: where two overlap in frames, the one with the better pass is asked first."""
    return _leading(records[0]), clip.id


def _label(
    project: Project,
    acting: str | None,
    clip: ClipRecord,
    video: VideoRecord,
    records: list[PassRecord],
    strain: str,
    behaviors: Sequence[tuple[int, int]],
) -> LabeledStretch:
    if not video.fps:
        raise LearnError(f"The frame rate of '{video.id}' is not known; add the recording with its rate.")
    said = merge([_opinion(project, acting, record) for record in records], behaviors)
    used = [records[number] for number in said.used]
    mark = video.fingerprint or {}
    return LabeledStretch(
        video=video.id,
        path=project.video_path(video.id).as_posix(),
        fingerprint=f"{mark.get('ends', video.id)}-{mark.get('size', 0):x}",
        subject=animal_of(video),
        strain=strain,
        recording=recording_of(video),
        fps=video.fps,
        start=clip.start,
        stop=clip.stop,
        codes=said.codes,
        soft=said.soft,
        passes=tuple(record.id for record in used),
        annotators=tuple(record.annotator for record in used),
    )


def _opinion(project: Project, acting: str | None, record: PassRecord) -> Opinion:
    """Return what a pass says, and whether its unlabeled frames are a decision, too.

    They are in a consensus that is finished, where nobody could tell, and in a review that began as a copy,
    where a label was taken off.
    """
    codes = project.door.labels(record.id, acting).codes
    if record.kind is Kind.CONSENSUS:
        finished = record.submitted_at is not None
        return Opinion(record.id, record.annotator, codes, decides=True, whole=finished)
    if record.kind is Kind.REVIEW:
        history = project.door.history(record.id, acting)
        copied = bool(history) and getattr(history[0].change, "provenance", "") == COPIED
        return Opinion(record.id, record.annotator, codes, corrects=record.based_on, whole=copied)
    return Opinion(record.id, record.annotator, codes)


def _once(
    stretch: LabeledStretch, taken: dict[str, NDArray[np.bool_]], groups: Sequence[int]
) -> LabeledStretch:
    """Return the stretch without the labels of frames that an earlier one has labeled, and note its own.

    `groups` holds the column of the group of every behavior, in the order of the ethogram.
    """
    known = stretch.codes != UNLABELED
    mask = taken.get(stretch.video, np.zeros((0, known.shape[1]), bool))
    if len(mask) < stretch.stop:
        mask = np.pad(mask, ((0, stretch.stop - len(mask)), (0, 0)))
    before = mask[stretch.start : stretch.stop].copy()
    mask[stretch.start : stretch.stop] |= known
    taken[stretch.video] = mask
    if not before.any():
        return stretch
    soft = stretch.soft
    if soft is not None:
        soft = np.where(before[:, groups], np.float32(0), soft)
    return replace(stretch, codes=np.where(before, np.int16(UNLABELED), stretch.codes), soft=soft)
