"""Panels that outlive their docks: closing a dock ends no work and loses nothing that was chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from qtpy.QtWidgets import QMainWindow, QSizePolicy, QVBoxLayout, QWidget

from ..workspace import Workspace, identity_of
from .side_dock import SharedPlace

if TYPE_CHECKING:
    import napari

P = TypeVar("P", bound=QWidget)


def take_panel(viewer: napari.Viewer, name: str, make: Callable[[], P]) -> P:
    """Return the panel of that name which a closed dock of this viewer left behind, or a new one.

    Parameters
    ----------
    viewer
        The napari viewer.
    name
        What the panel was left under.
    make
        Makes a new one where none was left.
    """
    shelf = _shelves.get(identity_of(viewer))
    left = shelf.panels.pop(name, None) if shelf is not None else None
    return cast(P, left) if left is not None else make()


def leave_panel(viewer: napari.Viewer, name: str, panel: QWidget, window: QMainWindow) -> None:
    """Keep a panel out of sight until a dock takes it again; it works on, and ends with the window.

    Parameters
    ----------
    viewer
        The napari viewer.
    name
        What it can be taken by.
    panel
        What the closed dock showed.
    window
        The main window that the dock was in.
    """
    shelf = _shelves.get(identity_of(viewer)) or _Shelf(identity_of(viewer), window)
    shelf.panels[name] = panel
    panel.setParent(shelf)


def end_with_desk(
    viewer: napari.viewer.Viewer, workspace: Workspace, name: str, let_go: Callable[[], object]
) -> None:
    """End what a panel runs when its desk is left, and forget the panel that a closed dock has left behind.

    Parameters
    ----------
    viewer, workspace
        The napari viewer, and its desk.
    name
        What the panel is kept under.
    let_go
        Ends what it runs.
    """

    def end() -> None:
        let_go()
        take_panel(viewer, name, QWidget).deleteLater()  # one that is in a dock goes with that

    workspace.left.connect(end)


class KeptDock(SharedPlace):
    """A dock around a panel that outlives it.

    Parameters
    ----------
    name
        Of the panel.
    viewer
        The napari viewer.
    make
        Makes the panel where no dock before has left it.
    """

    def __init__(
        self, name: str, viewer: napari.Viewer, make: Callable[[], QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._viewer = name, viewer
        self.setObjectName(f"ethoprofile_{name}")
        # else napari gives half of the height to an empty stretch
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.panel = take_panel(viewer, name, make)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)

    def _on_closed(self, window: QMainWindow) -> None:
        leave_panel(self._viewer, self._name, self.panel, window)


class _Shelf(QWidget):
    """Holds the panels of one viewer that no dock shows; hidden, so that they need not be."""

    def __init__(self, viewer: int, window: QMainWindow) -> None:
        super().__init__(window)
        self.panels: dict[str, QWidget] = {}
        self.hide()
        _shelves[viewer] = self
        self.destroyed.connect(lambda: _shelves.pop(viewer, None))


_shelves: dict[int, _Shelf] = {}
