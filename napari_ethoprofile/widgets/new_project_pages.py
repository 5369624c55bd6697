"""Pages of the new-project assistant: place, ethogram, person, summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qtpy.QtCore import QSize, QStandardPaths, Qt, Signal
from qtpy.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..annotation.ethogram import NONE_COLOR, NONE_NAME, Ethogram, preset
from ..annotation.project.folders import network_drive, safe_name
from .forms import push_button, text_label
from .marks import KeyCapDelegate, SwatchDelegate
from .project_recipe import place_problem

FROM_FILE = "file"


@dataclass(frozen=True)
class PageState:
    """Whether a page is complete, and what to tell about it.

    Attributes
    ----------
    complete
        Whether the user may go on.
    text
        One sentence, or nothing.
    wrong
        Whether something that was entered cannot stay as it is.
    """

    complete: bool = True
    text: str = ""
    wrong: bool = False


class Page(QWidget):
    """One step of the assistant.

    Attributes
    ----------
    title, subtitle
        Shown above the page.
    changed
        Emitted when `state` may have changed.
    """

    title = ""
    subtitle = ""
    changed = Signal()

    def state(self) -> PageState:
        """Return whether the user may go on."""
        return PageState()

    def enter(self) -> None:
        """Bring the page up to date; called whenever it is shown."""


class PlacePage(Page):
    """Where the project goes and what it is called."""

    title = "Place"
    subtitle = "A project is a folder. It holds everybody's labels; recordings stay where they are."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("place_page")
        self.name = _line_edit(
            "project_name", "For example: Home cage 2026", "What the project is called.", self
        )
        self.location = _line_edit(
            "project_location", "", "The folder that the project folder is made in.", self
        )
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.location.setText(documents if documents and Path(documents).is_dir() else str(Path.home()))
        self.browse = push_button("browse_location", "Browse…", "Choose the folder.", self)
        self.folder_label = text_label("project_folder", self)
        row = QHBoxLayout()
        row.addWidget(self.location, 1)
        row.addWidget(self.browse)
        form = _form()
        form.addRow("Name", self.name)
        form.addRow("In folder", row)
        form.addRow("Makes", self.folder_label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addStretch(1)
        self.name.textChanged.connect(lambda _text: self._show())
        self.location.textChanged.connect(lambda _text: self._show())
        self.browse.clicked.connect(lambda _checked=False: self._ask_location())
        self._show()

    @property
    def folder(self) -> Path:
        """The project folder."""
        return Path(self.location.text().strip()).expanduser() / safe_name(self.name.text())

    def state(self) -> PageState:
        """Return whether a project can be made there."""
        if not self.name.text().strip():
            return PageState(False, "Give the project a name.")
        problem = place_problem(self.folder.parent, self.folder.name)
        if problem:
            return PageState(False, problem, wrong=True)
        kind = network_drive(self.folder.parent.resolve())
        if kind:
            return PageState(
                text=f"This folder lies on a network drive ({kind}), where a project is safe only while one "
                "computer uses it. Give every computer its own copy and exchange work by bundle and merge."
            )
        return PageState()

    def _show(self) -> None:
        self.folder_label.setText(str(self.folder) if self.name.text().strip() else "")
        self.changed.emit()

    def _ask_location(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the project", self.location.text())
        if folder:
            self.location.setText(folder)


class EthogramPage(Page):
    """Which behaviors are scored."""

    title = "Ethogram"
    subtitle = "The behaviors that are scored, with their keys. All of it can be changed later."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ethogram_page")
        self._problem = ""
        self.ethogram: Ethogram | None = None
        self.choices: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for name, text, tooltip in (
            ("home-cage", "Home cage", "Drink, eat, groom, hang, micromovement, rear, rest, walk."),
            ("empty", "Empty", "Behaviors are added later in the ethogram editor."),
            (FROM_FILE, "From a file", "A YAML file, as the ethogram editor saves it."),
        ):
            button = QRadioButton(text, self)
            button.setObjectName(f"ethogram_{name}")
            button.setToolTip(tooltip)
            self._group.addButton(button)
            self.choices[name] = button
        self.file = _line_edit("ethogram_file", "YAML file", "A YAML file with an ethogram.", self)
        self.browse = push_button("browse_ethogram", "Browse…", "Choose the file.", self)
        self.preview = EthogramPreview(self)
        self._lay_out()
        self.choices["home-cage"].setChecked(True)
        self._group.buttonToggled.connect(lambda _button, on: self._show() if on else None)
        self.file.textChanged.connect(lambda _text: self._show())
        self.browse.clicked.connect(lambda _checked=False: self._ask_file())
        self._show()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.addWidget(self.choices["home-cage"], 0, 0)
        grid.addWidget(self.choices["empty"], 1, 0)
        grid.addWidget(self.choices[FROM_FILE], 2, 0)
        grid.addWidget(self.file, 2, 1)
        grid.addWidget(self.browse, 2, 2)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid)
        layout.addWidget(self.preview, 1)

    def state(self) -> PageState:
        """Return whether the ethogram can be used."""
        if self._problem:
            return PageState(False, self._problem, wrong=True)
        if self.ethogram is None:
            return PageState(False, "Choose the YAML file.")
        return PageState()

    def _ask_file(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "Ethogram", "", "Ethograms (*.yaml *.yml)")
        if file:
            self.file.setText(file)
            self.choices[FROM_FILE].setChecked(True)

    def _show(self) -> None:
        chosen = next(name for name, button in self.choices.items() if button.isChecked())
        self.file.setEnabled(chosen == FROM_FILE)
        self.ethogram, self._problem = None, ""
        try:
            if chosen != FROM_FILE:
                self.ethogram = preset(chosen)
            elif self.file.text().strip():
                self.ethogram = Ethogram.load(Path(self.file.text().strip()).expanduser())
        except EthoprofileError as error:
            self._problem = str(error)
        self.preview.show_ethogram(self.ethogram)
        self.changed.emit()


class EthogramPreview(QTreeWidget):
    """Behaviors with color, keys and definition, to be looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ethogram_preview")
        self.setHeaderLabels(["", "Behavior", "Keys", "Definition"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setItemDelegateForColumn(0, SwatchDelegate(self))
        self.setItemDelegateForColumn(2, KeyCapDelegate(self))
        self.setToolTip("The behaviors of this ethogram.")
        header = self.header()
        assert header is not None
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(34)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(0, 38)

    def show_ethogram(self, ethogram: Ethogram | None) -> None:
        """Show an ethogram, or nothing."""
        self.clear()
        if ethogram is None:
            return
        rows = [(b.name, b.keys, b.color, b.definition) for b in ethogram.behaviors]
        rows.append(
            (NONE_NAME, ethogram.none_keys, NONE_COLOR, "Looked at, but no behavior can be determined.")
        )
        for name, keys, color, definition in rows:
            item = QTreeWidgetItem(["", name, "", definition])
            item.setData(0, Qt.ItemDataRole.UserRole, color)
            item.setData(2, Qt.ItemDataRole.UserRole, list(keys))
            item.setToolTip(3, definition)
            item.setSizeHint(0, QSize(38, 27))
            self.addTopLevelItem(item)


class PersonPage(Page):
    """Who scores."""

    title = "You"
    subtitle = "Your labels carry your name. Further people can join the project at any time."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("person_page")
        self.name = _line_edit("annotator_name", "For example: Ada Lovelace", "Your name.", self)
        self.initials = _line_edit("annotator_initials", "", "Short form of your name, for file names.", self)
        self.initials.setMaximumWidth(90)
        form = _form()
        form.addRow("Your name", self.name)
        form.addRow("Initials", self.initials)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addStretch(1)
        self.name.textChanged.connect(self._on_name)

    def _on_name(self, text: str) -> None:
        if not self.initials.isModified():
            self.initials.setText("".join(word[0] for word in text.split()).upper())
        self.changed.emit()

    def state(self) -> PageState:
        """Return whether there is a name."""
        return PageState() if self.name.text().strip() else PageState(False, "Enter your name.")


class SummaryPage(Page):
    """What will be made, and how far it is.

    Parameters
    ----------
    describe
        Returns what will be made, as pairs of a title and a text.
    """

    title = "Summary"
    subtitle = "Nothing is written before you press Create project."

    def __init__(self, describe: Callable[[], list[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summary_page")
        self._describe = describe
        self._texts = _form()
        self._error = ""
        self.bar = QProgressBar(self)
        self.bar.setObjectName("making_progress")
        self.bar.setToolTip("How far the project is made.")
        self.doing = text_label("making_step", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._texts)
        layout.addStretch(1)
        layout.addWidget(self.doing)
        layout.addWidget(self.bar)
        self.show_progress("", 0, 0)

    def enter(self) -> None:
        """Describe what will be made."""
        self._error = ""
        while self._texts.rowCount():
            self._texts.removeRow(0)
        for number, (title, text) in enumerate(self._describe()):
            self._texts.addRow(title, text_label(f"summary_{number}", self, text))

    def state(self) -> PageState:
        """Return what went wrong at the last attempt."""
        return PageState(text=self._error, wrong=bool(self._error))

    def show_error(self, text: str) -> None:
        """Tell why the project was not made; it can be tried again."""
        self._error = text
        self.show_progress("", 0, 0)
        self.changed.emit()

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Show what is being done; an empty text hides the bar."""
        self.bar.setVisible(bool(text))
        self.doing.setText(text)
        self.bar.setRange(0, total)
        self.bar.setValue(done)


def _line_edit(name: str, placeholder: str, tooltip: str, parent: QWidget) -> QLineEdit:
    edit = QLineEdit(parent)
    edit.setObjectName(name)
    edit.setPlaceholderText(placeholder)
    edit.setToolTip(tooltip)
    return edit


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(8)
    return form
