"""The disagreement in question: what each rater said, how the behaviors are defined, and the answers."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import Qt, QTimer, Signal
from qtpy.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..annotation.adjudication import MODEL, Comparison, Item, Rater
from ..annotation.ethogram import Ethogram
from ..annotation.tracks import NONE, UNLABELED
from ..compare_link import shift_text
from ..comparing import Comparing
from ..session import Session
from ..wires import Wires
from .disagreements_table import decision_text
from .forms import text_label

#: Command of each source that has a key.
COMMANDS = {"A": "take_a", "B": "take_b", "C": "take_c", MODEL: "take_model"}
#: The picture of another disagreement comes first, then what is written about it.
AFTER_PICTURE_MS = 25
#: At most so many behaviors are shown side by side.
_COLUMNS = 3


class QuestionPanel(QWidget):
    """Shows the current disagreement and asks for an answer.

    Signals
    -------
    command_requested : (id)
        A command of the key registry.
    source_requested : (letter)
        Take the label of a rater or of the model.
    """

    command_requested = Signal(str)
    source_requested = Signal(str)

    def __init__(
        self, comparing: Comparing, session: Session, wires: Wires, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("question_panel")
        self._comparing, self._session = comparing, session
        self._tooltips: Mapping[str, str] = {}
        self._key_names: Mapping[str, str] = {}
        self.title = text_label("question_title", self, bold=True)
        self.definitions = [_Definition(number, self) for number in range(_COLUMNS)]
        self.notes = text_label("question_notes", self)
        self.reason = QLineEdit(self)
        self.reason.setObjectName("question_reason")
        self.reason.setPlaceholderText("Reason (optional), kept with the next answer")
        self.reason.setToolTip("Enter goes back to the keys.")
        self.sources: dict[str, QPushButton] = {}
        self.unresolved = self._button("leave_unresolved", "Unresolved")
        self.proposal = self._button("take_proposal", "Proposal")
        self.undo = self._button("undo", "Undo")
        self._lay_out()
        self.reason.textEdited.connect(self._on_reason)
        self.reason.returnPressed.connect(self.reason.clearFocus)
        wires.connect(comparing.changed, self._on_changed)
        self.after_picture = QTimer(self)
        self.after_picture.setSingleShot(True)
        self.after_picture.setInterval(AFTER_PICTURE_MS)
        self.after_picture.timeout.connect(self.refresh)
        wires.connect(comparing.current_changed, lambda _item: self.after_picture.start())
        wires.connect(comparing.ruled, lambda _items: self.refresh())
        wires.connect(comparing.proposal_changed, lambda _proposal: self.refresh())
        self._on_changed(comparing.comparison)  # a cell of the agreement dock may have opened it before

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.title)
        layout.addWidget(self._create_columns())
        layout.addWidget(self.notes)
        layout.addWidget(self.reason)
        self._answers = QHBoxLayout()
        self._answers.setSpacing(3)
        layout.addLayout(self._answers)
        #: The row of buttons that have to do with no single rater; the page puts its own at the end.
        self.last_row = QHBoxLayout()
        self.last_row.setSpacing(3)
        for button in (self.unresolved, self.proposal, self.undo):
            self.last_row.addWidget(button)
        self.last_row.addStretch(1)
        layout.addLayout(self.last_row)

    def _create_columns(self) -> QScrollArea:
        """Put the definitions side by side; long ones scroll where the dock is low."""
        inner = QWidget(self)
        self._columns = QGridLayout(inner)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setHorizontalSpacing(8)
        for number, definition in enumerate(self.definitions):
            self._columns.addWidget(definition, 0, number)
        area = QScrollArea(self)
        area.setObjectName("question_definitions")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedHeight(4 * self.fontMetrics().lineSpacing() + 6)
        area.setWidget(inner)
        return area

    def _button(self, command: str, text: str) -> QPushButton:
        button = _plain_button(f"answer_{command}", text, self)
        button.clicked.connect(lambda: self.command_requested.emit(command))
        return button

    def show_tooltips(self, texts: Mapping[str, str]) -> None:
        """Give the buttons the tooltips of the key registry (text and keys of each command)."""
        self._tooltips = texts
        for command, button in (
            ("leave_unresolved", self.unresolved), ("take_proposal", self.proposal), ("undo", self.undo),
        ):  # fmt: skip
            button.setToolTip(texts.get(command, ""))
        for letter, button in self.sources.items():
            button.setToolTip(texts.get(COMMANDS.get(letter, ""), f"Take the label of {letter}"))

    def show_keys(self, names: Mapping[str, str]) -> None:
        """Write on the answers' buttons which key gives them (name of each command's first key)."""
        self._key_names = names
        self.unresolved.setText(_with_key(names.get("leave_unresolved", ""), "Unresolved"))
        for letter, button in self.sources.items():
            button.setText(_with_key(names.get(COMMANDS.get(letter, ""), ""), self._said_by(letter)))

    def _said_by(self, letter: str) -> str:
        comparison = self._comparing.comparison
        if letter == MODEL or comparison is None:
            return "Model"
        return f"{letter} {comparison.sources[letter].name}"

    def _on_changed(self, comparison: Comparison | None) -> None:
        for button in self.sources.values():
            self._answers.removeWidget(button)
            button.deleteLater()
        self.sources = {}
        for letter in comparison.sources if comparison is not None else ():
            button = _plain_button(f"answer_{letter}", "", self)
            button.setMinimumWidth(30)
            button.clicked.connect(lambda _checked=False, one=letter: self.source_requested.emit(one))
            self._answers.addWidget(button, 1)
            self.sources[letter] = button
        self.show_tooltips(self._tooltips)
        self.show_keys(self._key_names)
        self.refresh()

    def _on_reason(self, text: str) -> None:
        self._comparing.reason = text.strip()

    def refresh(self) -> None:
        """Show the current disagreement as it is now."""
        comparison, item = self._comparing.comparison, self._comparing.current
        if not self._comparing.reason and not self.reason.hasFocus():
            self.reason.clear()
        usable = comparison is not None and item is not None and self._session.annotating
        for button in (*self.sources.values(), self.unresolved):
            button.setEnabled(usable)
        self.undo.setEnabled(comparison is not None and self._session.annotating)
        self.proposal.setVisible(comparison is not None and len(comparison.raters) > 2)
        self.proposal.setEnabled(usable and self._comparing.proposal is not None)
        if comparison is None or item is None:
            self.title.setText("No disagreement is under the playhead; Tab goes to the next one.")
            self.notes.hide()
            for definition in self.definitions:
                definition.hide()
            return
        ethogram = self._session.require_project().ethogram
        self.title.setText(self._title_of(item, comparison))
        self._show_definitions(item, comparison, ethogram)
        notes = notes_of(item, comparison)
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def _title_of(self, item: Item, comparison: Comparison) -> str:
        kind = item.kind.value if item.kind is not None else "agreed"
        standing = decision_text(self._comparing.ruling(item), comparison)
        return " · ".join(filter(None, [kind, shift_text(item), f"{item.length} frames", standing]))

    def _show_definitions(self, item: Item, comparison: Comparison, ethogram: Ethogram) -> None:
        by_label: dict[int, list[Rater]] = {}
        for rater, label in zip(comparison.raters, item.labels, strict=True):
            by_label.setdefault(label, []).append(rater)
        shown = list(by_label.items())[:_COLUMNS]
        for number, definition in enumerate(self.definitions):
            definition.setVisible(number < len(shown))
            self._columns.setColumnStretch(number, int(number < len(shown)))
            if number < len(shown):
                label, raters = shown[number]
                definition.show_label(label, raters, ethogram)


class _Definition(QWidget):
    """One of the labels in question: whose it is, its color and name, its definition."""

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = QLabel(self)
        self.name.setObjectName(f"question_label_{number}")
        self.name.setWordWrap(True)
        self.definition = text_label(f"question_definition_{number}", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.name)
        layout.addWidget(self.definition)
        layout.addStretch(1)

    def show_label(self, label: int, raters: list[Rater], ethogram: Ethogram) -> None:
        """Show a label and who gave it."""
        from html import escape

        who = ", ".join(f"{rater.letter} {rater.name}" for rater in raters)
        square = f'<span style="color:{ethogram.label_color(label)}">&#9632;</span> ' if label > NONE else ""
        self.name.setText(f"{square}<b>{escape(ethogram.label_name(label))}</b> ({escape(who)})")
        self.definition.setText(_definition(label, ethogram))
        self.setToolTip(self.definition.text())


def _definition(label: int, ethogram: Ethogram) -> str:
    if label == UNLABELED:
        return "Left without a label."
    if label == NONE:
        return "Looked, and no behavior could be determined."
    return ethogram.by_id(label).definition or "The ethogram has no definition."


def notes_of(item: Item, comparison: Comparison) -> list[str]:
    """Return what the raters noted on a stretch, a line each."""
    return [
        f"{rater.letter} {rater.name}: {note.text or 'uncertain'}"
        for rater in comparison.raters
        for note in rater.notes
        if note.group == item.group and note.start < item.stop and item.start < note.stop
    ]


def _with_key(key: str, text: str) -> str:
    """Return the text of a button behind its key; an ampersand in a name is no shortcut."""
    return f"{key}   {text}".strip().replace("&", "&&")


def _plain_button(name: str, text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
