"""Agreement on the order of behaviors, timing left aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .undefined import Undefined, Value, ratio

#: Pairs of bouts of one clip that are aligned at most; the table of an alignment holds a byte for each.
_LIMIT = 64_000_000

_MATCH, _ONLY_A, _ONLY_B = range(3)
_NO_BOUTS = "neither rater has a bout"

Alignment = tuple[tuple[int | None, int | None], ...]


@dataclass(frozen=True, slots=True)
class SequenceAgreement:
    """Agreement of the order of labels.

    Attributes
    ----------
    edit_score
        1 - edits / length of the longer sequence, both summed over clips: 1 when the order is the same in
        every clip.
    alignment_kappa
        Kappa of the sequences after they were aligned for the fewest edits.
    """

    edit_score: Value
    alignment_kappa: Value


def sequence_agreement(clips: Iterable[tuple[Sequence[int], Sequence[int]]]) -> SequenceAgreement:
    """Return edit score and alignment kappa.

    Parameters
    ----------
    clips
        The labels of the bouts of both raters in time order, for each clip.

    Notes
    -----
    Edits are insertions, deletions and substitutions (Levenshtein 1966). The edit score is that of action
    segmentation (Lea et al. 2017, CVPR), as a share and not in percent: flicker costs it dearly, shifted
    boundaries nothing.

    Alignment kappa is that of Quera, Bakeman & Gnisci 2007, Behav Res Methods 39, 39-49: the sequences are
    aligned (Needleman & Wunsch 1970; a substitution costs 1 as an omission does, so that substitutions are
    favored), and agreements, substitutions and omissions are tallied with "nothing" as one more label.
    Nothing can never meet nothing, so chance agreement comes from iterative proportional fitting with that
    cell held at 0. Aligning looks for agreement, so that even unrelated sequences reach more than 0.
    """
    longest = 0
    pairs: list[tuple[int | None, int | None]] = []
    for a, b in clips:
        if len(a) * len(b) > _LIMIT:
            reason = Undefined("a clip holds too many bouts to be aligned; compare shorter clips")
            return SequenceAgreement(reason, reason)
        longest += max(len(a), len(b))
        pairs.extend(align(a, b))
    edits = sum(one != two for one, two in pairs)
    return SequenceAgreement(ratio(longest - edits, longest, _NO_BOUTS), _kappa_of(pairs))


def _kappa_of(pairs: Sequence[tuple[int | None, int | None]]) -> Value:
    if not pairs:
        return Undefined(_NO_BOUTS)
    names = sorted({label for pair in pairs for label in pair if label is not None})
    labels: dict[int | None, int] = {label: number for number, label in enumerate(names)}
    labels[None] = len(names)
    counts = np.zeros((len(labels), len(labels)))
    for one, two in pairs:
        counts[labels[one], labels[two]] += 1
    expected = _fit_without_last_cell(counts)
    total = counts.sum()
    observed, chance = np.trace(counts) / total, np.trace(expected) / total
    if 1 - chance < 1e-9:
        return Undefined("both raters used one and the same label throughout, so chance explains everything")
    return float((observed - chance) / (1 - chance))


def align(a: Sequence[int], b: Sequence[int]) -> Alignment:
    """Align two sequences for the fewest edits; None stands where one has nothing to set against the other.

    Of several such alignments the one is taken that, from the end on, prefers matches and substitutions.
    """
    steps = _last_steps(np.asarray(a), np.asarray(b))
    i, j = len(a), len(b)
    found: list[tuple[int | None, int | None]] = []
    while i or j:
        step = steps[i, j]
        i, j = i - (step != _ONLY_B), j - (step != _ONLY_A)
        found.append((None if step == _ONLY_B else a[i], None if step == _ONLY_A else b[j]))
    return tuple(reversed(found))


def _last_steps(a: NDArray[np.integer], b: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the last step of a best alignment of every two beginnings of the sequences."""
    steps = np.full((a.size + 1, b.size + 1), _ONLY_B, np.uint8)
    steps[1:, 0] = _ONLY_A
    columns = np.arange(b.size + 1)
    row = columns.copy()
    for number in range(a.size):
        diagonal = row[:-1] + (b != a[number])
        above = row + 1
        best = above.copy()
        np.minimum(diagonal, above[1:], out=best[1:])
        # Whatever comes from the left costs one more for each column: a running minimum finds it at once.
        row = np.minimum.accumulate(best - columns) + columns
        here = steps[number + 1, 1:]
        here[row[1:] == above[1:]] = _ONLY_A
        here[row[1:] == diagonal] = _MATCH
    return steps


def _fit_without_last_cell(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return independent counts with the same margins whose last cell is 0 (quasi-independence)."""
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    fitted = np.ones_like(counts)
    fitted[-1, -1] = 0
    for _ in range(10_000):
        fitted *= _scale(rows, fitted.sum(axis=1))[:, None]
        fitted *= _scale(columns, fitted.sum(axis=0))
        if np.abs(fitted.sum(axis=1) - rows).max() < 1e-10 * max(rows.sum(), 1):
            break
    return fitted


def _scale(wanted: NDArray[np.float64], present: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(wanted, present, out=np.zeros_like(wanted), where=present > 0)
