"""Agreement as a function of the tolerance in time."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QPainter, QPen
from qtpy.QtWidgets import QWidget

from ..annotation.agreement import is_defined
from ..annotation.agreement.results import ToleranceAgreement
from ..annotation.agreement.undefined import Value
from ..timeline.theme import Theme
from .base import FIRST, MARGIN, REST, THIRD, Mark, Plot, Scale, draw_dot, draw_line, lowest, number

_STYLES = (
    ("agreement", FIRST, Qt.PenStyle.SolidLine),
    ("corrected for chance", THIRD, Qt.PenStyle.DashLine),
    ("chance", REST, Qt.PenStyle.DotLine),
)
_SAMPLE = 26.0


class ToleranceCurve(Plot):
    """Three lines from 0 to 2 s: agreement, what is above chance, and chance."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("tolerance_curve", "Agreement by tolerance in time", parent)
        self._points: Sequence[ToleranceAgreement] = ()
        self._asked = 0.0

    def show_curve(self, points: Sequence[ToleranceAgreement], asked: float) -> None:
        """Show other points; `asked` is the tolerance that the report was asked for, in seconds."""
        self._points, self._asked = points, asked
        self.update()

    def _scales(self) -> tuple[Scale, Scale]:
        left = MARGIN + self.text_width("−0.25") + 6
        top, bottom = MARGIN + self.line * 1.6, self.height() - MARGIN - 2.4 * self.line
        longest = max(point.tolerance for point in self._points)
        across = Scale(0.0, longest, left, self.width() - 2 * MARGIN)
        return across, Scale(lowest([point.corrected for point in self._points]), 1.0, bottom, top)

    def marks(self) -> list[Mark]:
        """Return one mark for each tolerance, as high as the plot."""
        if not self._points:
            return []
        across, up = self._scales()
        half = (across.last - across.first) / max(1, len(self._points) - 1) / 2
        height = up.first - up.last
        return [
            Mark(
                QRectF(across.at(point.tolerance) - half, up.last, 2 * half, height),
                f"The same label within ± {point.tolerance:.1f} s: {_percent(point.agreement)}; by chance "
                f"{_percent(point.chance)}; corrected for chance {number(point.corrected)}.",
            )
            for point in self._points
        ]

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw axes, names and lines."""
        if not self._points:
            return
        across, up = self._scales()
        self._draw_axes(painter, theme, across, up)
        x = across.first
        for style, values in zip(_STYLES, self._lines(), strict=True):
            name, color, dashes = style
            pen = QPen(color, 2.0, dashes)
            y = MARGIN + self.line / 2
            draw_line(painter, QPointF(x, y), QPointF(x + _SAMPLE, y), pen)
            painter.setPen(theme.text)
            painter.drawText(QPointF(x + _SAMPLE + 5, y + self.line * 0.32), name)
            x += _SAMPLE + self.text_width(name) + 18
            self._draw_line(painter, across, up, values, pen)

    def _lines(self) -> list[list[Value]]:
        return [[getattr(p, name) for p in self._points] for name in ("agreement", "corrected", "chance")]

    def _draw_line(
        self, painter: QPainter, across: Scale, up: Scale, values: Sequence[Value], pen: QPen
    ) -> None:
        before: QPointF | None = None
        for point, value in zip(self._points, values, strict=True):
            here = QPointF(across.at(point.tolerance), up.at(value)) if is_defined(value) else None
            if here is not None and before is not None:
                draw_line(painter, before, here, pen)
            elif here is not None:
                draw_dot(painter, here, pen.color(), 1.5)
            before = here

    def _draw_axes(self, painter: QPainter, theme: Theme, across: Scale, up: Scale) -> None:
        quarters = [n / 4 for n in range(-4, 5) if n / 4 >= up.low]
        for level in quarters:
            y = up.at(level)
            draw_line(painter, QPointF(across.first, y), QPointF(across.last, y), theme.line)
            painter.setPen(theme.dim)
            rect = QRectF(0, y - self.line / 2, across.first - 6, self.line)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect, flags, number(level, 2))
        for half in range(int(2 * across.high) + 1):
            rect = QRectF(across.at(half / 2) - 30, up.first + 3, 60, self.line)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{half / 2:g}")
        if 0 < self._asked <= across.high:
            x = across.at(self._asked)
            pen = QPen(theme.dim, 1.0, Qt.PenStyle.DashDotLine)
            draw_line(painter, QPointF(x, up.first), QPointF(x, up.last), pen)
        painter.setPen(theme.dim)
        rect = QRectF(across.first, up.first + 3 + self.line, across.last - across.first, self.line)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "tolerance (s)")


def _percent(value: Value) -> str:
    return f"{100 * value:.1f} %" if is_defined(value) else str(value)
