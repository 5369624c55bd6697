"""A cohort without recordings: ethograms drawn by chance, features as Gaussian clouds. For quick checks.

A few behaviors, one of them rare; the clouds of every animal lie a little elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .material import Material, Piece

#: Frames at every step.
_FRAMES = 5
_RATE = 5.0


def gaussian_material(
    subjects: int = 6,
    minutes: float = 4.0,
    seed: int = 0,
    shares: tuple[float, ...] = (0.30, 0.24, 0.18, 0.14, 0.11, 0.03),
    dimension: int = 12,
    noise: float = 2.5,
    apart: float = 0.35,
) -> Material:
    """Return a cohort of animals that exist as numbers only.

    Parameters
    ----------
    subjects, minutes
        How many animals, and how long each is watched.
    seed
        The same seed gives the same cohort.
    shares
        How often a bout shows each class; the first one is the quietest.
    dimension
        Number of features.
    noise
        Standard deviation of a step around the cloud of its class, where clouds lie about 1.4 apart.
    apart
        Standard deviation of an animal's clouds around those of all.
    """
    rng = np.random.default_rng([seed, 7])
    classes = len(shares)
    clouds = rng.normal(0, 1, (classes, dimension)) / np.sqrt(dimension) * 2
    pieces = []
    for number in range(subjects):
        own = clouds + rng.normal(0, apart, clouds.shape) / np.sqrt(dimension) * 2
        targets = _ethogram(rng, round(60 * minutes * _RATE), np.asarray(shares))
        features = own[targets] + rng.normal(0, noise, (len(targets), dimension)) / np.sqrt(dimension) * 2
        motion = targets / classes + np.abs(rng.normal(0, 0.15, len(targets)))
        pieces.append(
            Piece(
                f"recording {number + 1}", f"{number + 1:02d}", features.astype(np.float32),
                motion.astype(np.float32), targets, np.repeat(targets, _FRAMES),
                _FRAMES * np.arange(len(targets) + 1), _FRAMES * _RATE,
            )
        )  # fmt: skip
    names = tuple(f"class {number + 1}" for number in range(classes))
    return Material(tuple(pieces), names, _RATE, f"Gaussian cohort, seed {seed}")


def _ethogram(rng: np.random.Generator, steps: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return bouts of 0.6 to some 20 s; a class never follows itself."""
    found: list[int] = []
    label = int(rng.choice(len(shares), p=shares))
    while len(found) < steps:
        found += [label] * max(3, round(float(rng.lognormal(2.3, 0.7))))
        others = np.where(np.arange(len(shares)) == label, 0, shares)
        label = int(rng.choice(len(shares), p=others / others.sum()))
    return np.array(found[:steps], np.int64)
