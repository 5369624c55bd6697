"""Agreement that forgives small differences in timing.

Two ways, which answer different questions. Kappa with a collar leaves the frames near any boundary out and
keeps the ordinary chance term. Tolerance agreement counts the same label within so many seconds as found; its
chance term must grow with the tolerance, so it comes from shifting one track in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..tracks import CODE, UNLABELED
from .bouts import Bouts, ClipLine, bouts_of, collar_frames
from .confusion import confusion_of
from .kappa import NO_FRAMES, cohen_kappa
from .pairs import Pair
from .results import CollarKappa, ToleranceAgreement
from .undefined import Undefined, Value, ratio

#: Tolerances of the curve, in seconds.
CURVE = tuple(round(0.1 * step, 1) for step in range(21))
#: Circular shifts that chance is the mean of.
SHIFTS = 20

#: Frames from the last bout to the next, which never comes.
_ENDLESS = 2**62
_FULL_CHANCE = "chance alone reaches full agreement at this tolerance"


def collar_kappa(pairs: Sequence[Pair], collar: float) -> CollarKappa:
    """Return Cohen's kappa on the frames further than a collar from any boundary of either rater.

    Parameters
    ----------
    pairs
        One a clip.
    collar
        Seconds; frame i is left out when a label changes between i - w and i + w, w being the collar in whole
        frames: the w frames before a boundary and the w frames after it.

    Returns
    -------
    CollarKappa
        With the share of the compared frames that was left out: a high kappa on few frames says little.
    """
    kept = []
    for pair, width in zip(pairs, collar_frames(pairs, collar).tolist(), strict=True):
        near = _near_boundary(pair.a, width) | _near_boundary(pair.b, width)
        kept.append(replace(pair, a=np.where(near, UNLABELED, pair.a).astype(CODE)))
    counts = confusion_of(kept).frames
    compared = sum(int(pair.compared.sum()) for pair in pairs)
    kappa: Value = cohen_kappa(counts)
    if compared and not counts.sum():
        kappa = Undefined("every frame lies within the collar of a boundary")
    return CollarKappa(collar, kappa, ratio(compared - int(counts.sum()), compared, NO_FRAMES))


def _near_boundary(codes: NDArray[np.int16], width: int) -> NDArray[np.bool_]:
    cuts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    steps = np.zeros(codes.size + 1, np.int32)
    np.add.at(steps, np.maximum(cuts - width, 0), 1)
    np.add.at(steps, np.minimum(cuts + width, codes.size), -1)
    return np.cumsum(steps[:-1]) > 0


def tolerance_curve(
    pairs: Sequence[Pair], tolerances: Sequence[float] = CURVE, *, shifts: int = SHIFTS, seed: int = 0
) -> tuple[ToleranceAgreement, ...]:
    """Return agreement within each of several tolerances, with the chance of independent raters.

    A frame of one rater is found when the other gave the same label to a compared frame of the clip at most
    so many seconds away. Agreement is the mean of the found shares of both directions. Chance is the mean of
    the same over `shifts` seeded shifts of the second rater's track in a circle within each clip, which keeps
    bout lengths and label shares of both and breaks what ties them together.

    Parameters
    ----------
    pairs
        One a clip.
    tolerances
        Seconds.
    shifts
        Number of circular shifts.
    seed
        Of the shifts.

    Notes
    -----
    The idea of tolerance is that of The Observer and GSEQ (Bakeman, Quera & Gnisci 2009, Behav Res Methods
    41, 137-147); ordinary p_e is wrong for it, since independent raters agree more the wider the window. For
    the shifts, compared frames of a clip are put one after the other. A clip that is short against its bouts
    leaves little room to shift: chance is then too high, and the corrected value too low.
    """
    frames = sum(int(pair.compared.sum()) for pair in pairs)
    if not frames:
        none = Undefined(NO_FRAMES)
        return tuple(ToleranceAgreement(seconds, none, none, none) for seconds in tolerances)
    found, by_chance = np.zeros((2, len(tolerances)), np.int64)
    rng = np.random.default_rng(seed)
    for fps in sorted({pair.fps for pair in pairs}):
        same_rate = [pair for pair in pairs if pair.fps == fps]
        widths = [int(collar_frames(same_rate[:1], seconds)[0]) for seconds in tolerances]
        tracks_a, tracks_b = _compared(same_rate)
        found += _found_both_ways(bouts_of(tracks_a), bouts_of(tracks_b), widths)
        still, turning = ([codes[codes != UNLABELED] for codes in tracks] for tracks in (tracks_a, tracks_b))
        bouts = bouts_of(still)
        for _ in range(shifts):
            turned = [np.roll(codes, int(rng.integers(1, max(codes.size, 2)))) for codes in turning]
            by_chance += _found_both_ways(bouts, bouts_of(turned), widths)
    agreement, chance = found / (2 * frames), by_chance / (2 * frames * shifts)
    return tuple(
        ToleranceAgreement(seconds, float(one), float(two), ratio(one - two, 1 - two, _FULL_CHANCE))
        for seconds, one, two in zip(tolerances, agreement, chance, strict=True)
    )


def _compared(pairs: Sequence[Pair]) -> tuple[list[NDArray[np.int16]], list[NDArray[np.int16]]]:
    """Return the tracks of both raters, unlabeled where either is."""
    return (
        [np.where(pair.compared, pair.a, UNLABELED).astype(CODE) for pair in pairs],
        [np.where(pair.compared, pair.b, UNLABELED).astype(CODE) for pair in pairs],
    )


def _found_both_ways(a: Bouts, b: Bouts, widths: Sequence[int]) -> NDArray[np.int64]:
    """Return the frames of either rater that the other has within each width, shape (widths,)."""
    return _found(a, b, widths) + _found(b, a, widths)


def _found(a: Bouts, b: Bouts, widths: Sequence[int]) -> NDArray[np.int64]:
    """Return how many frames of `a` lie at most a width from the same label in `b`, shape (widths,).

    On one line with room between clips and labels, this is the length that the bouts of `a` share with the
    widened bouts of `b`: the covered length before each stop of `a` less that before each start.
    """
    if not len(a) or not len(b):
        return np.zeros(len(widths), np.int64)
    room = 2 * max(widths) + 1
    place = ClipLine(a, b, gap=room).place
    # A bout of no frames far before the first one spares the case of a place with no bout before it.
    start = np.append(-2 * room, place(b, b.start))
    length = np.append(0, b.stop - b.start)
    period = np.append(np.diff(start), _ENDLESS)
    ends = np.concatenate((place(a, a.start), place(a, a.stop)))
    last = np.searchsorted(start, ends, side="right") - 1
    since = ends - start[last]
    within, to_next = length[last], period[last]
    found = []
    for width in widths:
        covered = np.cumsum(np.minimum(period, length + 2 * width))
        before = np.append(0, covered)[last]
        # Of the frames since the last start, the bout and what widens it, and what widens the next bout.
        here = np.minimum(since, within + width + np.maximum(since - to_next + width, 0))
        total = before + here
        found.append(total[len(a) :].sum() - total[: len(a)].sum())
    return np.array(found, np.int64)
