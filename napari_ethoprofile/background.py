"""Work that is done in a thread while the window stays usable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QObject
from superqt.utils import create_worker


class Background(QObject):
    """Does work in a thread and tells the outcome on the thread of the window.

    Nothing is told once the parent is gone.
    """

    def __call__(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Begin; exactly one of `done` and `failed` is called later."""
        outcome = _Outcome(done, failed, self)
        # Errors are told to `failed`, not raised beside it.
        worker = create_worker(work, _ignore_errors=True)
        worker.returned.connect(outcome.returned)
        worker.errored.connect(outcome.errored)
        worker.start()


class _Outcome(QObject):
    """Receives on the thread of the window what comes out of one piece of work."""

    def __init__(
        self, done: Callable[[Any], None], failed: Callable[[Exception], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._done, self._failed = done, failed

    def returned(self, result: Any) -> None:
        self.deleteLater()
        self._done(result)

    def errored(self, error: Exception) -> None:
        self.deleteLater()
        self._failed(error)
