"""What the queue does with its items: recordings and clips, labeled in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..annotation.errors import ProjectError, VideoError
from ..annotation.video.stacks import images_in
from .fitting import Cancelled, Progress
from .prediction import predict_clip, predict_recording, recordings_in
from .predictors import Predictor
from .queue import Item, Outcome, PredictionQueue, Work

if TYPE_CHECKING:
    from ..annotation.project import Project


def work_with(
    predictor_for: Callable[[Project | None], Predictor],
    projects: Mapping[Path, Project],
    out: Path | None = None,
    fps: float | None = None,
) -> Work:
    """Return what labels an item.

    Parameters
    ----------
    predictor_for
        Returns the model for a project, or for recordings outside of projects.
    projects
        The open projects by their folders.
    out, fps
        As for `predict_recording`.
    """

    def work(item: Item, on_progress: Progress, cancelled: Cancelled) -> Outcome:
        if not item.clip:
            result = predict_recording(
                item.source,
                predictor_for(None),
                out,
                fps=fps,
                on_progress=on_progress,
                cancelled=cancelled,
            )
            return Outcome(str(result.labels_file), result.partial)
        project = projects[item.source]
        clip = project.get_clip(item.clip)
        on_progress(0, clip.frames)
        made = predict_clip(project, clip, predictor_for(project), cancelled=cancelled)
        on_progress(clip.frames, clip.frames)
        return Outcome(made.id)

    return work


def add_sources(queue: PredictionQueue, sources: list[Path], projects: Mapping[Path, Project]) -> list[Item]:
    """Put recordings, the recordings in folders, and the clips of projects into a queue.

    Raises
    ------
    ProjectError
        When a project has no clip, or a folder no recording.
    """
    items = []
    for source in sources:
        if source in projects:
            clips = projects[source].clips()
            if not clips:
                raise ProjectError(f"The project {source} has no clips; plan some with 'ethoprofile clips'.")
            items += [queue.add(source, clip.id) for clip in clips]
        else:
            items += [queue.add(path) for path in recordings_of(source)]
    return items


def recordings_of(folder: Path) -> list[Path]:
    """Return the recordings below a folder, or what is a recording itself, as a folder of images is."""
    if not folder.is_dir():
        return [folder]
    found = recordings_in(folder)
    if found:
        return found
    try:
        images_in(folder)
    except VideoError:
        raise ProjectError(f"There is no recording in the folder {folder} or below it.") from None
    return [folder]
