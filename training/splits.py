"""Which labels a model learns from and which it is asked about; an animal is never on both sides unawares."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..annotation.errors import LearnError
from .sides import labels_shown, spread_labels
from .snapshots import LabeledStretch, Snapshot

#: What is kept apart: animals; recordings; single clips; parts of one recording.
UNITS = ("subject", "video", "clips", "within-recording")
#: Clips that a division by clips needs, so that calibration has some of its own.
_LEAST_CLIPS = 3
#: What a figure's name says where the same animal is on both sides.
_WARNINGS = {
    "subject": "",
    "video": ", the same animals on both sides",
    "clips": ", the same animals and recordings on both sides",
    "within-recording": ", the same animals and recordings on both sides",
}


@dataclass(frozen=True, slots=True)
class Fold:
    """One division of the stretches of a snapshot.

    Attributes
    ----------
    name
        What is tested, such as ``subject 03``.
    train, test
        Numbers of stretches, ascending. What is in neither is not used.
    """

    name: str
    train: tuple[int, ...]
    test: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A named division of a snapshot, of which every figure carries the name.

    Attributes
    ----------
    name
        Such as ``leave-one-subject-out``; says so where the same animal is on both sides.
    unit
        What is kept apart: one of `UNITS`.
    folds
        The divisions.
    hash
        SHA-256 over the name and the content of every side.
    """

    name: str
    unit: str
    folds: tuple[Fold, ...]
    hash: str


def leave_one_subject_out(snapshot: Snapshot) -> Split:
    """Test every animal with a model of all others.

    Raises
    ------
    LearnError
        When there is one animal only.
    """
    folds = _leave_one_out(snapshot, lambda s: s.subject, "subject")
    return make_split("leave-one-subject-out", "subject", snapshot, folds)


def leave_one_video_out(snapshot: Snapshot) -> Split:
    """Test every recording with a model of all others; clips cut from one file are one recording."""
    folds = _leave_one_out(snapshot, lambda s: s.recording, "recording")
    mixed = len({s.recording for s in snapshot.stretches}) > len(snapshot.subjects)
    name = "leave-one-video-out" + (_WARNINGS["video"] if mixed else "")
    return make_split(name, "video", snapshot, folds)


def subject_folds(snapshot: Snapshot, count: int = 3, seed: int = 0) -> Split:
    """Divide the animals into `count` groups of about the same amount of labels; see `k_folds`."""
    return k_folds(snapshot, "subject", count, seed)


def k_folds(snapshot: Snapshot, unit: str = "subject", count: int = 3, seed: int = 0) -> Split:
    """Divide animals, recordings or clips into `count` groups; each is tested with a model of the others.

    Parameters
    ----------
    snapshot
        The labels.
    unit
        What is kept together: ``subject``, ``video`` or ``clips``.
    count
        Number of groups; with fewer animals (recordings, clips) each is a group of its own.
    seed
        Decides between equals.

    Returns
    -------
    Split
        The strains are spread over the groups, and labels about evenly; no group has all of a behavior that
        several animals (recordings, clips) show, where that can be avoided.

    Raises
    ------
    LearnError
        When there is one animal (recording, clip) only.
    """
    named: dict[str, Callable[[LabeledStretch], str]] = {
        "subject": lambda s: s.subject, "video": lambda s: s.recording,
        "clips": lambda s: f"{s.video} {s.start}-{s.stop}",
    }  # fmt: skip
    of = named[unit]
    amounts: dict[str, int] = {}
    for stretch in snapshot.stretches:
        amounts[of(stretch)] = amounts.get(of(stretch), 0) + stretch.labeled
    if len(amounts) < 2:
        raise _too_few({"video": "recording", "clips": "clip"}.get(unit, unit), snapshot)
    strains = {of(s): s.strain for s in snapshot.stretches}
    chance = random.Random(seed)
    order = sorted(amounts, key=lambda name: (strains[name], -amounts[name], chance.random()))
    sides: list[list[str]] = [[] for _ in range(min(count, len(order)))]
    for name in order:
        # Equal numbers first, then the group with less.
        min(sides, key=lambda side: (len(side), sum(amounts[n] for n in side))).append(name)
    spread_labels(
        sides,
        labels_shown(snapshot, of),
        lambda a, b: (strains[a] != strains[b], abs(amounts[a] - amounts[b])),
    )
    folds = [_fold(snapshot, f"{unit} {', '.join(sorted(side))}", _one_of(of, side)) for side in sides]
    shared = len({s.recording for s in snapshot.stretches}) > len(snapshot.subjects)
    warning = _WARNINGS[unit] if unit != "video" or shared else ""
    return make_split(f"{len(sides)}-fold by {unit} (seed {seed}){warning}", unit, snapshot, folds)


