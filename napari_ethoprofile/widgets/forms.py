"""Small parts that the dialogs share: buttons, labels, tables, and a line that tells what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from qtpy.QtCore import Qt
from qtpy.QtGui import QAction, QIcon
from qtpy.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QTableView,
    QWidget,
)

ICON_SIZE = 18


def push_button(
    name: str, text: str, tooltip: str, parent: QWidget, menu: QMenu | None = None
) -> QPushButton:
    """Return a button that Enter never presses by accident, with a menu where one is given."""
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setToolTip(tooltip)
    button.setAutoDefault(False)
    hint = button.fontMetrics().horizontalAdvance(text) + (36 if menu is not None else 24)
    button.setMinimumWidth(max(64, hint))
    if menu is not None:
        button.setMenu(menu)
    return button


def choice(name: str, tooltip: str, parent: QWidget) -> QComboBox:
    """Return an empty list to choose from."""
    combo = QComboBox(parent)
    combo.setObjectName(name)
    combo.setToolTip(tooltip)
    return combo


def paired(field: QWidget, other: QWidget) -> QWidget:
    """Return one row of a form with a field that takes the room and something small beside it."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(field, 1)
    layout.addWidget(other)
    return row


def text_label(name: str, parent: QWidget | None, text: str = "", *, bold: bool = False) -> QLabel:
    """Return a label that wraps and shows its text as it is."""
    label = QLabel(text, parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    policy = label.sizePolicy()  # changed, not replaced: it carries that the height depends on the width
    policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
    label.setSizePolicy(policy)
    if bold:
        font = label.font()
        font.setBold(True)
        label.setFont(font)
    return label


def tooltip(*sentences: str) -> str:
    """Return sentences as a tooltip that wraps, one below the other, exactly as they are."""
    return f"<qt>{'<br>'.join(escape(sentence) for sentence in sentences)}</qt>" if any(sentences) else ""


class Notice(QWidget):
    """One sentence with a warning sign where it stops the user."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.label = text_label(name, self)
        self._icon = QLabel(self)
        self._icon.setFixedWidth(ICON_SIZE)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.label, 1)
        self.tell("")

    @property
    def text(self) -> str:
        """What is told."""
        return self.label.text()

    def tell(self, text: str, *, problem: bool = False) -> None:
        """Show a sentence, or nothing; a problem gets the warning sign, a remark the one for information."""
        self.label.setText(text)
        style = self.style()
        sign = QStyle.StandardPixmap.SP_MessageBoxWarning
        if not problem:
            sign = QStyle.StandardPixmap.SP_MessageBoxInformation
        if style is not None:
            self._icon.setPixmap(style.standardIcon(sign).pixmap(ICON_SIZE, ICON_SIZE))
        self._icon.setVisible(bool(text))


def add_action(menu: QMenu, text: str, act: Callable[[], object], icon: QIcon | None = None) -> QAction:
    """Add an entry to a menu that carries out `act`."""
    action = QAction(icon or QIcon(), text, menu)
    action.triggered.connect(lambda _checked=False: act())
    menu.addAction(action)
    return action


def shape_table(table: QTableView, stretched: int, row_height: int) -> QHeaderView:
    """Give a table rows without numbers and grid, columns as wide as needed and one that takes the rest.

    Returns
    -------
    QHeaderView
        The header of the columns.
    """
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    rows, header = table.verticalHeader(), table.horizontalHeader()
    assert rows is not None
    assert header is not None
    rows.hide()
    rows.setDefaultSectionSize(row_height)
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    return header
