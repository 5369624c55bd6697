"""Seconds of each kind of disagreement as bars."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QPainter
from qtpy.QtWidgets import QWidget

from ..annotation.agreement import is_defined
from ..annotation.agreement.kinds import Kind, KindShare
from ..annotation.formats.wording import counted
from ..compare_link import KIND_COLORS
from ..timeline.theme import Theme
from .base import MARGIN, Mark, Plot, Scale, draw_line, number

_LEAST_ROW, _MOST_ROW = 22.0, 40.0


class KindBars(Plot):
    """One bar a kind, the longest on top, in the colors of the timeline. The key of a bar is its kind."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("kind_bars", "Kinds of disagreement", parent)
        self._rows: list[KindShare] = []

    def show_kinds(self, kinds: Sequence[KindShare]) -> None:
        """Show other kinds; those that do not occur are left out, what only one rater labeled stands last."""
        rows = [kind for kind in kinds if kind.count]
        self._rows = sorted(rows, key=lambda row: (row.kind is Kind.UNLABELED, -row.seconds))
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Return the size at which every row can be read."""
        return QSize(300, round(_LEAST_ROW * max(1, len(self._rows)) + 2 * MARGIN))

    def _text(self, row: KindShare) -> str:
        share = f", {100 * row.share:.0f} %" if is_defined(row.share) else ""
        return f"{row.seconds:,.1f} s ({row.count:,}×{share})"

    def _bars(self) -> list[tuple[KindShare, QRectF, QRectF]]:
        """Return each kind with its row and its bar."""
        if not self._rows:
            return []
        left = MARGIN + max(self.text_width(str(row.kind)) for row in self._rows) + 8
        right = self.width() - MARGIN - max(self.text_width(self._text(row)) for row in self._rows) - 8
        longest = max(row.seconds for row in self._rows)
        scale = Scale(0.0, longest or 1.0, left, max(left + 20, right))
        height = (self.height() - 2 * MARGIN) / len(self._rows)
        height = min(max(height, _LEAST_ROW), _MOST_ROW)
        found = []
        for place, row in enumerate(self._rows):
            whole = QRectF(MARGIN, MARGIN + place * height, self.width() - 2 * MARGIN, height)
            width = max(2.0, scale.at(row.seconds) - left)
            found.append((row, whole, QRectF(left, whole.y() + 4, width, height - 8)))
        return found

    def marks(self) -> list[Mark]:
        """Return one mark a kind: its whole row, so that short bars can be hit."""
        return [Mark(whole, _tip(row), row.kind) for row, whole, _bar in self._bars()]

    def bar_rect(self, kind: Kind) -> QRectF:
        """Return where the bar of a kind lies."""
        return next(bar for row, _whole, bar in self._bars() if row.kind is kind)

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw names, bars and numbers."""
        bars = self._bars()
        if not bars:
            self.say(painter, theme, "The two do not differ anywhere.")
            return
        for row, whole, bar in bars:
            painter.setPen(theme.text)
            name = QRectF(whole.x(), whole.y(), bar.x() - whole.x() - 8, whole.height())
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(name, flags, str(row.kind))
            painter.fillRect(bar, QColor(KIND_COLORS[row.kind]))
            painter.setPen(theme.dim)  # pale colors need an edge on a light ground
            painter.drawRect(bar)
            painter.setPen(theme.text)
            beside = QRectF(bar.right() + 6, whole.y(), whole.right() - bar.right(), whole.height())
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, self._text(row))
        x, first, last = bars[0][2].x(), bars[0][1], bars[-1][1]
        draw_line(painter, QPointF(x, first.top()), QPointF(x, last.bottom()), theme.line)


def _tip(row: KindShare) -> str:
    shift = ""
    if is_defined(row.median_shift):
        shift = f" Median shift of the second rater: {number(row.median_shift, 0)} ms."
    return f"{row.kind.sentence} {counted(row.count, 'time')}, {row.seconds:,.1f} s.{shift}"