def holdout(snapshot: Snapshot, subjects: Iterable[str] | None = None, seed: int = 0) -> Split:
    """Test fixed animals: those named, or one of every strain chosen by `seed`.

    Raises
    ------
    LearnError
        When an animal has no labels, or none would be left to learn from.
    """
    strains = {s.subject: s.strain for s in snapshot.stretches}
    if subjects is None:
        chance = random.Random(seed)
        named = [
            chance.choice(own)
            for strain in sorted(set(strains.values()))
            if len(own := [name for name in snapshot.subjects if strains[name] == strain]) > 1
        ]
        chosen = set(named or [chance.choice(snapshot.subjects)])
    else:
        chosen = set(subjects)
    unknown = sorted(chosen - set(strains))
    if unknown:
        raise LearnError(f"Nothing is labeled of the subject '{unknown[0]}', which should be held out.")
    if chosen >= set(strains):
        raise _too_few("subject", snapshot)
    fold = _fold(snapshot, f"subjects {', '.join(sorted(chosen))}", lambda s: s.subject in chosen)
    return make_split(f"holdout of subjects {', '.join(sorted(chosen))}", "subject", snapshot, [fold])


def random_clips(snapshot: Snapshot, test: float = 0.1, repeats: int = 1, seed: int = 0) -> Split:
    """Test a random share of the clips, whoever they show: only for comparison with published figures.

    Parameters
    ----------
    snapshot
        The labels.
    test
        Share of the clips that is tested, 0 to 1.
    repeats
        How often it is divided anew.
    seed
        Any integer.
    """
    count = len(snapshot.stretches)
    if count < 2:
        raise LearnError("A random division of clips needs two labeled clips or more; there is one.")
    size = min(max(1, round(test * count)), count - 1)
    folds = []
    for number in range(repeats):
        chosen = set(random.Random(repr((seed, number))).sample(range(count), size))
        train = tuple(index for index in range(count) if index not in chosen)
        folds.append(Fold(f"random clips {number + 1}", train, tuple(sorted(chosen))))
    shares = f"{round(100 * (1 - test))}/{round(100 * test)}" + (f" x {repeats}" if repeats > 1 else "")
    name = f"random clips {shares} (seed {seed}){_WARNINGS['clips']}"
    return make_split(name, "clips", snapshot, folds)


