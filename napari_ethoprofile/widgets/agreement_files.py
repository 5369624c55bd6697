"""Which label files are compared, and what only the user knows about them."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.agreement.sources import FileOptions
from ..annotation.errors import AgreementError
from ..renaming import renamings
from .choosers import LABEL_FILES
from .forms import push_button, text_label

_PATH = Qt.ItemDataRole.UserRole
#: What is asked about bout tables, and the answers.
_GAPS = (
    ("not said", None),
    ("none: somebody looked and saw nothing", "none"),
    ("unlabeled: nobody looked", "unlabeled"),
)


class AgreementFiles(QWidget):
    """A list of label files with what they leave open.

    Signals
    -------
    changed
        Other files are listed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_files")
        self.list = QListWidget(self)
        self.list.setObjectName("agreement_file_list")
        self.list.setMinimumHeight(60)
        self.list.setToolTip("One file a rater, or one of several raters; of one recording or of several.")
        add = push_button("agreement_add_files", "Add files…", "Choose label files of any format.", self)
        remove = push_button("agreement_remove_files", "Remove", "Take the selected file off the list.", self)
        add.clicked.connect(self._ask_files)
        remove.clicked.connect(self._remove)
        self.question = text_label("agreement_gaps_question", self, bold=True)
        self.question.hide()
        self.gaps = QComboBox(self)
        self.gaps.setObjectName("agreement_gaps")
        self.gaps.setToolTip("For files that hold only bouts: what a frame is that none of them covers.")
        self.gaps.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for text, value in _GAPS:
            self.gaps.addItem(text, value)
        self.fps = _line("agreement_fps", "Frames per second, where the files do not say or differ.", self)
        self.names = _line("agreement_names", "Behaviors that go by different names in the files.", self)
        self.fps.setPlaceholderText("as the files say")
        self.names.setPlaceholderText("grooming=groom, other=none")
        self.mismatch = QCheckBox("Compare lengths that differ much, from the first frame on", self)
        self.mismatch.setObjectName("agreement_mismatch")
        buttons = QHBoxLayout()
        buttons.addWidget(add)
        buttons.addWidget(remove)
        buttons.addStretch(1)
        form = QFormLayout()
        form.addRow("Between bouts", self.gaps)
        form.addRow("Frames a second", self.fps)
        form.addRow("Names", self.names)
        form.addRow("", self.mismatch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.question)
        layout.addLayout(form)

    def add(self, paths: list[Path]) -> None:
        """Put files on the list, each once."""
        known = self.paths()
        for path in dict.fromkeys(paths):
            if path not in known:
                item = QListWidgetItem(path.name)
                item.setToolTip(str(path))
                item.setData(_PATH, str(path))
                self.list.addItem(item)
        self.changed.emit()

    def paths(self) -> tuple[Path, ...]:
        """Return the listed files."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(Path(item.data(_PATH)) for item in items if item is not None)

    def options(self) -> FileOptions:
        """Return what was said about the files, or raise `EthoprofileError` for what cannot be read."""
        gaps = self.gaps.currentData()
        return FileOptions(
            fps=self._rate(),
            mapping=renamings(self.names.text()),
            gaps=gaps,
            background=gaps,
            allow_mismatch=self.mismatch.isChecked(),
        )

    def ask_gaps(self) -> None:
        """Ask what the frames between bouts are; the answer is the field below."""
        self.question.setText("Some files hold only bouts. What are the frames between them?")
        self.question.show()
        self.gaps.setFocus()

    def gaps_answered(self) -> bool:
        """Whether it was said what lies between bouts."""
        return self.gaps.currentData() is not None

    def _rate(self) -> float | None:
        text = self.fps.text().strip()
        if not text:
            return None
        try:
            rate = float(text)
        except ValueError:
            rate = 0.0
        if not 0 < rate < 10_000:
            raise AgreementError(f"'{text}' is no number of frames per second; write it like 25 or 29.97.")
        return rate

    def _remove(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self.list.takeItem(row)
            self.changed.emit()

    def _ask_files(self) -> None:
        files, _kind = QFileDialog.getOpenFileNames(self, "Label files", "", LABEL_FILES)
        self.add([Path(file) for file in files])


def _line(name: str, tooltip: str, parent: QWidget) -> QLineEdit:
    line = QLineEdit(parent)
    line.setObjectName(name)
    line.setToolTip(tooltip)
    return line
