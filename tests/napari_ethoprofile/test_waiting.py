"""Work that somebody waits for: the window goes on painting, and is told what went wrong."""

import threading
import time

import pytest
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication, QProgressDialog

from napari_ethoprofile.background import while_waiting


def test_the_window_goes_on_while_somebody_waits(qapp: QApplication) -> None:
    seen = []

    def look() -> None:
        boxes = [
            w for w in QApplication.topLevelWidgets() if isinstance(w, QProgressDialog) and w.isVisible()
        ]
        seen.extend(box.labelText() for box in boxes)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)

    def work() -> str:
        deadline = time.monotonic() + 20
        while len(seen) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        return threading.current_thread().name

    found = while_waiting(work, "A mouse is filmed")
    timer.stop()
    assert found != threading.main_thread().name
    assert set(seen) == {"A mouse is filmed"}
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QProgressDialog) and w.isVisible()]


def test_what_goes_wrong_meanwhile_is_raised(qapp: QApplication) -> None:
    def work() -> None:
        raise ValueError("no mouse")

    with pytest.raises(ValueError, match="no mouse"):
        while_waiting(work, "A mouse is filmed")
