"""What one trained round is worth on the held-out animal, as counts that can be summed over animals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...annotation.agreement import BoutTable, Pair
from ...annotation.tracks import CODE, NONE, UNLABELED
from ..scores import confusion
from ..smoothing import count_bouts
from ..snapshots import IGNORED
from .effort import KeyModel
from .learners import Fitted, Rows
from .material import Material, Place
from .scalars import review_efficiency

#: Overlaps from which bouts count as found (Lea et al. 2017, CVPR).
OVERLAPS = (0.1, 0.25, 0.5)
#: Keys of navigation of which the stream is counted beside those of the key model.
NAVIGATION = (1.0, 2.0, 4.0)


@dataclass(frozen=True, eq=False)
class Test:
    """The held-out animal after a round.

    Attributes
    ----------
    confusion
        Frames by label and by what was said (classes, classes + 1).
    bouts
        Bouts of the model, bouts of the labels.
    segments
        For every overlap: matched bouts, bouts of the labels, bouts of the model (overlaps, 3).
    stream
        For every number of navigation keys in `NAVIGATION`: keys from scratch, keys with proposals, over all
        units of the animal as they come (navigations, 2).
    stream_seconds
        How long these units last together.
    efficiency
        Review efficiency over the units; NaN where every order is as good.
    """

    __test__ = False  # no test of pytest

    confusion: NDArray[np.int64]
    bouts: NDArray[np.int64]
    segments: NDArray[np.int64]
    stream: NDArray[np.float64]
    stream_seconds: float
    efficiency: float


def score(
    material: Material,
    places: Sequence[Place],
    prepared: Sequence[Rows],
    pieces: Sequence[int],
    fitted: Fitted,
    keys: KeyModel,
) -> Test:
    """Measure a trained learner on the pieces of the held-out animal.

    Parameters
    ----------
    material
        The labels.
    places
        The units of these pieces.
    prepared
        Features of all pieces, as the learner wants them.
    pieces
        Numbers of the animal's pieces.
    fitted
        What was trained.
    keys
        What keys cost.
    """
    probabilities = {number: fitted.probabilities(prepared[number]) for number in pieces}
    said = {number: fitted.decide(probabilities[number]) for number in pieces}
    classes = len(material.names)
    counts = np.zeros((classes, classes + 1), np.int64)
    bouts, segments = np.zeros(2, np.int64), np.zeros((len(OVERLAPS), 3), np.int64)
    for number in pieces:
        piece = material.pieces[number]
        counts += confusion(piece.frames, np.repeat(said[number], np.diff(piece.edges)), classes)
        bouts += (count_bouts(said[number], piece.targets), count_bouts(piece.targets, piece.targets))
        segments += _segments(piece.targets, said[number], material.rate)
    stream, right, sure = np.zeros((len(NAVIGATION), 2)), [], []
    for place in places:
        truth, own = material.targets(place), said[place.piece][place.start : place.stop]
        for row, navigation in enumerate(NAVIGATION):
            model = KeyModel(navigation, keys.tolerance)
            stream[row] += (model.from_scratch(truth), model.with_proposal(truth, own))
        known = truth != IGNORED
        right.append((truth == own)[known].mean())
        sure.append(probabilities[place.piece][place.start : place.stop].max(axis=1).mean())
    return Test(
        counts, bouts, segments, stream, sum(material.seconds(place) for place in places),
        review_efficiency(np.array(sure), np.array(right)) if places else float("nan"),
    )  # fmt: skip


def _segments(truth: NDArray[np.int64], said: NDArray[np.int64], rate: float) -> NDArray[np.int64]:
    known = truth != IGNORED
    human = np.where(known, truth + 1, UNLABELED).astype(CODE)
    model = np.where(said == IGNORED, NONE, said + 1).astype(CODE)
    table = BoutTable([Pair(human, model, clip="held out", fps=rate)], 1 / rate)
    return np.stack([table.f1_rows(None, overlap)[0] for overlap in OVERLAPS])
