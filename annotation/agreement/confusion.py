"""How often two raters used which labels for the same frame: one confusion matrix a clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tracks import NONE, UNLABELED
from .pairs import Excluded, Pair
from .runs import run_starts
from .undefined import Undefined, Value, ratio

#: Cell numbers of so many codes fit into 16 bit, which makes counting quick.
_DENSE = 181


@dataclass(frozen=True, eq=False)
class Confusion:
    """Frames by the label of the first rater (rows) and of the second (columns).

    Attributes
    ----------
    labels
        Codes of rows and columns, ascending; `NONE` among them where it was used, `UNLABELED` never.
    clips
        Frames of each clip, shape (clips, labels, labels).
    fps
        Frames per second of each clip, shape (clips,).
    only_a, only_b
        Frames of each label that the one gave where the other has labeled nothing, shape (clips, labels).
    neither
        Frames that nobody has labeled, shape (clips,).
    """

    labels: tuple[int, ...]
    clips: NDArray[np.int64]
    fps: NDArray[np.float64]
    only_a: NDArray[np.int64]
    only_b: NDArray[np.int64]
    neither: NDArray[np.int64]

    @cached_property
    def frames(self) -> NDArray[np.int64]:
        """Frames of all clips together, shape (labels, labels)."""
        return np.asarray(self.clips.sum(axis=0))

    @cached_property
    def seconds(self) -> NDArray[np.float64]:
        """Seconds of all clips together, shape (labels, labels)."""
        return np.asarray((self.clips / self.fps[:, None, None]).sum(axis=0))

    @property
    def total(self) -> int:
        """Frames that were compared."""
        return int(self.frames.sum())

    @property
    def excluded(self) -> Excluded:
        """Frames that were left out because somebody had not labeled them."""
        left_out = self.only_a.sum(axis=1) + self.only_b.sum(axis=1) + self.neither
        return Excluded(
            only_a=int(self.only_a.sum()),
            only_b=int(self.only_b.sum()),
            neither=int(self.neither.sum()),
            seconds=float((left_out / self.fps).sum()),
        )

    @property
    def row_percent(self) -> tuple[tuple[Value, ...], ...]:
        """Of the frames that the first rater gave a label, the percentage by label of the second."""
        return _percent(self.frames, "the first rater did not use this label")

    @property
    def column_percent(self) -> tuple[tuple[Value, ...], ...]:
        """Of the frames that the second rater gave a label, the percentage by label of the first.

        Rows and columns stand as in `frames`, so that each column adds up to 100.
        """
        by_column = _percent(self.frames.T, "the second rater did not use this label")
        return tuple(zip(*by_column, strict=True))

    def index_of(self, label: int) -> int:
        """Return the row and column of a label."""
        return self.labels.index(label)

    def one_against_rest(self, label: int) -> NDArray[np.int64]:
        """Return the 2 x 2 matrices (label, anything else) of each clip, shape (clips, 2, 2)."""
        return one_against_rest(self.clips, self.index_of(label))

    def of_clips(self, places: NDArray[np.integer]) -> Confusion:
        """Return the same of some of the clips."""
        return Confusion(
            labels=self.labels,
            clips=self.clips[places],
            fps=self.fps[places],
            only_a=self.only_a[places],
            only_b=self.only_b[places],
            neither=self.neither[places],
        )

    def without_none(self) -> Confusion:
        """Return the same without the frames that either rater called none."""
        if NONE not in self.labels:
            return self
        keep = [number for number, label in enumerate(self.labels) if label != NONE]
        return Confusion(
            labels=tuple(self.labels[number] for number in keep),
            clips=self.clips[:, keep][:, :, keep],
            fps=self.fps,
            only_a=self.only_a[:, keep],
            only_b=self.only_b[:, keep],
            neither=self.neither,
        )


def one_against_rest(counts: NDArray[Any], index: int) -> NDArray[Any]:
    """Return counts of one label against all others, shape (..., 2, 2) from (..., labels, labels)."""
    both = counts[..., index, index]
    row, column = counts[..., index, :].sum(axis=-1), counts[..., :, index].sum(axis=-1)
    total = counts.sum(axis=(-2, -1))
    table = np.stack([both, row - both, column - both, total - row - column + both], axis=-1)
    return table.reshape(*table.shape[:-1], 2, 2)


def confusion_of(pairs: Sequence[Pair], labels: Iterable[int] = ()) -> Confusion:
    """Count the frames of each clip by what the two raters called them.

    Parameters
    ----------
    pairs
        One a clip.
    labels
        Codes that get a row and a column even when nobody used them; those that were used always do.

    Returns
    -------
    Confusion
        One matrix a clip.
    """
    wanted = tuple(labels)
    # Clips one after the other: a handful of passes over all frames cost less than as many calls a clip.
    a, b = (np.concatenate([getattr(pair, side) for pair in pairs]) for side in "ab")
    codes = np.arange(UNLABELED, max(int(a.max(initial=NONE)), int(b.max(initial=NONE)), *wanted, NONE) + 1)
    if len(codes) > _DENSE:
        codes = np.unique(np.concatenate(([UNLABELED], wanted, np.unique(a), np.unique(b)))).astype(int)
        a, b = (np.searchsorted(codes, side) + UNLABELED for side in (a, b))
    full = _joint_counts(a, b, len(codes), np.cumsum([pair.a.size for pair in pairs]))
    # Row and column 0 of `full` hold what is unlabeled.
    used = full.any(axis=(0, 2)) | full.any(axis=(0, 1)) | np.isin(codes, wanted)
    places = np.flatnonzero(used[1:]) + 1
    return Confusion(
        labels=tuple(codes[places].tolist()),
        clips=full[:, places][:, :, places],
        fps=np.array([pair.fps for pair in pairs], float),
        only_a=full[:, places, 0],
        only_b=full[:, 0, places],
        neither=full[:, 0, 0],
    )


def _joint_counts(
    a: NDArray[np.integer], b: NDArray[np.integer], size: int, ends: NDArray[np.integer]
) -> NDArray[np.int64]:
    """Return how often each pair of codes from -1 up occurs in each clip, shape (clips, size, size).

    `ends` says after which frame each clip ends. `a` is used up.
    """
    cells = a
    cells *= a.dtype.type(size)
    cells += b
    cells += a.dtype.type(size + 1)
    # Labels come in runs, and there are far fewer runs than frames to count.
    starts = run_starts(cells, ends)
    lengths = np.diff(starts, append=cells.size)
    place = np.searchsorted(ends, starts, side="right") * size**2 + cells[starts]
    counts = np.bincount(place, weights=lengths, minlength=ends.size * size**2)
    return counts.astype(np.int64).reshape(ends.size, size, size)


def _percent(counts: NDArray[np.int64], reason: str) -> tuple[tuple[Value, ...], ...]:
    return tuple(tuple(_times_100(ratio(cell, row.sum(), reason)) for cell in row) for row in counts)


def _times_100(value: Value) -> Value:
    return value if isinstance(value, Undefined) else 100 * value
