"""Open Sample: generated on the spot, no network."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .workspace import Workspace

#: Layers that carry this in their metadata make room when a project opens.
PREVIEW = "ethoprofile preview"


def synthetic_recording() -> list[tuple[Any, ...]]:
    """Return 20 seconds of a generated home-cage recording as an image layer."""
    from .annotation.synthetic import record
    from .annotation.video import Video
    from .background import while_waiting

    path = Path(tempfile.mkdtemp(prefix="ethoprofile-sample-")) / "01_20260105_1200_synthetic.mkv"
    while_waiting(lambda: record(path, seconds=20), "A mouse is filmed for 20 seconds…")
    return [_layer(Video(path))]


def synthetic_project() -> list[tuple[Any, ...]]:
    """Generate a small project, open it in the current viewer, and return its first recording."""
    import napari
    from qtpy.QtCore import QTimer

    from .annotation.project import Project
    from .annotation.video import Video
    from .background import while_waiting
    from .workspace import show_workspace

    folder = while_waiting(
        make_sample_project, "Mice are filmed, and their films labeled, for a small project…"
    )
    with Project.open(folder, read_only=True) as project:
        path = project.video_path(project.videos()[0].id)
    viewer = napari.current_viewer()
    if viewer is not None:
        # The dock opens once napari has taken the layer; opening the clip then replaces that layer.
        QTimer.singleShot(0, lambda: open_in(show_workspace(viewer), folder))
    return [_layer(Video(path))]


def make_sample_project() -> Path:
    """Generate a small project in a temporary folder and return the folder."""
    from .demo import make_demo_project

    folder = Path(tempfile.mkdtemp(prefix="ethoprofile-sample-")) / "synthetic-project"
    make_demo_project(folder)
    return folder


def open_in(workspace: Workspace, folder: Path) -> None:
    """Open a sample project and its first clip."""
    from .demo import ANNOTATOR

    workspace.open_project(folder, ANNOTATOR)
    workspace.open_next()


def _layer(video: Any) -> tuple[Any, ...]:
    options = {
        "name": video.path.name,
        "rgb": video.ndim == 4,
        "contrast_limits": (0, 255),
        "metadata": {PREVIEW: True},
    }
    return (video, options, "image")
