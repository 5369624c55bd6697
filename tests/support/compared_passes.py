"""Passes of several people over one clip, for tests of comparing them."""

from pathlib import Path

from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import Ethogram, preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack

FRAMES = 100
PEOPLE = ("Ada", "Ben", "Cora", "Dora")


def new_project(folder: Path, recording: Path, ethogram: Ethogram | None = None) -> Project:
    """Make a project with one clip over the whole recording of 100 frames, and some people."""
    project = Project.create(folder, ethogram or preset("home-cage"))
    video = project.add_video(recording)
    project.index_video(video.id)
    project.add_clips([Stretch(video.id, 0, FRAMES)])
    for name in PEOPLE:
        project.add_annotator(name)
    return project


def labels(*bouts: tuple[int, int, int]) -> LabelTrack:
    """Return a track of the clip's length with bouts ``(start, stop, label)``."""
    return LabelTrack.from_bouts([Bout(*bout) for bout in bouts], FRAMES)


def add_pass(project: Project, name: str, track: LabelTrack, kind: str = "first") -> str:
    """Add a submitted pass with these labels and return its id."""
    [clip] = project.clips()
    record = project.import_track(clip.id, name, track, kind, provenance="typed")
    with project.edit(record.id, acting=name) as editor:
        editor.submit()
    return record.id


def add_two(project: Project) -> list[str]:
    """Add passes of Ada and Ben that differ on [40, 50), [60, 70) and, where Ben stopped, on [90, 100)."""
    ada = labels((0, 50, 1), (50, 80, 2), (80, 100, 3))
    ben = labels((0, 40, 1), (40, 60, 2), (60, 70, 5), (70, 80, 2), (80, 90, 3))
    return [add_pass(project, "Ada", ada), add_pass(project, "Ben", ben)]