def cut_clips(snapshot: Snapshot, least: int = _LEAST_CLIPS) -> Snapshot:
    """Return the labels with their clips cut into equal pieces where there are fewer than `least` of them.

    For divisions by clips: a recording whose labels are one long clip can be divided all the same.
    """
    pieces = -(-least // len(snapshot.stretches)) if snapshot.stretches else 1
    return replace(snapshot, stretches=tuple(p for s in snapshot.stretches for p in _pieces(s, pieces)))


def _pieces(stretch: LabeledStretch, count: int) -> list[LabeledStretch]:
    """Return a stretch in up to `count` equal pieces."""
    bounds = sorted({stretch.start + number * stretch.frames // count for number in range(count + 1)})
    return [stretch.part(start, stop) for start, stop in pairwise(bounds)]


def within_recording(
    snapshot: Snapshot, train: float = 0.6, gap: float = 10.0
) -> tuple[Snapshot, Split]:  # fmt: skip
    """Learn from the beginning of every stretch and test its end, after a gap; for wiring tests.

    Stretches of one recording that lie closer together than the gap are divided as one, so that nothing is
    tested that lies closer than that to what was learned. What is learned from is in as many pieces as
    `cut_clips` makes, so that one clip is enough. Stretches that are too short for the gap, or lie in it, are
    left out, which `Snapshot.left_out` says.

    Parameters
    ----------
    snapshot
        The labels.
    train
        Share of a stretch that is learned from, 0 to 1.
    gap
        Seconds between the two that are not used.

    Returns
    -------
    tuple
        The snapshot of the parts, and its division.

    Raises
    ------
    LearnError
        When every stretch is too short.
    """
    learned: list[LabeledStretch] = []
    tested: list[LabeledStretch] = []
    left_out = []
    for run in _runs(snapshot, gap):
        first, last = _begin(run[0]), max(map(_end, run))
        middle = first + round(train * (last - first))
        again = middle + round(gap * run[0].fps)
        room = first < middle < again < last
        why = "lie in the gap" if room else "are too few to be divided with a gap"
        for stretch in run:
            before = _within(stretch, first, middle) if room else []
            after = _within(stretch, again, last) if room else []
            learned += before
            tested += after
            if not before and not after:
                left_out.append(
                    f"Frames {stretch.start} to {stretch.stop} of '{stretch.video}' {why} of {gap:g} s."
                )
    if not learned:
        raise LearnError(f"{left_out[0].removesuffix('.')}; label a longer clip.")
    pieces = -(-_LEAST_CLIPS // len(learned))
    learned = [piece for stretch in learned for piece in _pieces(stretch, pieces)]
    parts = (*learned, *tested)
    divided = replace(snapshot, stretches=parts, left_out=(*snapshot.left_out, *left_out))
    sides = tuple(range(len(learned))), tuple(range(len(learned), len(parts)))
    name = f"within-recording with a gap of {gap:g} s{_WARNINGS['within-recording']}"
    return divided, make_split(name, "within-recording", divided, [Fold("end of every clip", *sides)])


def _runs(snapshot: Snapshot, gap: float) -> list[list[LabeledStretch]]:
    """Return the stretches in order, those of one recording together that lie closer than `gap` seconds."""
    runs: list[list[LabeledStretch]] = []
    for stretch in sorted(snapshot.stretches, key=lambda s: (s.recording, _begin(s))):
        close = bool(runs) and runs[-1][0].recording == stretch.recording
        if close and _begin(stretch) - max(map(_end, runs[-1])) < round(gap * stretch.fps):
            runs[-1].append(stretch)
        else:
            runs.append([stretch])
    return runs


def _begin(stretch: LabeledStretch) -> int:
    """Return the first frame of a stretch, counted in the uncut recording."""
    return stretch.offset + stretch.start


def _end(stretch: LabeledStretch) -> int:
    """Return the frame behind a stretch, counted in the uncut recording."""
    return stretch.offset + stretch.stop


def _within(stretch: LabeledStretch, start: int, stop: int) -> list[LabeledStretch]:
    """Return what a stretch has of frames ``[start, stop)`` of the uncut recording: one part or none."""
    start, stop = max(start, _begin(stretch)), min(stop, _end(stretch))
    return [stretch.part(start - stretch.offset, stop - stretch.offset)] if start < stop else []


def make_split(name: str, unit: str, snapshot: Snapshot, folds: Sequence[Fold]) -> Split:
    """Return a checked split.

    Raises
    ------
    LearnError
        When a side is empty, or what the unit keeps apart is on both sides.
    """
    for fold in folds:
        _check(fold, unit, snapshot)
    content = [
        [fold.name, *([snapshot.stretches[i].key for i in side] for side in (fold.train, fold.test))]
        for fold in folds
    ]
    digest = hashlib.sha256(json.dumps([name, unit, content]).encode()).hexdigest()
    return Split(name, unit, tuple(folds), digest)


def check_unseen(seen: Iterable[str] | None, tested: Iterable[str], what: str) -> bool:
    """Return whether it is known which animals `what` (a learned backbone) has seen.

    Raises
    ------
    LearnError
        When it has seen an animal that is to be tested.
    """
    if seen is None:
        return False
    both = sorted(set(seen) & set(tested))
    if both:
        raise LearnError(
            f"{what} was trained on the subject '{both[0]}', which is to be tested; train it without that "
            "subject, or test others."
        )
    return True


def _check(fold: Fold, unit: str, snapshot: Snapshot) -> None:
    if not fold.train or not fold.test:
        raise LearnError(f"The division '{fold.name}' leaves one side without labels.")
    train, test = ([snapshot.stretches[i] for i in side] for side in (fold.train, fold.test))
    apart: dict[str, Callable[[LabeledStretch], str]] = {
        "subject": lambda s: s.subject, "video": lambda s: s.recording,
        "clips": lambda s: repr(s.key), "within-recording": lambda s: repr(s.key),
    }  # fmt: skip
    both = sorted({apart[unit](s) for s in train} & {apart[unit](s) for s in test})
    if both:
        noun = {"subject": "subject", "video": "recording"}.get(unit, "clip")
        raise LearnError(
            f"The {noun} '{both[0]}' is on both sides of the division '{fold.name}', which would make "
            "figures too good."
        )


def _leave_one_out(snapshot: Snapshot, of: Callable[[LabeledStretch], str], noun: str) -> list[Fold]:
    names = sorted({of(stretch) for stretch in snapshot.stretches})
    if len(names) < 2:
        raise _too_few(noun, snapshot)
    return [_fold(snapshot, f"{noun} {name}", _one_of(of, [name])) for name in names]


def _one_of(of: Callable[[LabeledStretch], str], names: Collection[str]) -> Callable[[LabeledStretch], bool]:
    """Return whether a stretch belongs to one of these."""
    return lambda stretch: of(stretch) in names


def _fold(snapshot: Snapshot, name: str, tested: Callable[[LabeledStretch], bool]) -> Fold:
    sides: tuple[list[int], list[int]] = ([], [])
    for index, stretch in enumerate(snapshot.stretches):
        sides[tested(stretch)].append(index)
    return Fold(name, tuple(sides[0]), tuple(sides[1]))


def _too_few(noun: str, snapshot: Snapshot) -> LearnError:
    stretch = snapshot.stretches[0]
    only = {"subject": stretch.subject, "recording": stretch.recording}.get(noun, stretch.video)
    return LearnError(
        f"Labels come from the {noun} '{only}' only; label a second {noun}, without which it cannot be told "
        "how well a model does on others."
    )
