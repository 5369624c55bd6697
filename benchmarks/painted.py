"""When widgets have painted what a key or a click has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until_painted(act: Callable[[], object], *watched: Paintings) -> list[float]:
    """Return after how many seconds each of the watched widgets has painted."""
    from qtpy.QtWidgets import QApplication

    for paintings in watched:
        paintings.at = 0.0
    began = time.perf_counter()
    act()
    while not all(paintings.at for paintings in watched):
        QApplication.processEvents()
        if time.perf_counter() - began > 5:
            raise RuntimeError("a widget was not painted within 5 seconds")
    return [paintings.at - began for paintings in watched]


class Paintings:
    """Notes when a widget has been painted for the first time since `at` was set to 0."""

    def __init__(self, widget: Any) -> None:
        from qtpy.QtCore import QEvent, QObject

        paintings = self

        class Filter(QObject):
            painting = False

            def eventFilter(self, watched: Any, event: QEvent) -> bool:
                if event.type() != QEvent.Type.Paint or self.painting:
                    return False
                self.painting = True
                watched.event(event)
                self.painting = False
                paintings.at = paintings.at or time.perf_counter()
                return True

        self.at = 0.0
        self._filter = Filter()
        widget.installEventFilter(self._filter)


def canvas_of(viewer: Any) -> Any:
    """Return the widget that napari paints the picture on."""
    from qtpy.QtWidgets import QOpenGLWidget

    return viewer.window._qt_window.findChild(QOpenGLWidget)
