"""The dialog that imports everything beside a recording, and shows first what would become what."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QAbstractItemView, QDialogButtonBox, QTableWidget, QTableWidgetItem, QWidget

from ..annotation.beside import Candidate, find_beside, import_beside
from ..annotation.errors import EthoprofileError
from ..session import Session
from .forms import shape_table
from .request_dialog import RequestDialog

OLD_CLASSES_TEXT = "Read DeepEthoProfile's old classes as today's"
OLD_CLASSES_TOOLTIP = (
    "groom back becomes groom; mm+, which is grooming and micromovement in one, becomes unlabeled."
)
COLUMNS = ("File", "Whose labels", "What becomes of it")
FILE, WHO, BECOMES = range(3)
TABLE_SIZE = (820, 260)
ROW_HEIGHT = 26


class BesideDialog(RequestDialog):
    """Lists the label files beside a recording and makes passes of those that can be imported.

    Parameters
    ----------
    session
        Its project takes the labels.
    video
        Id of the recording that is chosen at first.
    annotator
        Whose labels those are whose file does not say it.
    """

    def __init__(self, session: Session, video: str, annotator: str, parent: QWidget | None = None) -> None:
        super().__init__("beside", "Import everything beside a recording", "Import", parent)
        self._session = session
        self._by: dict[str, str] = {}
        self.candidates: list[Candidate] = []
        videos = session.require_project().videos()
        self.recording = self.add_choice(
            "recording", "Recording", "Whose label files are listed.", [(v.id, v.id) for v in videos]
        )
        self.recording.setCurrentIndex(self.recording.findData(video))
        self.annotator = self.add_line(
            "annotator", "Annotator", "Whose labels those are whose file does not say it.", annotator
        )
        self.map_old = self.add_check("map_old", OLD_CLASSES_TEXT, OLD_CLASSES_TOOLTIP)
        self.table = QTableWidget(0, len(COLUMNS), self)
        self.table.setObjectName("beside_table")
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setMinimumSize(*TABLE_SIZE)
        shape_table(self.table, BECOMES, ROW_HEIGHT)
        self.body.addWidget(self.table)
        self.recording.currentIndexChanged.connect(self._on_recording)
        self.annotator.editingFinished.connect(self.look)
        self.map_old.toggled.connect(self.look)
        self.table.itemChanged.connect(self._on_named)
        self.look()

    def look(self) -> None:
        """List what lies beside the recording now."""
        self.problem.hide()
        try:
            self.candidates = find_beside(
                self._session.require_project(),
                str(self.recording.currentData()),
                self.annotator.text().strip(),
                by=self._by,
                map_old=self.map_old.isChecked(),
            )
        except EthoprofileError as error:
            self.candidates = []
            self.refuse(str(error))
        self._show(self.candidates)
        if not self.candidates and self.problem.isHidden():
            self.refuse("No label file lies beside this recording.")
        ready = any(candidate.ready for candidate in self.candidates)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)

    def _show(self, candidates: Sequence[Candidate]) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(candidates))
        for row, candidate in enumerate(candidates):
            texts = (candidate.path.name, candidate.annotator, candidate.sentence)
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                flags = Qt.ItemFlag.ItemIsEnabled
                if column == WHO and not candidate.known:
                    flags |= Qt.ItemFlag.ItemIsEditable
                    item.setToolTip("Whose labels they are; click twice to change it.")
                item.setFlags(flags if candidate.ready or column == WHO else Qt.ItemFlag.NoItemFlags)
                self.table.setItem(row, column, item)
        self.table.blockSignals(False)

    def _on_recording(self) -> None:
        self._by = {}
        self.look()

    def _on_named(self, item: QTableWidgetItem) -> None:
        """Take another name for the labels of a file."""
        name = item.text().strip()
        if item.column() == WHO and name:
            self._by[self.candidates[item.row()].companion.role] = name
        QTimer.singleShot(0, self.look)  # not now: the table is about to be filled anew

    def accept(self) -> None:
        """Import what can be imported."""
        self.look()
        if not self.annotator.text().strip():
            self.refuse("Say whose labels these are.")
            return
        try:
            made = import_beside(self._session.require_project(), self.candidates)
        except EthoprofileError as error:
            self.refuse(str(error))
            return
        self._session.passes_changed()
        count = f"{len(made)} label file{'s' if len(made) != 1 else ''}"
        self._session.message(f"Imported {count} from beside {self.recording.currentText()}.")
        super().accept()
