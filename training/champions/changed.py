"""What changed between two models: stretches of the same clips that they call differently, surest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.clips import Stretch
from ...annotation.errors import LearnError
from ...annotation.formats.wording import counted
from ...annotation.project import Kind
from ...annotation.project.clips import clip_id
from ...annotation.tracks import CODE, UNLABELED
from ...annotation.video import index_video
from ..cards import ModelCard
from ..decisions import track_and_confidence
from ..fitting import Cancelled
from ..models import Model, find_model, read_card
from ..predictors import Predictor, predictor_of
from ..probabilities import Probabilities
from .held_out import HeldOut, read_held_out

if TYPE_CHECKING:
    from ...annotation.project import PassRecord, Project

#: Seconds below which a stretch is a boundary that moved, and not listed.
SHORTEST = 0.3


@dataclass(frozen=True, slots=True)
class Flip:
    """A stretch that two models call differently.

    Attributes
    ----------
    clip, video, subject
        Where it lies.
    start, stop
        Frames ``[start, stop)`` of the recording.
    fps
        Frames per second.
    group
        Index of the exclusive group.
    before, after
        What the older and the newer model call it: behavior ids, none, or unlabeled where it is not sure.
    confidence, confidence_before
        Mean probability of the newer and of the older model's bouts there, 0 to 1.
    people
        What people labeled most of it; unlabeled where they did not.
    passes
        Ids of the passes that can be opened to look at it, the first one first.
    """

    clip: str
    video: str
    subject: str
    start: int
    stop: int
    fps: float
    group: int
    before: int
    after: int
    confidence: float
    confidence_before: float
    people: int
    passes: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What changed from one model to another.

    Attributes
    ----------
    before, after
        Ids of the models.
    flips
        The surest of the newer model first.
    clips, frames, changed
        How much was compared, in groups' frames, and of how many of them they differ.
    short
        Number of stretches that are too short to be listed.
    held_out
        Number of clips on which both models were asked before they had learned from them; on the others they
        were asked now.
    left_out
        Sentences about what was not compared.
    """

    before: str
    after: str
    flips: tuple[Flip, ...]
    clips: int
    frames: int
    changed: int
    short: int
    held_out: int
    left_out: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """How much differs."""
        share = 100 * self.changed / self.frames if self.frames else 0.0
        flipped = f"{counted(len(self.flips), 'bout')} flipped in {counted(self.clips, 'clip')}"
        return f"{flipped}, {share:.1f} % of the frames."

    def to_dict(self, project: Project) -> dict[str, Any]:
        """Return plain data for JSON, labels by their names."""
        name = project.ethogram.label_name
        return {
            "before": self.before, "after": self.after, "clips": self.clips, "frames": self.frames,
            "changed": self.changed, "short": self.short, "held_out": self.held_out,
            "left_out": list(self.left_out),
            "flips": [
                {
                    "clip": f.clip, "video": f.video, "subject": f.subject, "start": f.start, "stop": f.stop,
                    "fps": f.fps, "group": project.ethogram.groups[f.group], "before": name(f.before),
                    "after": name(f.after), "confidence": f.confidence,
                    "confidence_before": f.confidence_before, "people": name(f.people),
                }
                for f in self.flips
            ],
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Place:
    """A clip with what both models say about it, the older one first, and people's labels."""

    clip: str
    video: str
    subject: str
    fps: float
    said: tuple[Probabilities, Probabilities]
    people: NDArray[np.int16]
    passes: tuple[str, ...]
    held_out: bool


def what_changed(
    project: Project, before: str, after: str, acting: str | None = None, cancelled: Cancelled | None = None
) -> Changes:
    """Compare what two models say about the same clips.

    These are the clips that both were tested on before they learned from them, and those that both have
    labeled as passes; never clips of animals that are kept apart, nor any that blind work closes to `acting`.

    Raises
    ------
    LearnError
        When there is no such model, or there is no clip that both have something to say about.
    """
    folders = find_model(before, project), find_model(after, project)
    cards = read_card(folders[0]), read_card(folders[1])
    left_out: list[str] = []
    flips: list[Flip] = []
    clips = frames = changed = short = held_out = 0
    for place in _places(project, folders, cards, acting, left_out, cancelled):
        own, differing, brief = _flips(project, place, cards)
        flips += own
        clips, held_out = clips + 1, held_out + place.held_out
        frames, changed, short = frames + place.people.size, changed + differing, short + brief
    if not clips:
        raise LearnError(
            f"There is no clip on which '{cards[0].name}' and '{cards[1].name}' can be compared; label the "
            f"same clips with both ('ethoprofile predict'). {' '.join(left_out)}".rstrip()
        )
    flips.sort(key=lambda flip: (-flip.confidence, flip.video, flip.start, flip.group))
    return Changes(
        cards[0].id, cards[1].id, tuple(flips), clips, frames, changed, short, held_out, tuple(left_out)
    )


def _places(
    project: Project, folders: tuple[Path, Path], cards: tuple[ModelCard, ModelCard], acting: str | None,
    left_out: list[str], cancelled: Cancelled | None,
) -> Iterator[_Place]:  # fmt: skip
    kept = {video.id for video in project.videos() if project.kept_apart(video.id)}
    taken: set[str] = set()
    for place in _tested(project, folders):
        if place.video in kept:
            continue
        if _open_to(project, place.passes, acting):
            taken.add(place.clip)
            yield place
        else:
            left_out.append(f"The clip {place.clip} is closed by blind work.")
    shared = [pair for pair in _predicted(project, cards, acting) if pair[0].clip not in taken]
    predictors: list[Predictor] = []
    for own in shared:
        clip = project.get_clip(own[0].clip)
        if clip.video in kept or not _open_to(project, [record.id for record in own], acting):
            continue
        predictors = predictors or [predictor_of(Model.read(folder)) for folder in folders]
        yield _asked(project, own, predictors, cancelled)


def _tested(project: Project, folders: tuple[Path, Path]) -> Iterator[_Place]:
    """Yield the clips that both models were tested on before they had learned from them."""
    try:
        sides = read_held_out(folders[0]), read_held_out(folders[1])
    except LearnError:
        return
    clips = {(clip.video, clip.start, clip.stop): clip.id for clip in project.clips()}
    for stretch in sides[1].snapshot.stretches:
        if all(stretch.key in side.said for side in sides):
            at = (stretch.video, stretch.start, stretch.stop)
            yield _Place(
                clips.get(at, clip_id(Stretch(*at))), stretch.video, stretch.subject, stretch.fps,
                (sides[0].said[stretch.key], sides[1].said[stretch.key]),
                _present(project, sides[1], stretch.codes), stretch.passes, held_out=True,
            )  # fmt: skip


def _present(project: Project, side: HeldOut, codes: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return labels in the columns of the project's ethogram; what that does not know is unlabeled."""
    now, then = project.ethogram, side.snapshot.ethogram
    found = np.full((len(codes), len(now.groups)), UNLABELED, CODE)
    for column, group in enumerate(then.groups):
        if group in now.groups:
            target = now.groups.index(group)
            known = [b.id for b in now.behaviors if b.group == group]
            found[:, target] = np.where(
                np.isin(codes[:, column], [*known, 0]), codes[:, column], UNLABELED
            )  # fmt: skip
    return found


def _predicted(
    project: Project, cards: tuple[ModelCard, ModelCard], acting: str | None
) -> list[tuple[PassRecord, PassRecord]]:
    """Return the passes that both models made over the same clip."""
    made: dict[str, dict[str, PassRecord]] = {}
    for record in project.passes(acting=acting):
        if record.kind is Kind.MODEL:
            made.setdefault(record.clip, {})[record.source] = record
    return [
        (own[cards[0].id], own[cards[1].id])
        for own in made.values()
        if cards[0].id in own and cards[1].id in own
    ]


def _asked(
    project: Project, own: tuple[PassRecord, PassRecord], predictors: list[Predictor],
    cancelled: Cancelled | None,
) -> _Place:  # fmt: skip
    """Ask both models about a clip again: their passes hold labels, but not how sure they are."""
    clip = project.get_clip(own[0].clip)
    video, path = project.get_video(clip.video), project.video_path(clip.video)
    index = index_video(path, project.cache_folder, cancelled=cancelled)
    fps = index.facts.fps or video.fps or 25.0
    older, newer = (
        each.clip(project.cache_folder, path, index, fps, (clip.start, clip.stop), cancelled)
        for each in predictors
    )
    blank = np.full((clip.frames, len(project.ethogram.groups)), UNLABELED, CODE)
    return _Place(
        clip.id, video.id, video.subject, fps, (older, newer), blank, (own[1].id,), held_out=False
    )  # fmt: skip


def _open_to(project: Project, passes: tuple[str, ...] | list[str], acting: str | None) -> bool:
    known = {record.id for record in project.passes(acting=acting)}
    return all(p in known and project.door.allowed(p, acting) for p in passes)


def _flips(
    project: Project, place: _Place, cards: tuple[ModelCard, ModelCard]
) -> tuple[list[Flip], int, int]:
    """Return the listed stretches of a clip, the number of frames that differ, and of short stretches."""
    older, newer = (
        track_and_confidence(said, card, project.ethogram)
        for said, card in zip(place.said, cards, strict=True)
    )
    start = place.said[0].start
    found, changed, short = [], 0, 0
    for group in range(place.people.shape[1]):
        pair = np.stack([older[0].codes[:, group], newer[0].codes[:, group]], axis=1)
        turns = np.flatnonzero((pair[1:] != pair[:-1]).any(axis=1)) + 1
        for first, stop in pairwise([0, *turns.tolist(), len(pair)]):
            before, after = pair[first].tolist()
            if before == after:
                continue
            changed += stop - first
            if stop - first < SHORTEST * place.fps:
                short += 1
                continue
            rows = slice(first, stop)
            found.append(
                Flip(
                    place.clip, place.video, place.subject, start + first, start + stop, place.fps, group,
                    before, after, float(newer[1][rows, group].mean()), float(older[1][rows, group].mean()),
                    _most(place.people[rows, group]), place.passes,
                )
            )  # fmt: skip
    return found, changed, short


def _most(codes: NDArray[np.int16]) -> int:
    values, counts = np.unique(codes, return_counts=True)
    return int(values[counts.argmax()])
