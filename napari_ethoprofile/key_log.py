"""The key log: which keys are pressed when, kept in the project folder of people who agreed to it.

Off unless a person switches it on for themselves. A line holds the time, the kind of command, the pass and
the frame; never which behavior was typed. It never leaves the project folder by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from .session import OpenPass, Session
from .training.simulation.key_fit import LOG_NAME, KeyEvent

if TYPE_CHECKING:
    from .annotation.project import Project
    from .keyboard import Keyboard

#: Setting of the project: names of the people whose keys are logged.
SETTING = "key_log.people"


def logged_people(project: Project) -> tuple[str, ...]:
    """Return the people whose keys are logged in a project."""
    return tuple(project.settings.get(SETTING, []))


def log_keys_of(project: Project, name: str, on: bool) -> None:
    """Switch the key log on or off for one person; what was logged before stays."""
    others = set(logged_people(project)) - {name}
    project.settings.set(SETTING, sorted(others | ({name} if on else set())) or None)


class KeyLog:
    """Notes the keys of one window, and writes them when there is time.

    Parameters
    ----------
    session
        Knows project, person, pass and frame.
    keyboard
        Emits every key.
    clock
        Returns seconds since 1970.
    """

    def __init__(self, session: Session, keyboard: Keyboard, clock: Callable[[], float] = time.time) -> None:
        self._session, self._clock = session, clock
        self._waiting: list[KeyEvent] = []
        self._on = False
        keyboard.key_typed.connect(self._note)
        session.opened.connect(self._on_opened)
        session.closing.connect(lambda _current: self.flush())

    @property
    def on(self) -> bool:
        """Whether keys of the present person are logged."""
        project, name = self._session.project, self._session.annotator
        return project is not None and bool(name) and name in logged_people(project)

    def switch(self, on: bool) -> None:
        """Log the keys of the present person from now on, or no longer."""
        log_keys_of(self._session.require_project(), self._session.annotator, on)
        self._on = self.on

    def flush(self) -> None:
        """Append what was noted to the log (about once a second, never while a key is handled)."""
        project = self._session.project
        if not self._waiting or project is None:
            return
        lines = "".join(f"{event.to_line()}\n" for event in self._waiting)
        self._waiting = []
        try:
            with (project.folder / LOG_NAME).open("a", encoding="utf-8") as file:
                file.write(lines)
        except OSError as error:
            self._on = False
            self._session.message(f"Keys are not logged any more: {error.strerror or error}.")

    def _on_opened(self, current: OpenPass | None) -> None:
        self._on = current is not None and not current.editor.read_only and self.on

    def _note(self, kind: str) -> None:
        current = self._session.current
        if self._on and current is not None:
            self._waiting.append(KeyEvent(self._clock(), kind, current.record.id, self._session.playhead))
