"""Drag and drop into napari: recordings, project folders, label files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .annotation.recordings import VIDEO_ENDINGS

LABEL_ENDINGS = (".csv", ".tsv", ".txt", ".boris", ".gz", ".annot", ".json", ".eaf", ".mat", ".nwb")
#: What napari takes for "this was dealt with, there is no layer to add".
NOTHING_TO_ADD: list[tuple[Any, ...]] = [(None,)]

LayerReader = Callable[[Any], list[tuple[Any, ...]]]


def get_reader(path: str | Sequence[str]) -> LayerReader | None:
    """Return the function that opens `path`, or None when it is not ours."""
    paths = [Path(path)] if isinstance(path, str) else [Path(item) for item in path]
    if not paths:
        return None
    if len(paths) == 1 and is_project(paths[0]):
        return _open_project
    endings = {item.suffix.lower() for item in paths}
    if endings <= set(VIDEO_ENDINGS):
        return _open_videos
    if len(paths) == 1 and endings <= set(LABEL_ENDINGS) and _is_label_file(paths[0]):
        return _open_labels
    return None


def is_project(path: Path) -> bool:
    """Return whether `path` is a project folder, its marker or its database."""
    from .annotation.errors import ProjectError
    from .annotation.project import find_project

    try:
        find_project(path)
    except ProjectError:
        return False
    return True


def _is_label_file(path: Path) -> bool:
    from .annotation.errors import FormatError
    from .annotation.formats import sniff

    try:
        sniff(path)
    except (FormatError, OSError):
        return False
    return True


def _open_project(path: Any) -> list[tuple[Any, ...]]:
    workspace, folder = _workspace(), Path(path if isinstance(path, str) else path[0])
    workspace.dock.guarded(lambda: workspace.open_project(folder))
    return NOTHING_TO_ADD


def _open_videos(path: Any) -> list[tuple[Any, ...]]:
    """Add recordings to the open project, or show them as plain layers where there is none."""
    paths = [Path(path)] if isinstance(path, str) else [Path(item) for item in path]
    workspace = _open_workspace()
    if workspace is not None and workspace.session.project is not None:
        workspace.add_videos(paths)
        return NOTHING_TO_ADD
    from .annotation.video import Video

    layers = []
    for item in paths:
        video = Video(item)
        options = {
            "name": item.name,
            "rgb": video.ndim == 4,
            "contrast_limits": (0, 255),
            "multiscale": False,
        }
        layers.append((video, options, "image"))
    return layers


def _open_labels(path: Any) -> list[tuple[Any, ...]]:
    workspace, file = _workspace(), Path(path if isinstance(path, str) else path[0])
    workspace.dock.guarded(lambda: workspace.ask.import_labels(file))
    return NOTHING_TO_ADD


def _workspace() -> Any:
    """Return the workspace of the current viewer; its docks are opened when they are not there."""
    import napari

    from .annotation.errors import ProjectError
    from .workspace import show_workspace

    viewer = napari.current_viewer()
    if viewer is None:
        raise ProjectError(
            "A project is opened in a napari window; start one with 'ethoprofile annotate PROJECT'."
        )
    return show_workspace(viewer)


def _open_workspace() -> Any:
    import napari

    from .workspace import workspace_of

    viewer = napari.current_viewer()
    return workspace_of(viewer) if viewer is not None else None
