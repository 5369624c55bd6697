"""The ethogram editor: behaviors, keys, colors, definitions, merging, with every conflict told at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthogramError, EthoprofileError
from ..annotation.ethogram import Ethogram, preset
from ..annotation.project.ethogram_changes import EthogramChange
from ..session import Session
from .ethogram_draft import EthogramDraft, keys_of, sentence_of
from .ethogram_examples import BehaviorDetails
from .ethogram_table import NAME, EthogramModel, EthogramTable
from .forms import Notice, add_action, push_button
from .marks import swatch_icon

PRESETS = ("home-cage", "empty")
YAML_FILES = "Ethograms (*.yaml *.yml)"


class EthogramEditor(QDialog):
    """Edits the ethogram of the open project.

    Nothing changes before OK; what the change touches is shown first.

    Parameters
    ----------
    session
        The window's session; its project is changed.

    Raises
    ------
    ProjectError
        When no project is open, or edits of the open pass cannot be written.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ethogram_editor")
        self.setWindowTitle("Ethogram")
        self._session = session
        self._asked: object = None
        self._in_use: list[str] = []
        project = session.require_project()
        if session.current is not None:
            session.current.editor.flush()  # what a change touches is read from the disk
        self.draft = EthogramDraft(project.ethogram, project.next_behavior_id())
        self.model = EthogramModel(self.draft)
        self.table = EthogramTable(self.model, self)
        self.details = BehaviorDetails(session, self)
        self._create_head()
        self._create_row_buttons()
        self._create_foot()
        self._lay_out()
        self._connect()
        self.resize(960, 600)
        self.table.selectRow(0)
        self._show_state()

    def _create_head(self) -> None:
        self.name = QLineEdit(self.draft.name, self)
        self.name.setObjectName("ethogram_name")
        self.name.setToolTip("Name of the ethogram; it goes into exported files.")
        menu = QMenu(self)
        for name in PRESETS:
            add_action(menu, name, partial(self._adopt_preset, name))
        tooltip = "Start again from a preset; behaviors of the same name keep their labels."
        self.presets = push_button("presets", "Presets", tooltip, self, menu)
        self.load_button = push_button(
            "load_ethogram", "Load…", "Take over an ethogram from a YAML file.", self
        )
        self.save_button = push_button(
            "save_ethogram", "Save as…", "Write this ethogram to a YAML file, for other projects.", self
        )

    def _create_row_buttons(self) -> None:
        self.add_button = push_button("add_behavior", "Add", "Add a behavior, then type its name.", self)
        self.remove_button = push_button("remove_behavior", "Remove", "Take the chosen behaviors out.", self)
        self.up_button = push_button("move_up", "Up", "Move the chosen behavior up.", self)
        self.down_button = push_button("move_down", "Down", "Move the chosen behavior down.", self)
        self.merge_menu = QMenu(self)
        self.merge_menu.setObjectName("merge_menu")
        self.merge_menu.aboutToShow.connect(self._fill_merge_menu)
        tooltip = "Give the labels of the chosen behaviors to one of them; or those of one to any other."
        self.merge_button = push_button("merge_behaviors", "Merge into", tooltip, self, self.merge_menu)

    def _create_foot(self) -> None:
        self.none_keys = QLineEdit(" ".join(self.draft.none_keys), self)
        self.none_keys.setObjectName("none_keys")
        self.none_keys.setMaximumWidth(90)
        self.none_keys.setToolTip("Keys for: looked at, but no behavior can be determined.")
        self.state = Notice("ethogram_state", self)
        self.ok_button = push_button(
            "ok", "OK", "Take the changes over; what they touch is shown first.", self
        )
        self.cancel_button = push_button("cancel", "Cancel", "Leave the ethogram as it was.", self)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(QLabel("Name", self))
        head.addWidget(self.name, 1)
        for widget in (self.presets, self.load_button, self.save_button):
            head.addWidget(widget)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 6, 0)
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        for widget in (
            self.add_button, self.remove_button, self.up_button, self.down_button, self.merge_button,
        ):  # fmt: skip
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(QLabel("Keys of none", self))
        row.addWidget(self.none_keys)
        column.addLayout(row)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("ethogram_splitter")
        splitter.addWidget(left)
        splitter.addWidget(self.details)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([600, 330])
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.ok_button)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(splitter, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.model.edited.connect(self._show_state)
        self.model.modelReset.connect(self._show_chosen)
        self.table.chosen.connect(self._show_chosen)
        self.details.changed.connect(self._on_details)
        self.name.textEdited.connect(self._on_name)
        self.none_keys.textEdited.connect(self._on_none_keys)
        self.add_button.clicked.connect(lambda _checked=False: self._add())
        self.remove_button.clicked.connect(lambda _checked=False: self._remove())
        self.up_button.clicked.connect(lambda _checked=False: self._move(-1))
        self.down_button.clicked.connect(lambda _checked=False: self._move(1))
        self.load_button.clicked.connect(lambda _checked=False: self._ask_load())
        self.save_button.clicked.connect(lambda _checked=False: self._ask_save())
        self.ok_button.clicked.connect(lambda _checked=False: self._apply())
        self.cancel_button.clicked.connect(lambda _checked=False: self.reject())

    # what is shown

    def _show_state(self) -> None:
        """Tell conflicts, else hints; only what can be used can be taken over."""
        problems = self.draft.problems()
        in_use = [] if problems else self._problems_in_use()
        read_only = self._session.require_project().read_only
        if read_only:
            text = "The project is open for reading only; the ethogram cannot be changed here."
        else:
            text = sentence_of(problems) or " ".join(in_use) or sentence_of(self.draft.hints())
        stopped = bool(problems or in_use) or read_only
        self.state.tell(text, problem=stopped)
        self.ok_button.setEnabled(not stopped)
        self.save_button.setEnabled(not problems)
        self._show_chosen()

    def _problems_in_use(self) -> list[str]:
        """Return why labels stand in the way; asked again only when behaviors went or changed their group."""
        key = (tuple((b.id, b.name, b.group) for b in self.draft.behaviors), tuple(self.draft.merges.items()))
        if key != self._asked:
            self._asked, self._in_use = key, list(self._preview(self.draft.to_ethogram()).problems)
        return self._in_use

    def _show_chosen(self) -> None:
        rows, count = self.table.rows, len(self.draft.behaviors)
        self.remove_button.setEnabled(bool(rows))
        self.merge_button.setEnabled(bool(rows) and count > 1)
        self.up_button.setEnabled(len(rows) == 1 and rows[0] > 0)
        self.down_button.setEnabled(len(rows) == 1 and rows[0] < count - 1)
        if len(rows) == 1:
            self.details.show_behavior(self.draft.behaviors[rows[0]])
        else:
            note = f"{len(rows)} behaviors chosen" if rows else "Choose a behavior, or add one."
            self.details.show_behavior(None, note)

    # what is edited

    def _on_name(self, text: str) -> None:
        self.draft.name = text.strip() or "ethogram"

    def _on_none_keys(self, text: str) -> None:
        self.draft.none_keys = keys_of(text)
        self._show_state()

    def _on_details(self, values: dict[str, object]) -> None:
        rows = self.table.rows
        if len(rows) == 1:
            self.model.change(rows[0], **values)

    def _add(self) -> None:
        row = self.model.add()
        self.table.selectRow(row)
        self.table.setFocus()
        self.table.edit(self.model.index(row, NAME))

    def _remove(self) -> None:
        rows = self.table.rows
        self.model.remove(rows)
        if self.draft.behaviors:
            self.table.selectRow(min(rows[0], len(self.draft.behaviors) - 1))

    def _move(self, step: int) -> None:
        row = self.table.rows[0]
        if self.model.move(row, row + step):
            self.table.selectRow(row + step)

    def _fill_merge_menu(self) -> None:
        """Offer the chosen behaviors, or for a single one all others, of the same group."""
        self.merge_menu.clear()
        rows, behaviors = self.table.rows, self.draft.behaviors
        groups = {behaviors[row].group for row in rows}
        for target in rows if len(rows) > 1 else range(len(behaviors)):
            behavior = behaviors[target]
            if rows != [target] and groups == {behavior.group}:
                icon = swatch_icon(behavior.color)
                add_action(self.merge_menu, behavior.name, partial(self.merge, target), icon)
        if self.merge_menu.isEmpty():
            text = "Only behaviors of one group can be merged."
            add_action(self.merge_menu, text, lambda: None).setEnabled(False)

    def merge(self, target: int) -> None:
        """Merge the chosen behaviors into the one in row `target`."""
        self.table.selectRow(self.model.merge(self.table.rows, target))

    def adopt(self, ethogram: Ethogram) -> None:
        """Edit another ethogram from here on; behaviors of the same name keep their labels."""
        self.model.replace_all(lambda: self.draft.adopt(ethogram))
        self.name.setText(self.draft.name)
        self.none_keys.setText(" ".join(self.draft.none_keys))
        self.table.selectRow(0)

    def _adopt_preset(self, name: str) -> None:
        self.adopt(preset(name))

    def _ask_load(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "Load ethogram", "", YAML_FILES)
        if file:
            self._guarded(lambda: self.adopt(Ethogram.load(file)))

    def _ask_save(self) -> None:
        file, _kind = QFileDialog.getSaveFileName(
            self, "Save ethogram", f"{self.draft.name}.yaml", YAML_FILES
        )
        if file:
            path = Path(file) if Path(file).suffix else Path(file).with_suffix(".yaml")
            self._guarded(lambda: self.draft.to_ethogram().save(path))

    def _guarded(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except (EthoprofileError, OSError) as error:
            QMessageBox.warning(self, self.windowTitle(), str(error))
            return False
        return True

    # taking over

    def _apply(self) -> None:
        if self.draft.changed:
            self._guarded(self._confirm_and_change)
        else:
            self.accept()

    def _confirm_and_change(self) -> None:
        ethogram, merges = self.draft.to_ethogram(), self.draft.merges
        change = self._preview(ethogram)
        if change.problems:
            raise EthogramError(change.problems[0])
        if not (change.renamed or change.merged or change.removed) or self._confirm(change):
            change_ethogram(self._session, ethogram, merges)
            self.accept()

    def _preview(self, ethogram: Ethogram) -> EthogramChange:
        session = self._session
        return session.require_project().preview_ethogram_change(
            ethogram, self.draft.merges, session.annotator or None
        )

    def _confirm(self, change: EthogramChange) -> bool:
        """Show what the change touches, and ask."""
        box = QMessageBox(self)
        box.setObjectName("confirm_change")
        box.setWindowTitle("Change ethogram")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("\n".join(described(change)))
        box.setInformativeText(change.sentence())
        yes = box.addButton("Change ethogram", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Keep editing", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is yes


def described(change: EthogramChange) -> list[str]:
    """Return what happens to the behaviors, one line each."""
    return [
        *(f"{old} is renamed to {new}." for old, new in change.renamed),
        *(f"{old} is merged into {new}." for old, new in change.merged),
        *(f"{name} is removed." for name in change.removed),
        *(f"{name} is added." for name in change.added),
    ]


def change_ethogram(session: Session, ethogram: Ethogram, merges: dict[int, int]) -> None:
    """Give the session's project another ethogram and tell the window, the open pass included."""
    project = session.require_project()
    change = project.change_ethogram(ethogram, session.annotator, merge=merges)
    session.ethogram_changed(project.ethogram)
    track = session.track
    if track is not None and change.passes:
        for group in range(track.groups):
            session.labels_changed(group, 0, track.frames)
