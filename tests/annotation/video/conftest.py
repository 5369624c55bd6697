"""Numbered recordings of every kind, written once a session."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.video import FrameIndex, index_video
from numbered_video import RECIPES, gray_decode, write_numbered

Recording = tuple[Path, FrameIndex, np.ndarray]
Folder = pytest.TempPathFactory


@pytest.fixture(scope="session")
def recording(tmp_path_factory: Folder) -> Callable[..., Path]:
    """Return a function that gives the path of a recording by the name of its recipe."""
    folder = tmp_path_factory.mktemp("recordings")

    def written(name: str, frames: int = 120) -> Path:
        path = folder / f"{frames}-{name}"
        return path if path.exists() else write_numbered(path, RECIPES[name], frames)

    return written


@pytest.fixture(scope="session")
def indexed(recording: Callable[..., Path], tmp_path_factory: Folder) -> Callable[[str], Recording]:
    """Return a function that gives a recording's path, its index, and all its frames by a plain decode."""
    cache = tmp_path_factory.mktemp("indexes")
    known: dict[str, Recording] = {}

    def known_or_new(name: str) -> Recording:
        if name not in known:
            path = recording(name)
            known[name] = path, index_video(path, cache), gray_decode(path)
        return known[name]

    return known_or_new
