"""What the queue does with its items: recordings and clips, labeled in this process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..annotation.errors import ProjectError, VideoError
from ..annotation.recordings import find_videos
from ..annotation.video.stacks import images_in
from .fitting import Cancelled, Progress
from .prediction import predict_clip, predict_recording
from .predictors import Predictor
from .queue import Item, Outcome, PredictionQueue, Work

if TYPE_CHECKING:
    from ..annotation.project import ClipRecord, Project


@dataclass(frozen=True, slots=True)
class Labeling:
    """How the recordings and clips of a queue are labeled, for another process.

    Attributes
    ----------
    model
        A model folder, or weights of DeepEthoProfile.
    out
        Folder for the results of recordings; beside each when not given.
    device
        Where a network of the batch tier runs: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    stride
        Frames from one stack of the batch tier to the next; None for what the model usually takes.
    fps
        Frames per second of recordings that do not say it.
    names
        What behaviors of the model are called in the results, where that differs.
    """

    model: str
    out: Path | None = None
    device: str = "auto"
    stride: int | None = None
    fps: float | None = None
    names: Mapping[str, str] = field(default_factory=dict)


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


def add_sources(
    queue: PredictionQueue,
    sources: list[Path],
    projects: Mapping[Path, Project],
    only: Collection[str] = (),
) -> list[Item]:
    """Put recordings, the recordings in folders, and the clips of projects into a queue.

    Parameters
    ----------
    queue, sources
        What gets what.
    projects
        The open projects by those sources that are one.
    only
        Ids of clips: of the projects only these; all when there are none.

    Raises
    ------
    ProjectError
        When a project has no clip, no project has one of `only`, or a folder has no recording.
    """
    clips = {source: [clip.id for clip in clips_of(project)] for source, project in projects.items()}
    for clip in only:
        if not any(clip in ids for ids in clips.values()):
            raise ProjectError(
                f"There is no clip '{clip}' in {' or '.join(str(folder) for folder in projects)}; "
                "'ethoprofile status' lists the clips."
            )
    items = []
    for source in sources:
        if source in projects:
            items += [queue.add(source, clip) for clip in clips[source] if not only or clip in only]
        else:
            items += [queue.add(path) for path in recordings_of(source)]
    return items


def clips_of(project: Project) -> list[ClipRecord]:
    """Return the clips of a project, or raise `ProjectError` where it has none."""
    clips = project.clips()
    if not clips:
        raise ProjectError(f"The project {project.folder} has no clips; plan some with 'ethoprofile clips'.")
    return clips


def recordings_of(folder: Path) -> list[Path]:
    """Return the recordings below a folder, or what is a recording itself, as a folder of images is."""
    if not folder.is_dir():
        return [folder]
    found = find_videos(folder)
    if found:
        return found
    try:
        images_in(folder)
    except VideoError:
        raise ProjectError(f"There is no recording in the folder {folder} or below it.") from None
    return [folder]
