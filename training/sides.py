"""Which animals are tested together: so that what is learned from the others still shows every behavior."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from .examples import LEAST_FRAMES
from .snapshots import IGNORED, LabeledStretch, Snapshot

#: A label that is learned: number of its group, and of its class there.
Label = tuple[int, int]


def labels_shown(snapshot: Snapshot, of: Callable[[LabeledStretch], str]) -> dict[str, set[Label]]:
    """Return the labels of which each animal has enough frames to be learned.

    Parameters
    ----------
    snapshot
        The labels.
    of
        What stretches belong together by: the animal, the recording or the clip.
    """
    counts: dict[str, Counter[Label]] = {}
    for number, stretch in enumerate(snapshot.stretches):
        own = counts.setdefault(of(stretch), Counter())
        for group in range(len(snapshot.classes)):
            targets = snapshot.targets(number, group)
            for index, frames in enumerate(np.bincount(targets[targets != IGNORED]).tolist()):
                own[group, index] += frames
    return {
        name: {label for label, frames in own.items() if frames >= LEAST_FRAMES}
        for name, own in counts.items()
    }


def spread_labels(
    sides: list[list[str]],
    shown: Mapping[str, set[Label]],
    unlike: Callable[[str, str], tuple[bool, int]],
) -> None:
    """Exchange animals between sides until no side has all of a label, as far as that can be reached.

    Parameters
    ----------
    sides
        Names of the animals that are tested together; changed in place, their sizes stay.
    shown
        The labels that each one shows.
    unlike
        How much two differ: of the exchanges that help most, the one between the most alike is made.
    """
    while lost := _lost(sides, shown):
        tried = []
        for label in lost:
            for here, a, there, b in _exchanges(sides, shown, label):
                _exchange(here, a, there, b)
                tried.append((len(_lost(sides, shown)), unlike(a, b), a, b))
                _exchange(here, b, there, a)
        best = min(tried, default=None)
        if best is None or best[0] >= len(lost):
            return
        _, _, a, b = best
        here, there = (next(side for side in sides if name in side) for name in (a, b))
        _exchange(here, a, there, b)


def _lost(sides: list[list[str]], shown: Mapping[str, set[Label]]) -> list[Label]:
    """Return the labels that one side alone shows: nobody learns them while it is tested."""
    count = Counter(label for side in sides for label in set().union(*(shown[name] for name in side)))
    return sorted(label for label, having in count.items() if having == 1)


def _exchanges(
    sides: list[list[str]], shown: Mapping[str, set[Label]], label: Label
) -> Iterator[tuple[list[str], str, list[str], str]]:
    """Yield what could give a label that one side has to another one."""
    here = next(side for side in sides if any(label in shown[name] for name in side))
    having = [name for name in here if label in shown[name]]
    if len(having) > 1:
        for a in having:
            for there in sides:
                for b in list(there) if there is not here else ():
                    yield here, a, there, b


def _exchange(here: list[str], a: str, there: list[str], b: str) -> None:
    here[here.index(a)], there[there.index(b)] = b, a
