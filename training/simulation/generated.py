"""Generated recordings at the hardest settings as a project, labeled as a person would."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ...annotation.clips import Stretch
from ...annotation.project import Project
from ...annotation.synthetic import ETHOGRAM, label_as_a_person, make_cohort, read_truth
from ..fitting import Cancelled
from ..interactive import Stages

#: Small pictures: features look at 128 x 96 pixels.
SIZE, FPS, SEED = (352, 288), 25.0, 1
#: Who labels them, as the project says it.
ORACLE = "generated person"


def generated_project(
    folder: Path,
    subjects: int,
    minutes: float,
    size: tuple[int, int] = SIZE,
    fps: float = FPS,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> Path:
    """Film mice at the settings ``hardest`` and label them as a person would, unless that was done before.

    Parameters
    ----------
    folder
        Where `generated-NxMmin` is made; one of an earlier run is used again.
    subjects, minutes
        How many mice, and how long each is filmed.
    size, fps
        Width and height, and frames per second.
    on_stage, cancelled
        Told what is done, and asked often.

    Returns
    -------
    pathlib.Path
        The project. Recordings lie beside it; a project that was stopped half-way is no project yet.

    Raises
    ------
    RecordingCanceledError
        If `cancelled` said so.
    """
    home = folder / f"generated-{subjects}x{minutes:g}min"
    recordings, project = home / "recordings", home / "project"
    if project.exists():
        return project
    recordings.mkdir(parents=True, exist_ok=True)
    tell = partial(on_stage, "filming generated mice") if on_stage is not None else None
    make_cohort(recordings, subjects, 60 * minutes, "hardest", SEED, size, fps, tell, cancelled)
    with Project.create(project, ETHOGRAM) as store:
        for number, path in enumerate(sorted(recordings.glob("*.mkv"))):
            video = store.add_video(path)
            store.index_video(video.id)
            labels = label_as_a_person(read_truth(path), number, fps)
            store.import_track(Stretch(video.id, 0, labels.frames), ORACLE, labels)
    return project
