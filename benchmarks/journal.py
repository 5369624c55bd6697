"""What the project store costs: an edit on disk, and opening a project of many clips.

Run ``python -m benchmarks.journal``.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

import imageio.v3 as imageio
import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project

from .figures import Figure

EDITS = 500
MANY, FEW = 10_000, 10
ROUNDS = 7


def rows() -> list[Figure]:
    """Return the figures of the store."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return [*_edit_rows(Path(folder)), *_opening_rows(Path(folder))]


def _edit_rows(folder: Path) -> list[Figure]:
    """Time edits of a 90,000-frame pass: until the call returns, and until they are on disk."""
    rng = np.random.default_rng(0)
    with _project(folder / "edits", frames=90_000, clips=1) as project:
        record = project.start_pass(project.clips()[0].id, "Ada")
        returned, written = np.empty(EDITS), np.empty(EDITS)
        with project.edit(record.id, acting="Ada") as editor:
            for number in range(EDITS):
                start = int(rng.integers(0, 89_900))
                edit = Edit.paint(editor.track, start, start + 90, int(rng.integers(1, 9)))
                began = time.perf_counter()
                editor.commit(edit)
                returned[number] = time.perf_counter() - began
                editor.flush()
                written[number] = time.perf_counter() - began
    bare = np.percentile(_bare_syncs(folder), 99) * 1000
    disk, call = np.percentile(written, 99) * 1000, np.percentile(returned, 99) * 1000
    return [
        Figure("edit committed to disk, p99", f"{disk:.1f} ms", "<= 20 ms", disk <= 20),
        Figure("the same on the thread that scores (the frame path), p99", f"{call:.2f} ms"),
        Figure("for comparison: 4 KiB appended to a file and fsynced, p99", f"{bare:.1f} ms"),
    ]


def _bare_syncs(folder: Path) -> np.ndarray:
    """Return the seconds that the disk itself takes to make an append durable."""
    times = np.empty(EDITS)
    with (folder / "append").open("wb") as file:
        for number in range(EDITS):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times[number] = time.perf_counter() - began
    return times


def _opening_rows(folder: Path) -> list[Figure]:
    """Time opening projects of many and of few clips in turn, status of the clip list included apart."""
    homes = {count: folder / f"clips{count}" for count in (MANY, FEW)}
    for count, home in homes.items():
        _project(home, frames=count * 10, clips=count).close()
    opened: dict[int, list[float]] = {MANY: [], FEW: []}
    listed: list[float] = []
    for _ in range(ROUNDS):
        for count, home in homes.items():
            began = time.perf_counter()
            project = Project.open(home)
            opened[count].append(time.perf_counter() - began)
            if count == MANY:
                began = time.perf_counter()
                project.status(acting="Ada")
                listed.append(time.perf_counter() - began)
            project.close()
    many, few = median(opened[MANY]), median(opened[FEW])
    return [
        Figure("open a project of 10,000 clips / of 10", f"{many / few:.2f}", "<= 2", many / few <= 2),
        Figure("open a project of 10,000 clips", f"{many:.3f} s", "<= 1 s", many <= 1),
        Figure("list its 10,000 clips with their passes", f"{median(listed):.3f} s"),
    ]


def _project(home: Path, frames: int, clips: int) -> Project:
    """Make a project whose recording has as many frames as are asked for, without filming them."""
    images = home.with_name(f"{home.name}-images")
    images.mkdir()
    for number in range(2):
        imageio.imwrite(images / f"{number}.png", np.full((8, 8), number, np.uint8))
    project = Project.create(home, preset("home-cage"))
    record = project.add_video(images)
    project.record_frames(record.id, frames, 25.0, exact=True)
    length = frames // clips
    project.add_clips(Stretch(record.id, n * length, (n + 1) * length) for n in range(clips))
    project.add_annotator("Ada")
    return project


if __name__ == "__main__":
    for figure in rows():
        print(*figure, sep=" | ")
