"""Open a napari window on a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .annotation.errors import EthoprofileError, MissingExtraError
from .virtual_display import has_display

if TYPE_CHECKING:
    import napari

    from .workspace import Workspace


def require_window() -> None:
    """Raise `EthoprofileError` where no window can be shown: no Qt binding, or no screen."""
    try:
        import qtpy.QtWidgets  # noqa: F401
    except Exception as error:  # qtpy raises several kinds when a binding is missing or broken
        raise MissingExtraError(
            "A window needs a Qt binding: pip install 'napari-ethoprofile[all]' gives one."
        ) from error
    if not has_display():
        raise EthoprofileError(
            "There is no screen to show a window on; use a desktop, or try 'ethoprofile demo --headless'."
        )


def open_viewer(title: str) -> tuple[napari.Viewer, Workspace]:
    """Open a napari window with our docks."""
    import napari

    from .keys.focus import main_window_of
    from .workspace import show_workspace

    viewer = napari.Viewer(title=title)
    workspace = show_workspace(viewer)
    window = main_window_of(workspace.dock)
    if window is not None:
        window.showMaximized()
    return viewer, workspace


def annotate(project: Path, clip: str = "", annotator: str = "") -> None:
    """Open a project, act as `annotator`, open a clip, and run the window until it is closed.

    Parameters
    ----------
    project
        The project folder.
    clip
        Id of the clip to open; the next one to score when empty.
    annotator
        Who scores; the only or last annotator when empty.
    """
    require_window()
    import napari

    _viewer, workspace = open_viewer(f"EthoProfile: {project.name}")
    workspace.open_project(project, annotator)
    if clip:
        workspace.open_clip(clip)
    elif workspace.session.annotator and workspace.session.current is None:
        workspace.open_next()
    napari.run()
