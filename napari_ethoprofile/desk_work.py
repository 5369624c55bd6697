"""Work on the project in a thread, as the desks of models and of queries do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psygnal import Signal

from .agreeing import Runner
from .annotation.errors import EthoprofileError
from .annotation.project import Project
from .session import Session


class DeskWork:
    """Does one piece of work at a time, and tells what is done and what was refused. No Qt here.

    Signals
    -------
    busy_changed
        What is being done in the background; empty when nothing is.
    told
        A sentence for the user, and whether it is about a problem.

    Parameters
    ----------
    session
        The shared state.
    run
        Does work in a thread.

    Attributes
    ----------
    busy
        What is told by `busy_changed`.
    """

    busy_changed = Signal(str)
    told = Signal(str, bool)

    def __init__(self, session: Session, run: Runner) -> None:
        self._session, self._run = session, run
        self.busy = ""
        self._generation = 0

    def _guarded(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except EthoprofileError as error:
            self.told(str(error), True)
            return False
        return True

    def _begin(self, what: str, work: Callable[[Project], Any], done: Callable[[Any], object]) -> None:
        """Work on the project in a thread, through a connection of its own."""
        project = self._session.project
        if project is None or self.busy:
            return
        self._generation += 1
        generation, folder, read_only = self._generation, project.folder, project.read_only
        self._set_busy(what)

        def in_thread() -> Any:
            with Project.open(folder, read_only=read_only) as own:
                return work(own)

        def on_done(result: Any) -> None:
            if generation == self._generation:
                self._set_busy("")
                done(result)

        def on_failed(error: Exception) -> None:
            if generation != self._generation:
                return
            self._set_busy("")
            if not isinstance(error, EthoprofileError):
                raise error
            self.told(str(error), True)

        self._run(in_thread, on_done, on_failed)

    def _set_busy(self, what: str) -> None:
        if what != self.busy:
            self.busy = what
            self.busy_changed(what)
