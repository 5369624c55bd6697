"""Stacks of eleven frames: which frames, at which steps, and which one label a stack of labels has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from .snapshots import IGNORED

#: Frames in a stack.
FRAMES = 11
#: Steps a second when stacks of 440 ms follow one another without overlap.
STACK_RATE = 25 / FRAMES
#: How the label of a stack is found.
PAPER, REPOSITORY = "paper", "repository"
RULES = (PAPER, REPOSITORY)

# A stack with more frames than this that carry no behavior has no label.
_MOST_WITHOUT = 2
# The rule of the repository: the middle's label stays when it has so many frames, or when the most frequent
# one leads by no more than so many in the stack, or by less than so many in its inner part.
_MOST_TRANSITIONS, _ENOUGH, _LEAD, _INNER_LEAD = 2, 5, 2, 2
_INNER = slice(2, 9)


def offsets(fps: float, stack_ms: float | None) -> NDArray[np.int64]:
    """Return the frames of a stack, counted from its middle one (11,).

    Parameters
    ----------
    fps
        Frames per second of the recording.
    stack_ms
        Milliseconds that a stack lasts (440: eleven frames at 25 frames/s), so that motion looks equally fast
        at any frame rate; frames are left out, or repeated, to reach it. None: eleven frames in a row.
    """
    from_middle = np.arange(FRAMES) - FRAMES // 2
    if stack_ms is None:
        return from_middle.astype(np.int64)
    return np.rint(from_middle * (stack_ms / 1000 * fps / FRAMES)).astype(np.int64)


def middles(edges: NDArray[np.int64], shape: NDArray[np.int64], frames: int) -> NDArray[np.int64]:
    """Return the middle frame of the stack of every step (steps,).

    Parameters
    ----------
    edges
        Steps over frames of the recording (steps + 1,), as in `Probabilities`.
    shape
        What `offsets` returns.
    frames
        Length of the recording. At its ends stacks are moved inward, so that they hold real frames; the last
        step of a published grid, which may be short, gets the last eleven frames.
    """
    reach = int(shape[-1])
    centers = (edges[:-1] + edges[1:] - 1) // 2
    low, high = min(reach, frames - 1), max(frames - 1 - reach, 0)
    return np.clip(centers, min(low, high), max(low, high))


def rows_of(middle: NDArray[np.int64], shape: NDArray[np.int64], frames: int) -> NDArray[np.int64]:
    """Return the frames of stacks (stacks, 11); a recording shorter than a stack repeats its end frames."""
    return np.clip(middle[:, None] + shape, 0, frames - 1)


def stack_labels(classes: NDArray[np.int64], count: int, rule: str = PAPER) -> NDArray[np.int64]:
    """Return the label of stacks of labels.

    Parameters
    ----------
    classes
        Class of every frame (stacks, 11); `IGNORED` where there is none, or no behavior could be told.
    count
        Number of classes.
    rule
        ``paper``: the most frequent label; on a tie that of the middle frame. ``repository``, as the
        published program has it: the label of the middle frame unless it is clearly outvoted in the whole
        stack and in its inner seven frames; stacks with more than two transitions have no label.

    Returns
    -------
    numpy.ndarray
        int64 (stacks,); `IGNORED` for stacks without a label: those with more than two frames without a
        behavior, and those whose rule ends at such a frame (where the published program fails).
    """
    if rule not in RULES:
        raise LearnError(f"There is no rule '{rule}' for the label of a stack; there are {', '.join(RULES)}.")
    middle = classes[:, FRAMES // 2]
    votes = _votes(classes, count)
    most = votes.argmax(axis=1)
    if rule == PAPER:
        tied = (votes == votes.max(axis=1, keepdims=True)).sum(axis=1) > 1
        found = np.where(tied, middle, most)
    else:
        found = np.where(_outvoted(classes, votes, middle, most), most, middle)
        transitions = (np.diff(classes, axis=1) != 0).sum(axis=1)
        found = np.where(transitions > _MOST_TRANSITIONS, IGNORED, found)
    without = (classes == IGNORED).sum(axis=1)
    return np.where(without > _MOST_WITHOUT, IGNORED, found)


def _votes(classes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return how many frames of each stack carry each class (stacks, count)."""
    return (classes[:, :, None] == np.arange(count)).sum(axis=1)


def _outvoted(
    classes: NDArray[np.int64],
    votes: NDArray[np.int64],
    middle: NDArray[np.int64],
    most: NDArray[np.int64],
) -> NDArray[np.bool_]:
    own = (classes == middle[:, None]).sum(axis=1)
    inner = classes[:, _INNER]
    inner_own = (inner == middle[:, None]).sum(axis=1)
    inner_most = (inner == most[:, None]).sum(axis=1)
    leads = votes.max(axis=1) > own + _LEAD
    return (own < _ENOUGH) & leads & (inner_most >= inner_own + _INNER_LEAD)
