"""The key caps beside a row's title: the row's legend."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QFontMetricsF, QPainter

from .lane_image import label_color
from .lanes import Lane
from .layout import Box
from .model import TimelineModel
from .theme import Theme, ink_on, luminance, mixed

_GAP, _PADDING = 2, 6


def key_caps_width(metrics: QFontMetricsF, keys: Sequence[tuple[str, int]]) -> int:
    """Return the room that the caps of these keys need."""
    return round(sum(_cap_width(metrics, key) + _GAP for key, _code in keys))


def draw_key_caps(painter: QPainter, model: TimelineModel, lane: Lane, box: Box, theme: Theme) -> None:
    """Draw the key caps of a row, each in the color of what it scores; an ellipsis where not all fit."""
    metrics = QFontMetricsF(painter.font())
    side = round(metrics.height())
    dots = metrics.horizontalAdvance("…")
    x, rest = float(box.x), key_caps_width(metrics, lane.keys)
    for key, code in lane.keys:
        wide = _cap_width(metrics, key)
        if x + rest > box.right and x + wide + dots > box.right:
            painter.setPen(theme.dim)
            painter.drawText(QRectF(x, box.y, dots + 2, box.h), Qt.AlignmentFlag.AlignVCenter, "…")
            return
        color = label_color(model, code, theme)
        cap = QRectF(x + 0.5, box.y + (box.h - side) / 2 + 0.5, wide - 1, side - 1)
        painter.setPen(mixed(color, theme.text, 0.35) if luminance(color) < 0.5 else theme.line)
        painter.setBrush(color)
        painter.drawRoundedRect(cap, 2.5, 2.5)
        painter.setPen(ink_on(color))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key.upper())
        x += wide + _GAP
        rest -= round(wide + _GAP)


def _cap_width(metrics: QFontMetricsF, key: str) -> float:
    return max(metrics.height(), metrics.horizontalAdvance(key.upper()) + _PADDING)
