"""Proposals for a consensus of three or more raters: a vote, and Dawid and Skene's estimate.

They are proposals: nothing here is a label until a person takes it into the consensus pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import AgreementError
from ..tracks import CODE, UNLABELED

Floats = NDArray[np.float64]

_ROUNDS = 5_000
_CONVERGED = 1e-6
#: Counts added to every cell so that a label that a rater never gave keeps a chance above 0.
_PRIOR = 0.01
#: Labels whose probability is within this of the best are tied.
_TIE = 1e-6


@dataclass(frozen=True, eq=False)
class Consensus:
    """Proposed labels of each clip.

    Attributes
    ----------
    codes
        One array a clip, shape (frames,): `UNLABELED` where there is a tie or nobody has labeled anything.
    certainty
        One array a clip, shape (frames,): share of votes, or probability, of the best label; 0 where nobody
        has labeled anything.
    """

    codes: tuple[NDArray[np.int16], ...]
    certainty: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class DawidSkene(Consensus):
    """Proposed labels with what was learned of the raters.

    Attributes
    ----------
    labels
        Codes of the rows and columns below.
    confusions
        For each rater and true label the probability of each label given, shape (raters, labels, labels).
    shares
        Estimated share of each label, shape (labels,).
    converged
        Whether the estimate has come to rest.
    """

    labels: tuple[int, ...]
    confusions: Floats
    shares: Floats
    converged: bool


def majority(clips: Sequence[NDArray[np.integer]]) -> Consensus:
    """Return the label that most raters gave to each frame; ties stay open.

    Parameters
    ----------
    clips
        Codes of each clip, shape (raters, frames); `UNLABELED` is no vote.
    """
    patterns = _Patterns(clips)
    votes = patterns.votes().sum(axis=0)
    return Consensus(*patterns.proposals(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)))


def dawid_skene(clips: Sequence[NDArray[np.integer]]) -> DawidSkene:
    """Return the most probable label of each frame given how reliable each rater seems for each label.

    Parameters
    ----------
    clips
        Codes of each clip, shape (raters, frames), the same raters in each; `UNLABELED` is missing.

    Notes
    -----
    Expectation maximization of Dawid & Skene 1979, Appl Stat 28, 20-28, begun from the vote, with a small
    pseudo-count. It takes frames as independent, so that its probabilities are far too certain: use them to
    choose, not as a measure of doubt. Two raters cannot be told apart by it; use three or more.
    """
    patterns = _Patterns(clips)
    votes = patterns.votes()
    chances = votes.sum(axis=0) + _PRIOR
    chances = chances / chances.sum(axis=1, keepdims=True)
    converged = False
    for _ in range(_ROUNDS):
        weighted = chances * patterns.counts[:, None]
        shares = weighted.sum(axis=0) + _PRIOR
        shares = shares / shares.sum()
        confusions = np.einsum("pt,rpg->rtg", weighted, votes) + _PRIOR
        confusions = confusions / confusions.sum(axis=2, keepdims=True)
        logs = np.log(shares) + np.einsum("rpg,rtg->pt", votes, np.log(confusions))
        new = np.exp(logs - logs.max(axis=1, keepdims=True))
        new = new / new.sum(axis=1, keepdims=True)
        change = float(np.abs(new - chances).max(initial=0))
        chances = new
        if change < _CONVERGED:
            converged = True
            break
    chances = chances * (votes.sum(axis=(0, 2)) > 0)[:, None]
    codes, certainty = patterns.proposals(chances)
    return DawidSkene(codes, certainty, tuple(patterns.labels.tolist()), confusions, shares, converged)


class _Patterns:
    """The combinations of labels that frames got: few, whatever the number of frames."""

    def __init__(self, clips: Sequence[NDArray[np.integer]]) -> None:
        if not clips or any(codes.ndim != 2 or len(codes) != len(clips[0]) for codes in clips):
            raise AgreementError("A consensus needs labels of the same raters over every clip.")
        self._lengths = [codes.shape[1] for codes in clips]
        frames = np.concatenate(clips, axis=1).astype(CODE)
        self.labels = np.unique(frames)
        self.labels = self.labels[self.labels != UNLABELED]
        if not self.labels.size:
            raise AgreementError("A consensus needs labels: these passes hold none.")
        self.patterns, self._of_frame, self.counts = np.unique(
            frames, axis=1, return_inverse=True, return_counts=True
        )

    def votes(self) -> Floats:
        """Return 1 where a rater gave a label in a pattern, shape (raters, patterns, labels)."""
        return (self.patterns[:, :, None] == self.labels).astype(float)

    def proposals(self, chances: Floats) -> tuple[tuple[NDArray[np.int16], ...], tuple[Floats, ...]]:
        """Return label and certainty of each frame by clip from scores of shape (patterns, labels)."""
        best = chances.max(axis=1)
        tied = (chances >= best[:, None] - _TIE).sum(axis=1) > 1
        code = np.where(tied | (best == 0), UNLABELED, self.labels[chances.argmax(axis=1)]).astype(CODE)
        cuts = np.cumsum(self._lengths)[:-1]
        frames = np.ravel(self._of_frame)
        return tuple(np.split(code[frames], cuts)), tuple(np.split(best[frames], cuts))
