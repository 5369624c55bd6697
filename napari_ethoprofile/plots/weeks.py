"""Kappa by week: whether two raters drift apart."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QPainter, QPen
from qtpy.QtWidgets import QWidget

from ..annotation.agreement import is_defined
from ..annotation.agreement.report import PartRow
from ..annotation.agreement.undefined import Undefined, Value
from ..annotation.formats.wording import counted
from ..timeline.theme import Theme
from .base import FIRST, MARGIN, Mark, Plot, Scale, draw_dot, draw_line, lowest, number

NO_WEEKS = (
    "Drift over weeks needs passes that were submitted in two weeks or more; imported labels and label files "
    "have no such day."
)


class WeekDots(Plot):
    """One dot a week with its interval. The key of a dot is its ISO week."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("week_dots", "Kappa by week", parent)
        self._rows: Sequence[PartRow] = ()

    def show_weeks(self, rows: Sequence[PartRow]) -> None:
        """Show other weeks."""
        self._rows = rows
        self.update()

    def _scales(self) -> tuple[Scale, Scale]:
        left = MARGIN + self.text_width("−0.25") + 6
        ends: list[Value] = [row.kappa.value for row in self._rows]
        ends += [interval[0] for row in self._rows if (interval := _interval(row))]
        bottom = self.height() - MARGIN - 2.6 * self.line
        across = Scale(-0.5, len(self._rows) - 0.5, left, self.width() - 2 * MARGIN)
        return across, Scale(lowest(ends), 1.0, bottom, MARGIN + self.line / 2)

    def marks(self) -> list[Mark]:
        """Return one mark a week: the strip that it takes."""
        if not self._rows:
            return []
        across, up = self._scales()
        width = (across.last - across.first) / len(self._rows)
        return [
            Mark(
                QRectF(across.at(place) - width / 2, up.last - 6, width, self.height() - up.last),
                _tip(row),
                row.name,
            )
            for place, row in enumerate(self._rows)
        ]

    def dot(self, week: str) -> QPointF:
        """Return where the dot of a week lies."""
        place = next(n for n, row in enumerate(self._rows) if row.name == week)
        across, up = self._scales()
        kappa = self._rows[place].kappa.value
        return QPointF(across.at(place), up.at(kappa if is_defined(kappa) else up.low))

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw axes, intervals and dots."""
        if not self._rows:
            self.say(painter, theme, NO_WEEKS)
            return
        across, up = self._scales()
        self._draw_axes(painter, theme, across, up)
        before: QPointF | None = None
        for place, row in enumerate(self._rows):
            x = across.at(place)
            interval = _interval(row)
            if interval is not None:
                low, high = interval
                draw_line(painter, QPointF(x, up.at(low)), QPointF(x, up.at(high)), QPen(FIRST, 2.0))
            here = QPointF(x, up.at(row.kappa.value)) if is_defined(row.kappa.value) else None
            if here is not None and before is not None:
                draw_line(painter, before, here, QPen(FIRST, 1.0, Qt.PenStyle.DashLine))
            if here is not None:
                draw_dot(painter, here, FIRST)
            before = here

    def _draw_axes(self, painter: QPainter, theme: Theme, across: Scale, up: Scale) -> None:
        for level in [n / 4 for n in range(-4, 5) if n / 4 >= up.low]:
            y = up.at(level)
            draw_line(painter, QPointF(across.first, y), QPointF(across.last, y), theme.line)
            painter.setPen(theme.dim)
            rect = QRectF(0, y - self.line / 2, across.first - 6, self.line)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect, flags, number(level, 2))
        names = [f"{row.name} ({row.clips})" for row in self._rows]
        room = max(self.text_width(name) for name in names) + 10
        step = max(1, ceil(room * len(names) / (across.last - across.first)))
        for place in range(0, len(names), step):
            rect = QRectF(across.at(place) - room / 2, up.first + 3, room, self.line)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, names[place])
        rect = QRectF(across.first, up.first + 3 + self.line, across.last - across.first, self.line)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "kappa by week (clips)")


def _interval(row: PartRow) -> tuple[float, float] | None:
    """Return the ends of the interval of kappa, or None where it has none."""
    interval = row.kappa.interval
    return None if isinstance(interval, Undefined) else (interval.low, interval.high)


def _tip(row: PartRow) -> str:
    interval = _interval(row)
    ends = f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else ""
    return f"{row.name}: kappa {number(row.kappa.value)}{ends}, {counted(row.clips, 'clip')}."
