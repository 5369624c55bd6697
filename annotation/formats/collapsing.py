"""Several groups brought to one label a frame, for formats that hold one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..ethogram import Ethogram
from ..tracks import NONE, UNLABELED
from .labels import Labels, Loss
from .options import WriteOptions
from .wording import counted

OVERLAP_CHOICES = ("priority",)


def merge_columns(
    columns: Sequence[NDArray[np.int16]], order: Sequence[int]
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Bring columns of codes to one.

    A behavior goes before none and unlabeled; a frame is none only when every column says so.

    Parameters
    ----------
    columns
        Codes (frames,) each.
    order
        Behavior ids by priority; where several stand on one frame, the first of these wins.

    Returns
    -------
    merged
        Codes (frames,).
    overlaps
        Frames (frames,) on which different behaviors stood.
    """
    stack = np.stack(columns, axis=1)
    top = stack.max(axis=1)
    present = stack > NONE
    overlaps = (present & (stack != top[:, None])).any(axis=1)
    undecided = (stack == UNLABELED).any(axis=1) & (top <= NONE)
    merged = np.where(undecided, UNLABELED, top).astype(np.int16)
    if overlaps.any():
        rank = np.full(int(stack.max()) + 1, len(order), np.intp)
        for position, behavior in enumerate(order):
            if behavior < rank.size:
                rank[behavior] = position
        rows = np.flatnonzero(overlaps)
        ranks = np.where(present[rows], rank[np.maximum(stack[rows], 0)], len(order) + 1)
        merged[rows] = stack[rows, ranks.argmin(axis=1)]
    return merged, overlaps


def one_label_a_frame(labels: Labels, options: WriteOptions) -> tuple[NDArray[np.int16], list[Loss]]:
    """Return the codes (frames,) of labels for a format that holds one label a frame, and open losses."""
    codes = labels.track.codes
    if labels.track.groups == 1:
        return codes[:, 0].copy(), []
    order = [behavior.id for behavior in labels.ethogram.behaviors]
    merged, overlaps = merge_columns(list(codes.T), order)
    if not overlaps.any() or options.choice("overlaps", OVERLAP_CHOICES):
        return merged, []
    return merged, [Loss("overlaps", overlap_sentence(labels, overlaps), OVERLAP_CHOICES)]


def overlap_sentence(labels: Labels, overlaps: NDArray[np.bool_]) -> str:
    """Return how many frames carry several behaviors, and which stand together most often."""
    rows = labels.track.codes[overlaps]
    patterns, counts = np.unique(rows, axis=0, return_counts=True)
    most = patterns[counts.argmax()]
    return (
        f"{counted(int(overlaps.sum()), 'frame', 'carries', 'carry')} several behaviors at once, "
        f"most often {together(labels.ethogram, most)}"
    )


def together(ethogram: Ethogram, codes: NDArray[np.int16]) -> str:
    """Return the names of the behaviors among `codes`, joined by 'and'."""
    return " and ".join(ethogram.label_name(int(code)) for code in codes if code > NONE)
