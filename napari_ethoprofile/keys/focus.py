"""Whose keyboard it is now: ours, a text field's, or another window's."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)


def main_window_of(widget: QWidget) -> QMainWindow | None:
    """Return the main window that a widget sits in, also when its dock floats."""
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, QMainWindow):
        parent = parent.parentWidget()
    return parent


def is_text_input(widget: QWidget | None) -> bool:
    """Return whether letters that are typed now belong to a text field."""
    if isinstance(widget, (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)):
        return not widget.isReadOnly()
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QKeySequenceEdit)


def has_keyboard(main_window: QMainWindow) -> bool:
    """Return whether `main_window`, or a dock or tool window that floats over it, has the keyboard.

    Dialogs, menus and open combo boxes keep it for themselves.
    """
    if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
        return False
    active = QApplication.activeWindow()
    while active is not None and active is not main_window and active.windowType() == Qt.WindowType.Tool:
        parent = active.parentWidget()
        active = parent.window() if parent is not None else None
    return active is main_window
