"""Labels of a generated recording as a person would have made them: mostly right."""

from __future__ import annotations

import numpy as np

from ..tracks import LabelTrack

#: Share of bouts that get another label, and standard deviation (s) of where bouts begin.
WRONG_BOUTS, BOUNDARY = 0.03, 0.16


def label_as_a_person(
    truth: LabelTrack, seed: int, fps: float = 25.0, wrong: float = WRONG_BOUTS, boundary: float = BOUNDARY
) -> LabelTrack:
    """Return the labels of somebody who is sometimes wrong, and late or early by some frames.

    Parameters
    ----------
    truth
        The true labels, one group.
    seed
        The same seed makes the same mistakes.
    fps
        Frames per second.
    wrong
        Share of bouts, 0 to 1, that get the label of some other bout: what is rare is rarely taken for
        something else's name.
    boundary
        Standard deviation (s) of where bouts begin.

    Returns
    -------
    LabelTrack
        As long as the truth; every bout keeps one frame or more.
    """
    chance = np.random.default_rng([seed, 5])
    bouts, track = truth.bouts(), truth.copy()
    before = -1
    for bout, last in zip(bouts, [None, *bouts[:-1]], strict=True):
        label = bouts[int(chance.integers(len(bouts)))].label if chance.random() < wrong else bout.label
        off = round(float(chance.normal(0, boundary)) * fps)
        start = min(max(before + 1, bout.start + off), bout.stop - 1) if last is not None else bout.start
        if last is not None and start > bout.start:
            track.fill(bout.start, start, int(track.codes[bout.start - 1, 0]))
        track.fill(start, bout.stop, label)
        before = start
    return track
