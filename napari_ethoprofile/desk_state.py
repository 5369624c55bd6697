"""What is found again at the next start: clip, playhead, zoom, speed, docks, recent projects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtpy.QtCore import QByteArray, QSettings
from qtpy.QtWidgets import QMainWindow

from .session import OpenPass, Session
from .timeline import TimelineModel
from .transport import Transport

RECENT = 6


class DeskState:
    """Keeps the state of the desk: positions in the project, docks and recent projects with the user.

    Parameters
    ----------
    session, transport, timeline
        Whose state is kept.
    """

    def __init__(self, session: Session, transport: Transport, timeline: TimelineModel) -> None:
        self._session = session
        self._transport = transport
        self._timeline = timeline
        self._window: QMainWindow | None = None
        self._settings = QSettings("napari-ethoprofile", "napari-ethoprofile")
        session.closing.connect(self._keep_position)

    def attach(self, window: QMainWindow) -> None:
        """Put the docks where the user left them."""
        self._window = window
        docks = self._settings.value("docks")
        if isinstance(docks, QByteArray):
            window.restoreState(docks)

    def save(self) -> None:
        """Remember where the docks are."""
        if self._window is not None:
            self._settings.setValue("docks", self._window.saveState())

    def recent_projects(self) -> list[Path]:
        """Return the projects that were open before and still exist, latest first."""
        stored = self._settings.value("recent") or []
        folders = [stored] if isinstance(stored, str) else list(stored)
        return [Path(folder) for folder in folders if Path(folder).is_dir()]

    def remember_project(self, folder: Path) -> None:
        """Put a project at the head of the recent ones."""
        others = [str(path) for path in self.recent_projects() if path != folder]
        self._settings.setValue("recent", [str(folder), *others][:RECENT])

    def _key(self, current: OpenPass) -> str:
        return f"position/{current.record.id}"

    def _keep_position(self, current: OpenPass) -> None:
        project = self._session.project
        if project is None or project.read_only:
            return
        window = self._timeline.window
        position: dict[str, Any] = {
            "playhead": self._session.playhead,
            "window": [window.first, window.last],
            "speed": self._transport.player.speed,
        }
        with self._session.telling():
            project.settings.update({self._key(current): position, "last_clip": current.clip.id})

    def restore_position(self) -> None:
        """Go back to where the open pass was left."""
        current = self._session.current
        if current is None:
            return
        position = self._session.require_project().settings.get(self._key(current))
        if not isinstance(position, dict):
            return
        self._session.seek(int(position.get("playhead", 0)))
        first, last = position.get("window", (0, current.frames))
        self._timeline.set_window(float(first), float(last))
        self._transport.player.set_speed(float(position.get("speed", 1.0)))
