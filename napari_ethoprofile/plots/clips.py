"""Kappa and agreement of every clip as dots."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QPainter, QPaintEvent
from qtpy.QtWidgets import QWidget

from ..annotation.agreement import is_defined
from ..annotation.agreement.results import ClipRow
from ..timeline.theme import Theme
from .base import FIRST, MARGIN, SECOND, Mark, Plot, Scale, draw_dot, draw_line, draw_square, lowest, number

ROW = 20.0
_MOST_NAME = 0.45


class ClipDots(Plot):
    """One row a clip, the lowest kappa on top. The key of a row is the id of its clip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("clip_dots", "Kappa and agreement of every clip", parent)
        self._rows: list[ClipRow] = []
        self._exposed = QRectF()

    def show_clips(self, rows: Sequence[ClipRow]) -> None:
        """Show other clips."""
        self._rows = sorted(rows, key=lambda row: row.kappa if is_defined(row.kappa) else -2.0)
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Return the size at which every row can be read; a scroll area shows a part of it."""
        return QSize(300, round(self._top() + ROW * len(self._rows) + MARGIN))

    def _top(self) -> float:
        return MARGIN + 2.4 * self.line

    def _scale(self) -> Scale:
        widest = max((self.text_width(row.facts.clip) for row in self._rows), default=0.0)
        left = MARGIN + min(widest, _MOST_NAME * self.width()) + 14
        return Scale(lowest([row.kappa for row in self._rows]), 1.0, left, self.width() - 2.5 * MARGIN)

    def _row_rect(self, place: int) -> QRectF:
        return QRectF(0, self._top() + place * ROW, self.width(), ROW)

    def marks(self) -> list[Mark]:
        """Return one mark a clip: its whole row."""
        return [
            Mark(self._row_rect(place), _tip(row), row.facts.clip) for place, row in enumerate(self._rows)
        ]

    def dot(self, clip: str) -> QPointF:
        """Return where the dot of a clip's kappa lies, or its row begins where kappa is not defined."""
        place = next(n for n, row in enumerate(self._rows) if row.facts.clip == clip)
        kappa, scale = self._rows[place].kappa, self._scale()
        return QPointF(
            scale.at(kappa if is_defined(kappa) else scale.low), self._row_rect(place).center().y()
        )

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint only the rows that are in sight: a project can have hundreds of clips."""
        self._exposed = QRectF(event.rect() if event is not None else self.rect())
        super().paintEvent(event)

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw axis, names and dots."""
        scale = self._scale()
        self._draw_axis(painter, theme, scale)
        for place, row in enumerate(self._rows):
            rect = self._row_rect(place)
            if not rect.intersects(self._exposed):
                continue
            y = rect.center().y()
            draw_line(painter, QPointF(scale.first, y), QPointF(scale.last, y), theme.empty)
            painter.setPen(theme.text)
            room = scale.first - MARGIN - 10
            name = self.elided(row.facts.clip, room)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(MARGIN, rect.y(), room, ROW), flags, name)
            if is_defined(row.agreement):
                draw_square(painter, QPointF(scale.at(row.agreement), y), SECOND)
            if is_defined(row.kappa):
                draw_dot(painter, QPointF(scale.at(row.kappa), y), FIRST)

    def _draw_axis(self, painter: QPainter, theme: Theme, scale: Scale) -> None:
        y, bottom = MARGIN + self.line / 2, self._top() + ROW * len(self._rows)
        x = scale.first
        for name, draw, color in (("kappa", draw_dot, FIRST), ("agreement", draw_square, SECOND)):
            draw(painter, QPointF(x + 5, y), color)
            painter.setPen(theme.text)
            painter.drawText(QPointF(x + 15, y + self.line * 0.32), name)
            x += 15 + self.text_width(name) + 20
        for level in [n / 4 for n in range(-4, 5) if n / 4 >= scale.low]:
            place = scale.at(level)
            draw_line(painter, QPointF(place, self._top()), QPointF(place, bottom), theme.line)
            painter.setPen(theme.dim)
            rect = QRectF(place - 30, self._top() - self.line - 1, 60, self.line)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, number(level, 2))


def _tip(row: ClipRow) -> str:
    share = f"{100 * row.agreement:.1f} %" if is_defined(row.agreement) else str(row.agreement)
    facts = [row.facts.subject, row.facts.strain, row.facts.phase, row.facts.week]
    known = f" ({', '.join(filter(None, facts))})" if any(facts) else ""
    left = f", {row.excluded:,} left out" if row.excluded else ""
    return (
        f"{row.facts.clip}{known}: kappa {number(row.kappa)}, agreement {share}, {row.frames:,} frames{left}."
    )
