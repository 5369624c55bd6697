"""Commands of napari's menus that are not docks."""

from __future__ import annotations

import napari


def new_project(viewer: napari.Viewer) -> None:
    """Open the new-project assistant."""
    from .workspace import show_workspace

    show_workspace(viewer).ask.new_project()


def export_labels(viewer: napari.Viewer) -> None:
    """Open the export dialog of the open project."""
    from .workspace import show_workspace

    show_workspace(viewer).ask.export_labels()
