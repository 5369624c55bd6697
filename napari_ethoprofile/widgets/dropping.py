"""Files and folders that are dropped: on a panel that lists them, or on a line that holds the path of one."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QMimeData
from qtpy.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from qtpy.QtWidgets import QLineEdit, QWidget


class DropPanel(QWidget):
    """Takes what is dropped anywhere on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)

    def add(self, paths: list[Path]) -> None:
        """Take files and folders."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files and folders."""
        if event is not None and _paths_of(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Take what is dropped."""
        if event is not None and (paths := _paths_of(event.mimeData())):
            event.acceptProposedAction()
            self.add(paths)


class PathLine(QLineEdit):
    """Holds a path that is typed or dropped; anything else is dropped as text."""

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take a file or folder."""
        if event is not None and _paths_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        """Take a file or folder anywhere on the line."""
        if event is not None and _paths_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Show the path in place of what was there."""
        if event is not None and (paths := _paths_of(event.mimeData())):
            event.acceptProposedAction()
            self.setText(str(paths[0]))
        else:
            super().dropEvent(event)


def _paths_of(data: QMimeData | None) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data is not None else []
