"""A scoring desk in a real napari window, its settings kept away from the user's own."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import napari
import pytest
from qtpy.QtCore import QSettings
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.launch import open_viewer
from napari_ethoprofile.workspace import Workspace


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture
def open_desk(own_settings: None) -> Iterator[Callable[[], Workspace]]:
    """Return a function that opens a napari window with a desk that has the keyboard."""
    viewers: list[napari.Viewer] = []

    def open_one() -> Workspace:
        viewer, workspace = open_viewer("test")
        viewers.append(viewer)
        window = main_window_of(workspace.dock)
        assert window is not None
        window.showNormal()  # without a graphics card a large window takes long to compose
        window.resize(1000, 700)
        for _ in range(200):
            if workspace.keyboard.attached and QApplication.activeWindow() is not None:
                break
            QTest.qWait(50)
        return workspace

    yield open_one
    for viewer in viewers:
        with contextlib.suppress(RuntimeError):  # a test has closed the window
            viewer.close()
    QTest.qWait(50)
