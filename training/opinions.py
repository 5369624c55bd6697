"""Several passes over a clip become one set of labels: who leads and who votes, by frame and group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..annotation.tracks import UNLABELED


@dataclass(frozen=True, eq=False)
class Opinion:
    """What one pass says about a clip.

    Attributes
    ----------
    id
        Of the pass.
    annotator
        Whose it is.
    codes
        Labels, int16 (frames, groups).
    decides
        A consensus: where it speaks, nobody votes.
    corrects
        Id of the pass that it reviews: where it speaks, that one is silent.
    whole
        It speaks about every frame: an unlabeled one is a decision. Else it speaks where it has a label.
    """

    id: str
    annotator: str
    codes: NDArray[np.int16]
    decides: bool = False
    corrects: str | None = None
    whole: bool = False

    @property
    def speaks(self) -> NDArray[np.bool_]:
        """Where it speaks (frames, groups)."""
        known = self.codes != UNLABELED
        return np.ones_like(known) if self.whole else known


@dataclass(frozen=True, eq=False)
class Merged:
    """The labels of a clip.

    Attributes
    ----------
    codes
        int16 (frames, groups): of the opinion that leads at each place.
    soft
        Share of people that chose each behavior, float32 (frames, behaviors); a row is zero in the columns of
        a group where fewer than two people voted. None where nobody did beside another.
    used
        Numbers of the opinions that had a part in it, in their order.
    """

    codes: NDArray[np.int16]
    soft: NDArray[np.float32] | None
    used: tuple[int, ...]


def merge(opinions: Sequence[Opinion], behaviors: Sequence[tuple[int, int]]) -> Merged:
    """Merge what several passes say.

    Parameters
    ----------
    opinions
        The passes, the one that leads first; at least one.
    behaviors
        Id and column of the group of every behavior, in the order of the ethogram.
    """
    codes = np.full_like(opinions[0].codes, UNLABELED)
    decided = np.zeros(codes.shape, bool)
    votes: dict[str, NDArray[np.int16]] = {}
    used = []
    for number, opinion in enumerate(opinions):
        said = np.where(decided | _corrected(opinion, opinions), np.int16(UNLABELED), opinion.codes)
        if opinion.decides:
            decided |= opinion.speaks
        own = (
            codes if opinion.decides else votes.setdefault(opinion.annotator, np.full_like(codes, UNLABELED))
        )
        new = (own == UNLABELED) & (said != UNLABELED)
        own[new] = said[new]
        lead = (codes == UNLABELED) & (said != UNLABELED)
        codes[lead] = said[lead]
        if new.any() or lead.any():
            used.append(number)
    people = [track for track in votes.values() if (track != UNLABELED).any()]
    return Merged(codes, _shares(people, behaviors), tuple(used))


def _corrected(opinion: Opinion, opinions: Sequence[Opinion]) -> NDArray[np.bool_]:
    """Return where another opinion stands for this one (frames, groups)."""
    found = np.zeros(opinion.codes.shape, bool)
    for other in opinions:
        if other.corrects == opinion.id:
            found |= other.speaks
    return found


def _shares(
    people: Sequence[NDArray[np.int16]], behaviors: Sequence[tuple[int, int]]
) -> NDArray[np.float32] | None:
    """Return the share of people that chose each behavior, of those that labeled its group."""
    if len(people) < 2:
        return None
    stacked = np.stack(people)  # (people, frames, groups)
    voters = (stacked != UNLABELED).sum(axis=0)
    shares = np.zeros((len(voters), len(behaviors)), np.float32)
    for column, (behavior, group) in enumerate(behaviors):
        several = voters[:, group] > 1
        chosen = (stacked[:, :, group] == behavior).sum(axis=0)
        shares[several, column] = chosen[several] / voters[several, group]
    return shares if shares.any() else None
