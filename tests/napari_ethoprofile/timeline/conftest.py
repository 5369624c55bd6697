"""A strip on the screen, and ways to look at it and to touch it."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QColor, QMouseEvent, QWheelEvent
from qtpy.QtWidgets import QApplication
from timeline_scene import scene

from napari_ethoprofile.timeline.view import TimelineStrip


class Hand:
    """Looks at a strip by pixel and touches it with real mouse events."""

    def __init__(self, strip: TimelineStrip) -> None:
        self.strip = strip
        self.buttons = Qt.MouseButton.NoButton

    def at(self, frame: float, where: str | int = "ruler") -> QPointF:
        """Return the middle of a part of the strip (a row by its index) at a frame's left edge."""
        layout = self.strip.strip_layout
        box = layout.lanes[where] if isinstance(where, int) else getattr(layout, where)
        x = self.strip.x_of(frame)
        if where == "overview":
            x = box.x + frame / self.strip.model.frames * box.w
        return QPointF(x, box.y + box.h / 2)

    def color(self, frame: float, where: str | int = "ruler", dy: float = 0.0) -> str:
        """Return the color that is painted there, as ``#rrggbb``."""
        point = self.at(frame, where)
        image = self.strip.grab().toImage()
        scale = image.devicePixelRatio()
        return QColor(image.pixel(int(point.x() * scale), int((point.y() + dy) * scale))).name()

    def colors_of_box(self, first: float, last: float, where: str | int) -> set[str]:
        """Return all colors between two frames in a part of the strip."""
        image = self.strip.grab().toImage()
        layout = self.strip.strip_layout
        box = layout.lanes[where] if isinstance(where, int) else getattr(layout, where)
        left, right = round(self.strip.x_of(first)), round(self.strip.x_of(last))
        return {
            QColor(image.pixel(x, y)).name()
            for x in range(left, max(right, left + 1))
            for y in range(box.y + 1, box.bottom - 1)
        }

    def press(
        self,
        at: QPointF,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.buttons = button
        self._send(QEvent.Type.MouseButtonPress, at, button, modifiers)

    def move(self, at: QPointF) -> None:
        self._send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)

    def release(self, at: QPointF) -> None:
        button, self.buttons = self.buttons, Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonRelease, at, button)

    def double_click(self, at: QPointF) -> None:
        self._send(QEvent.Type.MouseButtonDblClick, at, Qt.MouseButton.LeftButton)

    def drag(
        self,
        start: QPointF,
        stop: QPointF,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.press(start, button, modifiers)
        for share in (0.25, 0.5, 0.75, 1.0):
            self.move(start + (stop - start) * share)
        self.release(stop)

    def wheel(
        self,
        at: QPointF,
        notches: float,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        pixels: QPoint | None = None,
        sideways: bool = False,
    ) -> None:
        angle = round(notches * 120)
        event = QWheelEvent(
            at,
            QPointF(self.strip.mapToGlobal(at.toPoint())),
            pixels or QPoint(),
            QPoint(angle, 0) if sideways else QPoint(0, angle),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.strip, event)

    def _send(
        self,
        kind: QEvent.Type,
        at: QPointF,
        button: Qt.MouseButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        on_screen = QPointF(self.strip.mapToGlobal(at.toPoint()))
        QApplication.sendEvent(self.strip, QMouseEvent(kind, at, on_screen, button, self.buttons, modifiers))


@pytest.fixture
def model():
    return scene()


@pytest.fixture
def strip(qtbot, model):
    strip = TimelineStrip(model)
    qtbot.addWidget(strip, before_close_func=lambda widget: widget.cleanup())
    strip.set_theme("#23242b", "#f0f1f2", "#4560c4")
    strip.resize(1200, strip.sizeHint().height())
    strip.show()
    qtbot.waitExposed(strip)
    return strip


@pytest.fixture
def hand(strip):
    return Hand(strip)


@pytest.fixture
def heard():
    """Return a function that collects what a Qt signal emits."""

    def listen(signal):
        log = []
        signal.connect(lambda *values: log.append(values[0] if len(values) == 1 else values))
        return log

    return listen
