"""Choose a key preset, give commands other keys, and set the reaction-time compensation."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.ethogram import Ethogram
from ..keyboard import Keyboard
from ..keys import COMMANDS, PRESETS, KeyMap, KeyMapError, conflicts

ReactionMode = Literal["off", "fixed", "learned"]
_REACTION = {
    "off": "Off: a bout begins on the frame that was shown",
    "fixed": "Fixed: onsets typed during play are set back by",
    "learned": "Learned from your own corrections of onsets",
}


class KeysDialog(QDialog):
    """Edits the key map and the reaction-time compensation of one user.

    Parameters
    ----------
    keyboard
        Takes the result when the dialog is accepted.
    ethogram
        Its keys must not clash with those of commands.
    """

    def __init__(self, keyboard: Keyboard, ethogram: Ethogram, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setObjectName("keys_dialog")
        self.resize(640, 620)
        self._keyboard = keyboard
        self._ethogram = ethogram
        self._keymap = keyboard.keymap
        self._filling = False
        self._create_preset()
        self._create_table()
        self._create_reaction()
        self.problems = QLabel(self)
        self.problems.setObjectName("key_problems")
        self.problems.setWordWrap(True)
        ok, cancel = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(ok | cancel, self)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        form = QFormLayout()
        form.addRow("Preset", self.preset)
        layout.addLayout(form)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.problems)
        layout.addLayout(self._reaction_form)
        layout.addWidget(self.buttons)
        self._fill()

    def _create_preset(self) -> None:
        self.preset = QComboBox(self)
        self.preset.setObjectName("key_preset")
        self.preset.setToolTip("Habits from other tools; a preset replaces the keys below.")
        for preset in PRESETS.values():
            self.preset.addItem(preset.title, preset.name)
        self.preset.setCurrentIndex(self.preset.findData(self._keymap.preset))
        self.preset.currentIndexChanged.connect(self._on_preset)

    def _create_table(self) -> None:
        self.table = QTableWidget(len(COMMANDS), 2, self)
        self.table.setObjectName("key_table")
        self.table.setHorizontalHeaderLabels(["Command", "Keys (separated by spaces)"])
        self.table.verticalHeader().hide()
        self.table.setToolTip("Double-click keys to change them, such as: Ctrl+Left F2")
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._on_item)

    def _create_reaction(self) -> None:
        reaction = self._keyboard.reaction
        self.reaction = QComboBox(self)
        self.reaction.setObjectName("reaction_mode")
        self.reaction.setToolTip("Reaction-time compensation: how far onsets typed during play are set back.")
        for mode in get_args(ReactionMode):
            self.reaction.addItem(_REACTION[mode], mode)
        self.reaction.setCurrentIndex(self.reaction.findData(reaction.mode))
        self.milliseconds = QDoubleSpinBox(self)
        self.milliseconds.setObjectName("reaction_ms")
        self.milliseconds.setRange(0, 2000)
        self.milliseconds.setSingleStep(10)
        self.milliseconds.setDecimals(0)
        self.milliseconds.setSuffix(" ms")
        self.milliseconds.setValue(reaction.ms)
        self.learn = QPushButton("Learn now", self)
        self.learn.setObjectName("reaction_learn")
        self.learn.setToolTip("Looks through your passes in this project for onsets that you moved later.")
        self.learned = QLabel(self)
        self.learn.clicked.connect(self._on_learn)
        self.reaction.currentIndexChanged.connect(self._show_reaction)
        self._reaction_form = QFormLayout()
        self._reaction_form.addRow("Reaction time", self.reaction)
        self._reaction_form.addRow("", self.milliseconds)
        self._reaction_form.addRow(self.learn, self.learned)
        self._show_reaction()

    def _show_reaction(self) -> None:
        mode = self.reaction.currentData()
        self.milliseconds.setEnabled(mode == "fixed")
        self.learn.setEnabled(mode == "learned")
        frames = self._keyboard.reaction.frames
        self.learned.setText(f"{frames:.1f} frames at normal speed" if mode == "learned" else "")

    def _on_learn(self) -> None:
        frames = self._keyboard.learn_reaction()
        if frames is None:
            self.learned.setText("Too few onsets were corrected yet; go on scoring and try again later.")
        else:
            self._show_reaction()

    def _on_preset(self) -> None:
        self._keymap = KeyMap(str(self.preset.currentData()))
        self._fill()

    def _fill(self) -> None:
        self._filling = True
        for row, command in enumerate(COMMANDS):
            name = QTableWidgetItem(command.text)
            name.setFlags(name.flags() & ~Qt.ItemFlag.ItemIsEditable)
            name.setToolTip(command.tooltip or command.text)
            self.table.setItem(row, 0, name)
            self.table.setItem(row, 1, QTableWidgetItem(" ".join(self._keymap.keys(command.id))))
        self._filling = False
        self._show_problems()

    def _on_item(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != 1:
            return
        command = COMMANDS[item.row()]
        try:
            self._keymap = self._keymap.with_key(command.id, item.text().split())
        except KeyMapError as error:
            self._show_problems(str(error))
            return
        self._fill()

    def _show_problems(self, first: str = "") -> None:
        found = [first] if first else conflicts(self._keymap, self._ethogram)
        self.problems.setText(" ".join(found[:3]))
        self.problems.setVisible(bool(found))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not first)

    def accept(self) -> None:
        """Use and remember these keys."""
        self._keyboard.set_keymap(self._keymap)
        mode: ReactionMode = self.reaction.currentData()
        self._keyboard.set_reaction(replace(self._keyboard.reaction, mode=mode, ms=self.milliseconds.value()))
        super().accept()
