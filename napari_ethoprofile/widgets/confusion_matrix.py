"""A confusion matrix as a painted heat map whose cells can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..timeline.theme import Theme, ink_on, mixed

#: Agreement in blue, disagreement in orange: apart for people with any common color-vision deficiency.
AGREEMENT, DISAGREEMENT = QColor("#2F7FC1"), QColor("#E68A1F")
_GAP, _MARGIN = 6, 4
_LEAST_WIDTH, _LEAST_HEIGHT = 18, 11
_LEAST_TITLE, _MOST_TITLE, _MOST_HEAD = 48, 110, 84


class Shown(Enum):
    """What the cells say; the value is what a box of choices calls it."""

    FRAMES = "Frames"
    ROW = "Row %"
    COLUMN = "Column %"


class ConfusionMatrix(QWidget):
    """Frames by the labels of two raters.

    Signals
    -------
    cell_clicked : (row, column)
        A cell that is not empty was clicked.
    cell_hovered : (row, column)
        The mouse came over such a cell.
    """

    cell_clicked = Signal(int, int)
    cell_hovered = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusion_matrix")
        self.setAccessibleName("Confusion matrix of two raters")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._names: list[str] = []
        self._counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._apart = 0
        self._titles = ("", "")
        self._shown = Shown.FRAMES
        self._chosen: tuple[int, int] | None = None
        self._hovered: tuple[int, int] | None = None
        self._tip: Callable[[int, int], str] = lambda _row, _column: ""
        self._own_theme: Theme | None = None

    def set_counts(
        self,
        names: Sequence[str],
        counts: NDArray[np.integer],
        titles: tuple[str, str],
        *,
        apart: int = 0,
        tip: Callable[[int, int], str] | None = None,
    ) -> None:
        """Show other counts.

        Parameters
        ----------
        names
            Names of the labels, in the order of rows and columns.
        counts
            Frames, shape (labels, labels); rows are the first rater's.
        titles
            Names of the first and the second rater.
        apart
            How many of the last labels (none, unlabeled) stand apart.
        tip
            Returns what is told about a cell.
        """
        self._names, self._counts = list(names), np.asarray(counts, np.int64)
        self._titles, self._apart, self._chosen = titles, apart, None
        if tip is not None:
            self._tip = tip
        self.updateGeometry()
        self.update()

    def show_as(self, shown: Shown) -> None:
        """Write frames, or shares of a row or column, into the cells."""
        self._shown = shown
        self.update()

    def choose(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell (row, column) as the one that is being looked at."""
        self._chosen = cell
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use these colors instead of the palette's (style sheets do not reach the palette)."""
        self._own_theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        side = 120 + 30 * max(3, len(self._names))
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Return the size below which cells could not be hit."""
        size, rest = max(3, len(self._names)), _LEAST_TITLE + _GAP + 20
        return QSize(rest + _LEAST_WIDTH * size, rest + _LEAST_HEIGHT * size)

    def shares(self) -> NDArray[np.float64]:
        """Return what colors the cells, 0 to 1: shares of rows or columns, or of the largest count."""
        counts = self._counts.astype(float)
        if self._shown is Shown.FRAMES:
            whole = np.full_like(counts, counts.max(initial=0))
        else:
            whole = np.broadcast_to(counts.sum(int(self._shown is Shown.ROW), keepdims=True), counts.shape)
        return np.divide(counts, whole, out=np.zeros_like(counts), where=whole > 0)

    def cell_text(self, row: int, column: int) -> str:
        """Return what a cell says; nothing where there are no frames."""
        count = int(self._counts[row, column])
        if not count:
            return ""
        if self._shown is Shown.FRAMES:
            return f"{count}" if count < 10_000 else f"{count / 1000:.0f}k"
        percent = 100 * self.shares()[row, column]
        return "<1" if percent < 0.5 else f"{percent:.0f}"

    # places

    def _title_width(self) -> float:
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        return float(min(max(widest + 8, _LEAST_TITLE), _MOST_TITLE))

    def _head(self) -> float:
        """Return the height of the titles of the columns."""
        return min(self._title_width(), _MOST_HEAD)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell lies."""
        size = len(self._names)
        line = QFontMetricsF(self.font()).height() + 2
        gap = _GAP if 0 < self._apart < size else 0
        left, top = self._title_width() + line, self._head() + line
        width = max(1.0, (self.width() - left - gap - _MARGIN) / size)
        height = max(1.0, min((self.height() - top - gap - _MARGIN) / size, width * 1.2))
        first_apart = size - self._apart
        return QRectF(
            left + column * width + (gap if column >= first_apart else 0),
            top + row * height + (gap if row >= first_apart else 0),
            width,
            height,
        )

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return the cell at a place, or None."""
        places = range(len(self._names))
        column = next((n for n in places if _spans(self.cell_rect(0, n), at.x(), sideways=True)), None)
        row = next((n for n in places if _spans(self.cell_rect(n, 0), at.y(), sideways=False)), None)
        return None if row is None or column is None else (row, column)

    # painting

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint titles and cells."""
        theme = self._own_theme or Theme.from_palette(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.background)
        if not self._names:
            painter.setPen(theme.dim)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Nothing is compared")
            return
        self._paint_titles(painter, theme)
        shares = self.shares()
        for row in range(len(self._names)):
            for column in range(len(self._names)):
                self._paint_cell(painter, theme, row, column, float(shares[row, column]))
        if self._chosen is not None:
            painter.setPen(QPen(theme.text, 2))
            painter.drawRect(self.cell_rect(*self._chosen).adjusted(1, 1, -1, -1))

    def _paint_cell(self, painter: QPainter, theme: Theme, row: int, column: int, share: float) -> None:
        rect = self.cell_rect(row, column).adjusted(0.5, 0.5, -0.5, -0.5)
        color = theme.empty
        if self._counts[row, column]:
            # Small shares are what a reviewer looks for: the square root keeps them apart from nothing.
            full = AGREEMENT if row == column else DISAGREEMENT
            color = mixed(theme.empty, full, 0.15 + 0.85 * share**0.5)
        painter.fillRect(rect, color)
        text = self.cell_text(row, column)
        font = QFont(self.font())
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.82))
        if text and QFontMetricsF(font).horizontalAdvance(text) <= rect.width() - 2:
            painter.setFont(font)
            painter.setPen(ink_on(color))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
            painter.setFont(self.font())

    def _paint_titles(self, painter: QPainter, theme: Theme) -> None:
        metrics = QFontMetricsF(self.font())
        line, width, head = metrics.height() + 2, self._title_width(), self._head()
        last = len(self._names) - 1
        cells = self.cell_rect(0, 0).united(self.cell_rect(last, last))
        painter.setPen(theme.dim)
        painter.drawText(
            QRectF(cells.x(), 0, cells.width(), line),
            Qt.AlignmentFlag.AlignCenter,
            metrics.elidedText(self._titles[1], Qt.TextElideMode.ElideRight, cells.width()),
        )
        self._vertical(painter, self._titles[0], QRectF(0, cells.y(), line, cells.height()), centered=True)
        painter.setPen(theme.text)
        for number, name in enumerate(self._names):
            rect = self.cell_rect(number, number)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - 6)
            place = QRectF(line, rect.y(), width - 5, rect.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, head - 6)
            self._vertical(painter, text, QRectF(rect.x(), line, rect.width(), head - 4))

    def _vertical(self, painter: QPainter, text: str, rect: QRectF, *, centered: bool = False) -> None:
        """Write a text from bottom to top."""
        painter.save()
        painter.translate(rect.x(), rect.bottom())
        painter.rotate(-90)
        flag = Qt.AlignmentFlag.AlignCenter if centered else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, rect.height(), rect.width()), flag, text)
        painter.restore()

    # mouse

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Tell which cell was clicked."""
        cell = self.cell_at(event.position()) if event is not None else None
        if cell is not None and self._counts[cell]:
            self.cell_clicked.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show a hand over what can be clicked, and tell that it may be soon."""
        cell = self.cell_at(event.position()) if event is not None else None
        if cell is not None and not self._counts[cell]:
            cell = None
        self.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor)
        if cell is not None and cell != self._hovered:
            self.cell_hovered.emit(*cell)
        self._hovered = cell

    def event(self, event: QEvent | None) -> bool:
        """Tell what a cell means while the mouse rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._tip(*cell) if cell is not None else "", self)
            return True
        return super().event(event)


def _spans(rect: QRectF, at: float, *, sideways: bool) -> bool:
    low, length = (rect.x(), rect.width()) if sideways else (rect.y(), rect.height())
    return low <= at < low + length
