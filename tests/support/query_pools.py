"""Pools of units that look and move by chance, and of which a made-up model says something."""

import numpy as np
from napari_ethoprofile.training.queries.pool import Pool, Unit

FPS, CLASSES, STEPS = 25.0, 4, 50


def make_pool(animals: int, clips: int, seed: int, *, gap: float = 60.0, model: bool = True) -> Pool:
    """Make a pool of 10-s units, `gap` seconds from start to start, half of each animal's in the dark."""
    rng = np.random.default_rng(seed)
    units = tuple(
        Unit(
            f"video {animal}", round(n * gap * FPS), round((n * gap + 10) * FPS), f"mouse {animal}",
            "dark" if n % 2 else "light",
        )
        for animal in range(animals)
        for n in range(clips)
    )  # fmt: skip
    said = tuple(rng.dirichlet(np.full(CLASSES, rng.uniform(0.05, 2)), STEPS) for _ in units)
    return Pool(
        units,
        rng.normal(size=(len(units), 6)),
        rng.uniform(0, 1, len(units)),
        said if model else None,
        fps={unit.video: FPS for unit in units},
        class_frames=np.array([1000.0, 400, 50, 3]) if model else None,
    )
