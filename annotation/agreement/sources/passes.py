"""Passes of a project as the material of an agreement report, read through the project's one door."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from ...errors import AgreementError, ProjectError
from ...project import Kind, PassRecord, Project
from ...tracks import NONE, LabelTrack
from .files import ASSUMED_FPS
from .material import Coding, Material, SharedClip

#: Which pass of an annotator counts where several of theirs lie on the same frames.
_RANKS = {kind: rank for rank, kind in enumerate((Kind.FIRST, Kind.BLIND, Kind.REVIEW, Kind.CONSENSUS))}
#: How the provenance of labels begins that a model proposed.
_PROPOSED = ("accepted", "edited")
_ALONE = "one_rater_only"


@dataclass(frozen=True)
class _Placed:
    """A pass and where it lies."""

    record: PassRecord
    video: str
    start: int
    stop: int


class _Reader:
    """Reads passes for one acting annotator, each once."""

    def __init__(self, project: Project, acting: str | None) -> None:
        self._project, self._acting = project, acting
        self._tracks: dict[str, LabelTrack] = {}
        self._proposed: dict[str, float] = {}

    @cached_property
    def _bases(self) -> dict[str, str | None]:
        return {record.id: record.based_on for record in self._project.passes(acting=self._acting)}

    def track(self, pass_id: str) -> LabelTrack:
        """Return the labels of a pass."""
        if pass_id not in self._tracks:
            self._tracks[pass_id] = self._project.door.labels(pass_id, self._acting)
        return self._tracks[pass_id]

    def prelabeled(self, pass_id: str) -> float:
        """Return the share of labeled frames of a pass that began as proposals."""
        if pass_id not in self._proposed:
            track = self.track(pass_id)
            proposed = sum(
                run.stop - run.start
                for group in range(track.groups)
                for run in self._project.door.provenance(pass_id, self._acting, group)
                if run.provenance.startswith(_PROPOSED)
            )
            labeled = int((track.codes >= NONE).sum())
            self._proposed[pass_id] = proposed / labeled if labeled else 0.0
        return self._proposed[pass_id]

    def ancestors(self, pass_id: str) -> frozenset[str]:
        """Return a pass and everything that it began from."""
        found: set[str] = set()
        current: str | None = pass_id
        while current is not None and current not in found:
            found.add(current)
            current = self._bases.get(current)
        return frozenset(found)

    def coding(self, rater: str, placed: _Placed, start: int, stop: int) -> Coding:
        """Return what a pass says about frames ``[start, stop)`` of the recording."""
        record = placed.record
        codes = self.track(record.id).codes[start - placed.start : stop - placed.start]
        # A blind repeat names the pass that it repeats, but does not begin from it.
        copied = record.kind is not Kind.BLIND
        # What came from a file was scored elsewhere: nothing here kept other labels from its annotator.
        unguarded = record.kind is Kind.BLIND and bool(record.source)
        return Coding(
            rater=rater,
            codes=codes,
            source=record.id,
            kind=str(Kind.FIRST if unguarded else record.kind),
            ancestors=self.ancestors(record.id) if copied else frozenset({record.id}),
            prelabeled=self.prelabeled(record.id),
            coded_at=_moment(record),
        )


def material_of_passes(project: Project, raters: Sequence[str], acting: str | None = None) -> Material:
    """Read passes of a project so that they can be compared.

    Parameters
    ----------
    project
        The open project.
    raters
        Whom to compare: ids of passes, names of annotators, or ``NAME:KIND`` such as ``Ada:blind``. Where
        several passes of an annotator lie on the same frames the first pass counts, then the blind one, then
        a review. Empty: every annotator who has a first or blind pass.
    acting
        Who will see the result; passes that are closed to them are left out, and told.

    Raises
    ------
    AgreementError
        When the passes have no frames in common, or there are fewer than two raters.
    BlindError
        When a pass that was named, or everything of an annotator, is closed to the acting annotator.
    ProjectError
        When a rater is not known.
    """
    choice = _Choice(project, acting)
    wanted = list(raters) or choice.scorers()
    if len(set(wanted)) < len(wanted):
        raise AgreementError("A rater was named twice; agreement needs the labels of two raters.")
    if len(wanted) < 2:
        who = (
            f"only {wanted[0]} {'was named' if raters else 'has scored anything'}"
            if wanted
            else "there are none"
        )
        raise AgreementError(f"Agreement needs the labels of two people, but {who}.")
    chosen = choice.named(wanted)
    reader = _Reader(project, acting)
    by_video: dict[str, dict[str, list[_Placed]]] = {}
    for rater, placed in chosen.items():
        for one in placed:
            by_video.setdefault(one.video, {}).setdefault(rater, []).append(one)
    clips, alone = [], 0
    for video, own in by_video.items():
        for start, stop, codings in _stretches(own):
            if len(codings) < 2:
                alone += stop - start
                continue
            clips.append(_clip(project, reader, video, start, stop, codings))
    if not clips:
        raise AgreementError(
            f"{' and '.join(chosen)} have coded no frames in common; assign the same clips to both."
        )
    unshared = {_ALONE: alone} if alone else {}
    material = Material(tuple(chosen), project.ethogram, tuple(clips), unshared=unshared)
    notes = [*choice.left_out(), *_open_passes(chosen.values()), *_rates(project, by_video)]
    return replace(material, notes=(*notes, *material.oddities()))


class _Choice:
    """Which passes are meant, of those that the acting annotator may know of and see."""

    def __init__(self, project: Project, acting: str | None) -> None:
        self._project, self._acting = project, acting
        self._known = {record.id: record for record in project.passes(acting=acting)}
        self._closed: set[str] = set()

    def scorers(self) -> list[str]:
        """Return who has scored something on their own, in the order of the first passes."""
        own = (record for record in self._known.values() if record.kind in (Kind.FIRST, Kind.BLIND))
        return list(dict.fromkeys(record.annotator for record in own))

    def named(self, wanted: Iterable[str]) -> dict[str, list[_Placed]]:
        """Return the passes of each rater, by the name that the report gives them."""
        chosen: dict[str, list[_Placed]] = {}
        for name in wanted:
            if name in self._known:
                own = [self._known[name]]
                rater = _name_of(own[0], chosen)
            else:
                rater, own = name, self._of(name)
            chosen[rater] = [_placed(self._project, record) for record in own]
        return chosen

    def _of(self, name: str) -> list[PassRecord]:
        """Return the passes of an annotator, or those of one kind, that are not closed."""
        annotator, colon, kind = name.rpartition(":")
        if not colon or kind not in {str(known) for known in Kind}:
            annotator, kind = name, ""
        found = self._project.get_annotator(annotator).name
        own = [r for r in self._known.values() if r.annotator == found and kind in ("", str(r.kind))]
        if not own:
            what = f"no {kind} pass" if kind else "no pass"
            raise ProjectError(
                f"{annotator} has {what} in this project; 'ethoprofile status' lists the passes."
            )
        door = self._project.door
        seen = [record for record in own if door.allowed(record.id, self._acting)]
        if not seen:
            door.check(own[0].id, self._acting)
        self._closed |= {record.id for record in own if record not in seen}
        return seen

    def left_out(self) -> list[str]:
        """Return how many passes of those that were asked for are closed."""
        if not self._closed:
            return []
        which = "1 pass is" if len(self._closed) == 1 else f"{len(self._closed):,} passes are"
        whom = f" to {self._acting}" if self._acting else " to whoever does not say who asks (--as)"
        return [f"{which} closed{whom} by blind work that is not submitted, and left out."]


def _name_of(record: PassRecord, taken: Container[str]) -> str:
    names = (
        record.annotator,
        f"{record.annotator} ({record.kind})",
        f"{record.annotator} ({record.kind}, {record.id})",
    )
    return next(name for name in names if name not in taken)


def _placed(project: Project, record: PassRecord) -> _Placed:
    clip = project.get_clip(record.clip)
    return _Placed(record, clip.video, clip.start, clip.stop)


def _stretches(own: dict[str, list[_Placed]]) -> list[tuple[int, int, dict[str, _Placed]]]:
    """Return the stretches of one recording on which no pass begins or ends, and whose pass counts there."""
    edges = sorted({edge for placed in own.values() for one in placed for edge in (one.start, one.stop)})
    found = []
    for start, stop in pairwise(edges):
        here = {}
        for rater, placed in own.items():
            covering = [one for one in placed if one.start <= start and stop <= one.stop]
            if covering:
                here[rater] = min(covering, key=lambda one: _RANKS.get(one.record.kind, len(_RANKS)))
        if here:
            found.append((start, stop, here))
    return found


def _clip(
    project: Project, reader: _Reader, video: str, start: int, stop: int, codings: dict[str, _Placed]
) -> SharedClip:
    record = project.get_video(video)
    subject = next((s for s in project.subjects() if s.id == record.subject), None)
    return SharedClip(
        id=f"{video}_s{start}_n{stop - start}",
        recording=video,
        start=start,
        stop=stop,
        fps=record.fps or ASSUMED_FPS,
        codings=tuple(reader.coding(rater, placed, start, stop) for rater, placed in codings.items()),
        subject=record.subject or None,
        strain=(subject.strain or None) if subject else None,
        phase=_phase(project, video, start, stop),
    )


def _phase(project: Project, video: str, start: int, stop: int) -> str | None:
    """Return the light phase that most of a stretch lies in, if known."""
    phases = project.phases(video, start, stop)
    lengths = {name: sum(e - s for s, e, n in phases if n == name) for _, _, name in phases}
    return max(lengths, key=lambda name: lengths[name]) if lengths else None


def _moment(record: PassRecord) -> datetime | None:
    """Return when a pass was scored; nobody knows it of labels that came from a file."""
    if record.source:
        return None
    stamp = record.submitted_at or record.started_at
    return datetime.fromisoformat(stamp)


def _open_passes(chosen: Iterable[list[_Placed]]) -> list[str]:
    unfinished = {one.record.id for placed in chosen for one in placed if one.record.submitted_at is None}
    if not unfinished:
        return []
    which = "1 pass is" if len(unfinished) == 1 else f"{len(unfinished):,} passes are"
    return [f"{which} not submitted yet; what is unlabeled there does not count."]


def _rates(project: Project, videos: Iterable[str]) -> list[str]:
    unknown = ", ".join([video for video in videos if not project.get_video(video).fps][:5])
    if not unknown:
        return []
    assumed = f"{ASSUMED_FPS:g} frames per second were assumed for everything in seconds"
    return [f"The frame rate of {unknown} is not known; {assumed}."]
