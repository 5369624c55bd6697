"""A project of generated mice that are labeled with their ground truth."""

from pathlib import Path

from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, make_cohort, read_truth

#: Quick to film, and not the rate that everything else has.
FPS = 10.0


def film(folder: Path, subjects: int = 4, seconds: float = 40.0, size: tuple[int, int] = (176, 144)) -> Path:
    """Film mice into a folder, and return it."""
    folder.mkdir(parents=True)
    make_cohort(folder, subjects, seconds, "easy", 3, size, FPS)
    return folder


def label(folder: Path, recordings: Path, subjects: int = 99) -> Path:
    """Make a project of some mice, every frame labeled with the truth, and return its folder."""
    with Project.create(folder, ETHOGRAM) as project:
        for path in sorted(recordings.glob("*.mkv"))[:subjects]:
            video = project.add_video(path)
            project.index_video(video.id)
            truth = read_truth(path)
            project.import_track(Stretch(video.id, 0, truth.frames), "truth", truth)
    return folder
