"""A project of generated recordings that two people have scored, for tests of their agreement."""

import sqlite3
from itertools import pairwise
from pathlib import Path

import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project.folders import DATABASE_NAME
from napari_ethoprofile.annotation.synthetic import make_script
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack

FPS = 25


def rescored(track: LabelTrack, seed: int, *, late: int = 8, other: float = 0.12) -> LabelTrack:
    """Return what a second person might make of it: later boundaries, some bouts called otherwise."""
    rng, again = np.random.default_rng(seed), track.copy()
    bouts = track.bouts()
    for before, bout in pairwise(bouts):
        again.fill(bout.start, min(bout.stop, bout.start + int(rng.integers(0, late))), before.label)
    for bout in bouts:
        if rng.random() < other:
            again.fill(bout.start, bout.stop, int(rng.choice([0, 2, 3, 5, 7, 8])))
    return again


def score(
    project: Project, clip: str, name: str, kind: str, track: LabelTrack, base: str | None = None
) -> str:
    """Add a submitted pass of a person with these labels and return its id."""
    record = project.import_track(clip, name, track, kind, provenance="typed", based_on=base)
    with project.edit(record.id, acting=name) as editor:
        editor.submit()
    return record.id


def twice_scored(folder: Path, recording: Path) -> Project:
    """Make a project with two clips of 50 frames that Ada and Ben scored, and open it.

    In frames of the recording they differ on [20, 25) and [60, 64), where Ada has eat (2) and Ben still has
    drink (1), and on [70, 80), where Ben has micromovement (5) and Ada eat.
    """
    project = Project.create(folder, preset("home-cage"))
    for name in ("Ada", "Ben", "Dora"):
        project.add_annotator(name)
    video = project.add_video(recording)
    project.index_video(video.id)
    clips = project.add_clips([Stretch(video.id, 0, 50), Stretch(video.id, 50, 100)])
    scored = {
        "Ada": ([(0, 20, 1), (20, 40, 2), (40, 50, 3)], [(0, 10, 1), (10, 30, 2), (30, 50, 4)]),
        "Ben": ([(0, 25, 1), (25, 40, 2), (40, 50, 3)], [(0, 14, 1), (14, 20, 2), (20, 30, 5), (30, 50, 4)]),
    }
    for name, kind in (("Ada", "first"), ("Ben", "blind")):
        for clip, bouts in zip(clips, scored[name], strict=True):
            score(project, clip.id, name, kind, LabelTrack.from_bouts([Bout(*bout) for bout in bouts], 50))
    return project


def double_coded(folder: Path, recordings: list[Path], frames: int, seconds_a_clip: float = 20.0) -> Path:
    """Make a project in which Ada scored every clip, Ben all but the last blindly, the last as a review.

    Returns
    -------
    Path
        The project's folder.
    """
    length = round(seconds_a_clip * FPS)
    with Project.create(folder, preset("home-cage"), "Double-coded") as project:
        for name in ("Ada", "Ben", "Dora"):
            project.add_annotator(name)
        stretches = []
        for path in recordings:
            video = project.add_video(path)
            project.index_video(video.id)
            stretches += [Stretch(video.id, at, at + length) for at in range(0, frames - length + 1, length)]
        clips = project.add_clips(stretches)
        for number, clip in enumerate(clips):
            truth = make_script(number, length, FPS)
            own = score(project, clip.id, "Ada", "first", truth)
            if number < len(clips) - 1:
                score(project, clip.id, "Ben", "blind", rescored(truth, number))
            else:
                score(project, clip.id, "Ben", "review", rescored(truth, number, late=2, other=0.02), own)
    return folder


def submitted_in_weeks(folder: Path, days: list[str]) -> None:
    """Let the passes of the clips be submitted on these days (``2026-02-02``), clip by clip in turn."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    clips = [row[0] for row in connection.execute("SELECT id FROM clips ORDER BY id")]
    for number, clip in enumerate(clips):
        stamp = f"{days[number % len(days)]}T12:00:00.000000+00:00"
        connection.execute("UPDATE passes SET submitted_at = ? WHERE clip = ?", (stamp, clip))
    connection.commit()
    connection.close()
