"""How behaviors look in lists: colored swatches, key caps, and a menu of colors to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qtpy.QtCore import QModelIndex, QRect, QSize, Qt
from qtpy.QtGui import QBrush, QColor, QFontMetrics, QIcon, QPainter, QPalette, QPen, QPixmap
from qtpy.QtWidgets import (
    QApplication,
    QColorDialog,
    QGridLayout,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from ..annotation.ethogram import PALETTE
from .forms import add_action

CAP_HEIGHT, CAP_PADDING, CAP_GAP = 18, 6, 4
PALETTE_COLUMNS = 4


def swatch_icon(color: str, size: int = 28) -> QIcon:
    """Return a rounded square of a color as an icon, drawn at `size` pixels."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _paint_swatch(painter, QRect(0, 0, size, size).adjusted(2, 2, -2, -2), color)
    painter.end()
    return QIcon(pixmap)


def _paint_swatch(painter: QPainter, area: QRect, color: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(area, 4, 4)


class SwatchDelegate(QStyledItemDelegate):
    """Paints the color (``#rrggbb``) that a cell holds under `Qt.ItemDataRole.UserRole`."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint the row's ground and the swatch."""
        assert painter is not None
        area = _paint_ground(painter, option, index)
        color = index.data(Qt.ItemDataRole.UserRole)
        if color:
            side = min(18, area.height() - 6)
            square = QRect(0, 0, side, side)
            square.moveCenter(area.center())
            painter.save()
            _paint_swatch(painter, square, color)
            painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return room for the swatch."""
        return QSize(34, CAP_HEIGHT + 8)


class KeyCapDelegate(QStyledItemDelegate):
    """Paints the keys (a list of texts) that a cell holds under `Qt.ItemDataRole.UserRole` as key caps."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint the row's ground and the caps."""
        assert painter is not None
        area = _paint_ground(painter, option, index)
        keys = index.data(Qt.ItemDataRole.UserRole) or []
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        ink = option.palette.color(role)
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = area.left() + 4
        for key in keys:
            width = _cap_width(option.fontMetrics, key)
            cap = QRect(left, area.center().y() - CAP_HEIGHT // 2 + 1, width, CAP_HEIGHT)
            edge, ground = QColor(ink), QColor(ink)
            edge.setAlphaF(0.55)
            ground.setAlphaF(0.08)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(QBrush(ground))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(ink)
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key.upper())
            left += width + CAP_GAP
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return room for all caps."""
        keys = index.data(Qt.ItemDataRole.UserRole) or []
        width = sum(_cap_width(option.fontMetrics, key) + CAP_GAP for key in keys)
        return QSize(width + 8, CAP_HEIGHT + 8)


def _cap_width(metrics: QFontMetrics, key: str) -> int:
    return max(CAP_HEIGHT, metrics.horizontalAdvance(key.upper()) + 2 * CAP_PADDING)


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> QRect:
    """Paint what the style paints below the text (selection, stripes), and return the cell."""
    plain = QStyleOptionViewItem(option)
    plain.index = index
    widget = option.widget
    style = widget.style() if widget is not None else QApplication.style()
    if style is not None:
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, widget)
    return option.rect


class ColorMenu(QMenu):
    """Offers the colorblind-safe palette, colors in use marked, and any other color.

    Parameters
    ----------
    current
        The color that the behavior has now.
    taken
        Colors of the other behaviors.
    choose
        Called with the ``#rrggbb`` that was chosen.
    """

    def __init__(
        self, current: str, taken: Iterable[str], choose: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("color_menu")
        self._current, self._choose = current, choose
        used = {color.upper() for color in taken}
        holder = QWidget(self)
        grid = QGridLayout(holder)
        grid.setContentsMargins(6, 6, 6, 6)
        grid.setSpacing(2)
        for number, color in enumerate(PALETTE):
            button = self._create_swatch(color, color.upper() in used)
            grid.addWidget(button, number // PALETTE_COLUMNS, number % PALETTE_COLUMNS)
        action = QWidgetAction(self)
        action.setDefaultWidget(holder)
        self.addAction(action)
        self.addSeparator()
        add_action(self, "Other color…", self._ask_other)

    def _create_swatch(self, color: str, used: bool) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"color_{color[1:]}")
        button.setIcon(swatch_icon(color, 40))
        button.setIconSize(QSize(20, 20))
        button.setAutoRaise(True)
        button.setCheckable(True)
        button.setChecked(color.upper() == self._current.upper())
        note = " (another behavior has it)" if used else ""
        button.setToolTip(f"{color}, told apart with any common color-vision deficiency{note}")
        button.clicked.connect(lambda _checked=False: self._take(color))
        return button

    def _take(self, color: str) -> None:
        self.close()
        self._choose(color)

    def _ask_other(self) -> None:
        for number, color in enumerate(PALETTE):
            QColorDialog.setCustomColor(number, QColor(color))
        chosen = QColorDialog.getColor(QColor(self._current), self.parentWidget(), "Color of the behavior")
        if chosen.isValid():
            self._choose(chosen.name())
