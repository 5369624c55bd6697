"""What all plots share: colors, marks that explain themselves and can be clicked, scales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from qtpy.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..annotation.agreement import is_defined
from ..annotation.agreement.report.figures import BLUE, GRAY, GREEN, ORANGE
from ..annotation.agreement.undefined import Value
from ..timeline.theme import Theme

#: The colors of the report's figures: apart for people with any common color-vision deficiency.
FIRST, SECOND, THIRD, REST = QColor(BLUE), QColor(ORANGE), QColor(GREEN), QColor(GRAY)
MARGIN = 8.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is drawn and stands for a number.

    Attributes
    ----------
    rect
        Where the mouse means it.
    tip
        What it says.
    key
        What `Plot.clicked` tells; None where a click means nothing.
    """

    rect: QRectF
    tip: str
    key: Any = None


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers from `low` to `high` laid out from one place to another.

    Attributes
    ----------
    low, high
        The numbers at both ends.
    first, last
        The places of both ends, in pixels.
    """

    low: float
    high: float
    first: float
    last: float

    def at(self, number: float) -> float:
        """Return the place of a number."""
        return self.first + (number - self.low) / (self.high - self.low) * (self.last - self.first)


def lowest(values: Sequence[Value]) -> float:
    """Return where a scale of agreement begins: at 0, or below the least value where that is negative."""
    least = min((value for value in values if is_defined(value)), default=0.0)
    return 0.0 if least >= 0 else least - 0.05


def number(value: Value, digits: int = 3) -> str:
    """Return a number with a real minus sign, or why there is none."""
    if not is_defined(value):
        return str(value)
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


class Plot(QWidget):
    """A plot that is painted anew at every size.

    Signals
    -------
    clicked : (key)
        A mark was clicked.

    Attributes
    ----------
    explain
        Returns what else is told about a mark with this key.
    """

    clicked = Signal(object)

    def __init__(self, name: str, described: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(described)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.explain: Callable[[Any], str] = lambda _key: ""
        self._own_theme: Theme | None = None

    def set_theme(self, theme: Theme) -> None:
        """Use these colors instead of the palette's (style sheets do not reach the palette)."""
        self._own_theme = theme
        self.update()

    # what a plot gives

    def marks(self) -> list[Mark]:
        """Return what is drawn, in drawing order."""
        raise NotImplementedError

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw everything on a ground that is painted already."""
        raise NotImplementedError

    # what plots share

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the ground and the plot."""
        theme = self._own_theme or Theme.from_palette(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.background)
        self.draw(painter, theme)

    def text_width(self, text: str) -> float:
        """Return the width of a text in pixels."""
        return float(QFontMetricsF(self.font()).horizontalAdvance(text))

    @property
    def line(self) -> float:
        """Height of a line of text in pixels."""
        return float(QFontMetricsF(self.font()).height())

    def elided(self, text: str, width: float) -> str:
        """Return a text shortened in its middle to a width."""
        return QFontMetricsF(self.font()).elidedText(text, Qt.TextElideMode.ElideMiddle, width)

    def say(self, painter: QPainter, theme: Theme, text: str) -> None:
        """Write a sentence in place of a plot."""
        painter.setPen(theme.dim)
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN), flags, text)

    def mark_at(self, at: QPointF) -> Mark | None:
        """Return the mark that is meant at a place, the last drawn where several are."""
        return next((mark for mark in reversed(self.marks()) if mark.rect.contains(at)), None)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Tell which mark was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        mark = self.mark_at(event.position())
        if mark is not None and mark.key is not None:
            self.clicked.emit(mark.key)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show a hand over what can be clicked."""
        mark = self.mark_at(event.position()) if event is not None else None
        clickable = mark is not None and mark.key is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent | None) -> bool:
        """Tell what a mark means while the mouse rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self.mark_at(QPointF(event.pos()))
            parts = [mark.tip, self.explain(mark.key) if mark.key is not None else ""] if mark else []
            QToolTip.showText(event.globalPos(), "\n".join(filter(None, parts)), self)
            return True
        return super().event(event)


def draw_dot(painter: QPainter, at: QPointF, color: QColor, radius: float = 4.5) -> None:
    """Draw a filled dot."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(at, radius, radius)


def draw_square(painter: QPainter, at: QPointF, color: QColor, radius: float = 4.0) -> None:
    """Draw a hollow square."""
    painter.setPen(QPen(color, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius))


def draw_line(painter: QPainter, one: QPointF, other: QPointF, pen: QPen | QColor) -> None:
    """Draw a straight line."""
    painter.setPen(pen)
    painter.drawLine(one, other)
