"""The toolbar's icons, painted in the theme's colors: crisp at any scale and independent of fonts."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from .theme import ink_on

#: Icons are drawn on a square of 16 units and kept in these sizes (pixels).
_SIZES = (16, 24, 32, 64)


def icon(name: str, color: QColor, checked: QColor) -> QIcon:
    """Return an icon: play, pause, loop, every_frame, zoom_in, zoom_out, fit or follow.

    Parameters
    ----------
    name
        One of the above.
    color
        The color of its lines.
    checked
        The ground it stands on while its button is checked (style sheets may not show that).
    """
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(_pixmap(name, color, None, size), QIcon.Mode.Normal, QIcon.State.Off)
        result.addPixmap(_pixmap(name, ink_on(checked), checked, size), QIcon.Mode.Normal, QIcon.State.On)
    return result


def _pixmap(name: str, color: QColor, ground: QColor | None, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.scale(size / 16, size / 16)
    if ground is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(0, 0, 16, 16), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(
        QPen(color, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    _DRAW[name](painter, color)
    painter.end()
    return pixmap


def _filled(painter: QPainter, color: QColor, *points: tuple[float, float]) -> None:
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _lines(painter: QPainter, *ends: tuple[float, float, float, float]) -> None:
    for x1, y1, x2, y2 in ends:
        painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def _play(painter: QPainter, color: QColor) -> None:
    _filled(painter, color, (4.5, 3), (13, 8), (4.5, 13))


def _pause(painter: QPainter, color: QColor) -> None:
    painter.fillRect(QRectF(4, 3, 3, 10), color)
    painter.fillRect(QRectF(9, 3, 3, 10), color)


def _loop(painter: QPainter, color: QColor) -> None:
    painter.drawArc(QRectF(3, 3.5, 10, 10), 60 * 16, 290 * 16)
    _filled(painter, color, (9.2, 1.8), (9.2, 6.2), (12.2, 4.0))


def _every_frame(painter: QPainter, color: QColor) -> None:
    painter.drawRect(QRectF(2.5, 4, 11, 8))
    _lines(painter, (6.2, 4, 6.2, 12), (9.8, 4, 9.8, 12))


def _lens(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2.5, 2.5, 8.5, 8.5))
    _lines(painter, (10, 10, 13.5, 13.5))


def _zoom_in(painter: QPainter, color: QColor) -> None:
    _lens(painter)
    _lines(painter, (4.8, 6.75, 8.7, 6.75), (6.75, 4.8, 6.75, 8.7))


def _zoom_out(painter: QPainter, color: QColor) -> None:
    _lens(painter)
    _lines(painter, (4.8, 6.75, 8.7, 6.75))


def _fit(painter: QPainter, color: QColor) -> None:
    _lines(painter, (2.2, 3.5, 2.2, 12.5), (13.8, 3.5, 13.8, 12.5), (4.5, 8, 11.5, 8))
    _filled(painter, color, (6.2, 6), (6.2, 10), (4.2, 8))
    _filled(painter, color, (9.8, 6), (9.8, 10), (11.8, 8))


def _follow(painter: QPainter, color: QColor) -> None:
    _lines(painter, (6, 2.5, 6, 13.5), (8.5, 8, 13.5, 8))
    _filled(painter, color, (3.8, 2), (8.2, 2), (6, 4.8))
    _lines(painter, (11.3, 5.8, 13.5, 8), (11.3, 10.2, 13.5, 8))


_DRAW: dict[str, Callable[[QPainter, QColor], None]] = {
    "play": _play,
    "pause": _pause,
    "loop": _loop,
    "every_frame": _every_frame,
    "zoom_in": _zoom_in,
    "zoom_out": _zoom_out,
    "fit": _fit,
    "follow": _follow,
}
