"""Work that is done in a thread while the window stays usable."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from qtpy.QtCore import QEventLoop, QObject, Qt
from qtpy.QtWidgets import QApplication, QProgressDialog
from superqt.utils import create_worker

T = TypeVar("T")


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


def while_waiting(work: Callable[[], T], text: str) -> T:
    """Do work in a thread while the window says what is being done and goes on painting.

    Parameters
    ----------
    work
        What is done; what it raises is raised here.
    text
        Shown in a box over the window, which takes no clicks meanwhile.
    """
    if QApplication.instance() is None:
        return work()
    loop, results, errors = QEventLoop(), list[T](), list[Exception]()
    box = QProgressDialog(text, "", 0, 0, QApplication.activeWindow())
    box.setCancelButton(None)
    box.setWindowTitle("napari-ethoprofile")
    box.setWindowModality(Qt.WindowModality.ApplicationModal)
    box.setMinimumDuration(0)
    box.show()

    def end_with(outcomes: list[Any], outcome: Any) -> None:
        outcomes.append(outcome)
        loop.quit()

    Background(box)(work, partial(end_with, results), partial(end_with, errors))
    loop.exec()
    box.close()
    box.deleteLater()
    if errors:
        raise errors[0]
    return results[0]


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
