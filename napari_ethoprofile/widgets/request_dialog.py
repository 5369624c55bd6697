"""The outline that dialogs with one request share: a form, a line for what was refused, two buttons."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from .forms import text_label

WIDTH = 480


class RequestDialog(QDialog):
    """A form whose request is carried out by `accept`, or refused in one sentence.

    Parameters
    ----------
    name
        Beginning of the object names of its parts, such as ``import``.
    title
        Title of the window.
    do
        Text of the button that carries out the request.

    Attributes
    ----------
    form
        Takes the fields.
    body
        The column that `form` lies in, above the line for refusals.
    problem
        What was refused.
    buttons
        The row of buttons.
    """

    def __init__(self, name: str, title: str, do: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName(f"{name}_dialog")
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self.form = QFormLayout()
        self.problem = text_label(f"{name}_problem", self)
        self.problem.hide()
        ok, cancel = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(ok | cancel, self)
        self.buttons.button(ok).setText(do)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.body = QVBoxLayout()
        self.body.addLayout(self.form)
        layout = QVBoxLayout(self)
        layout.addLayout(self.body)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)

    def refuse(self, sentence: str) -> None:
        """Show why the request was refused; the dialog stays open."""
        self.problem.setText(sentence)
        self.problem.show()

    def add_choice(self, name: str, title: str, tooltip: str, choices: list[tuple[str, object]]) -> QComboBox:
        """Add a field with choices, each a text and what it stands for."""
        box = QComboBox(self)
        box.setObjectName(f"{self._name}_{name}")
        box.setToolTip(tooltip)
        for text, data in choices:
            box.addItem(text, data)
        self.form.addRow(title, box)
        return box

    def add_line(self, name: str, title: str, tooltip: str, text: str = "") -> QLineEdit:
        """Add a line of text."""
        line = QLineEdit(text, self)
        line.setObjectName(f"{self._name}_{name}")
        line.setToolTip(tooltip)
        self.form.addRow(title, line)
        return line

    def add_path(
        self, name: str, title: str, tooltip: str, path: Path | str
    ) -> tuple[QLineEdit, QPushButton]:
        """Add a line for a path with a button beside it that chooses one."""
        line = QLineEdit(str(path), self)
        line.setObjectName(f"{self._name}_{name}")
        line.setToolTip(tooltip)
        choose = QPushButton("Choose…", self)
        row = QHBoxLayout()
        row.addWidget(line, 1)
        row.addWidget(choose)
        self.form.addRow(title, row)
        return line, choose

    def add_check(self, name: str, text: str, tooltip: str = "") -> QCheckBox:
        """Add a box to tick."""
        box = QCheckBox(text, self)
        box.setObjectName(f"{self._name}_{name}")
        box.setToolTip(tooltip)
        self.form.addRow("", box)
        return box
