"""The import dialog: whose labels a file holds, of which recording, and how its names are read."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from .._reader import LABEL_ENDINGS
from ..annotation.errors import EthoprofileError, FormatError
from ..annotation.exchange import import_labels
from ..annotation.formats import FORMATS, TOLD
from ..session import Session

KINDS = (
    ("First pass, or a review where the file's name says so", None),
    ("First pass", "first"),
    ("Review", "review"),
    ("Blind second pass", "blind"),
    ("Consensus", "consensus"),
)


class ImportDialog(QDialog):
    """Reads a label file into a new pass; nothing that is there is changed.

    Parameters
    ----------
    session
        Its project takes the labels.
    path
        The file, when it is known already.
    """

    def __init__(self, session: Session, path: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import_dialog")
        self.setWindowTitle("Import labels")
        self.setMinimumWidth(480)
        self._session = session
        self._create_file(path)
        self._create_fields()
        self.problem = QLabel(self)
        self.problem.setObjectName("import_problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        ok, cancel = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        buttons = QDialogButtonBox(ok | cancel, self)
        buttons.button(ok).setText("Import")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(self._form)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self._guess_recording()

    def _create_file(self, path: Path | None) -> None:
        self.file = QLineEdit(str(path) if path is not None else "", self)
        self.file.setObjectName("import_file")
        self.file.setToolTip("The label file.")
        self.file.textChanged.connect(lambda _text: self._guess_recording())
        choose = QPushButton("Choose…", self)
        choose.clicked.connect(self._choose_file)
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(choose)
        self._form = QFormLayout()
        self._form.addRow("File", row)

    def _create_fields(self) -> None:
        project = self._session.require_project()
        self.format = QComboBox(self)
        self.format.setObjectName("import_format")
        self.format.setToolTip("What the file looks like.")
        self.format.addItem("Found out from the file", None)
        for entry in FORMATS.values():
            self.format.addItem(entry.title, entry.name)
        self.recording = QComboBox(self)
        self.recording.setObjectName("import_recording")
        self.recording.setToolTip("The recording that was labeled.")
        for record in project.videos():
            self.recording.addItem(Path(record.path).name, record.id)
        self.annotator = QLineEdit(self._session.annotator, self)
        self.annotator.setObjectName("import_annotator")
        self.annotator.setToolTip("Whose labels they are; a new name joins the project.")
        self.kind = QComboBox(self)
        self.kind.setObjectName("import_kind")
        self.kind.setToolTip("What kind of pass the labels become.")
        for text, kind in KINDS:
            self.kind.addItem(text, kind)
        self.mapping = QLineEdit(self)
        self.mapping.setObjectName("import_mapping")
        self.mapping.setPlaceholderText("grooming=groom, sniff=micromovement, other=none")
        self.mapping.setToolTip("Names in the file = names of the ethogram; none and unlabeled are possible.")
        self.gaps = QComboBox(self)
        self.gaps.setObjectName("import_gaps")
        self.gaps.setToolTip(
            "For files that hold only bouts, or 0 and 1: what a frame is that none of them covers."
        )
        for text, value in (("As the format says", None), ("none", "none"), ("unlabeled", "unlabeled")):
            self.gaps.addItem(text, value)
        self.choices = QLineEdit(self)
        self.choices.setObjectName("import_choices")
        self.choices.setPlaceholderText("observation=day 1; subject=mouse 2; overlaps=later")
        self.choices.setToolTip(
            "What the file leaves open, as the message below says it, separated by semicolons; possible are "
            f"{', '.join(TOLD)}."
        )
        self.mismatch = QCheckBox("Accept labels much longer or shorter than the recording", self)
        self.mismatch.setObjectName("import_mismatch")
        self._form.addRow("Format", self.format)
        self._form.addRow("Recording", self.recording)
        self._form.addRow("Annotator", self.annotator)
        self._form.addRow("Pass", self.kind)
        self._form.addRow("Names", self.mapping)
        self._form.addRow("Gaps", self.gaps)
        self._form.addRow("Choices", self.choices)
        self._form.addRow("", self.mismatch)

    def _choose_file(self) -> None:
        patterns = " ".join(f"*{ending}" for ending in LABEL_ENDINGS)
        file, _kind = QFileDialog.getOpenFileName(
            self, "Label file", self.file.text(), f"Labels ({patterns});;All files (*)"
        )
        if file:
            self.file.setText(file)

    def _guess_recording(self) -> None:
        """Choose the recording whose name the file's name begins with, the longest first."""
        name = Path(self.file.text()).name.casefold()
        stems = [Path(self.recording.itemText(n)).stem.casefold() for n in range(self.recording.count())]
        fitting = [n for n, stem in enumerate(stems) if stem and name.startswith(stem)]
        if fitting:
            self.recording.setCurrentIndex(max(fitting, key=lambda n: len(stems[n])))

    def _names(self) -> dict[str, str]:
        pairs = [pair.partition("=") for pair in self.mapping.text().split(",") if "=" in pair]
        return {old.strip(): new.strip() for old, _equals, new in pairs}

    def _told(self) -> dict[str, str]:
        """Return the read options that were typed, or raise `FormatError` for what is none."""
        told = {}
        for part in filter(None, (part.strip() for part in self.choices.text().split(";"))):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if name not in TOLD or not equals or not value:
                raise FormatError(
                    f"'{part}' is no choice; write it like observation=day 1 ({', '.join(TOLD)})."
                )
            told[name] = value
        return told

    def accept(self) -> None:
        """Import the file, and tell what was odd about it."""
        gaps = self.gaps.currentData()
        options = {"gaps": gaps, "background": gaps} if gaps else {}
        try:
            options |= self._told()
            made = import_labels(
                self._session.require_project(),
                Path(self.file.text()),
                str(self.recording.currentData()),
                self.annotator.text().strip(),
                self.kind.currentData(),
                format_name=self.format.currentData(),
                mapping=self._names(),
                allow_mismatch=self.mismatch.isChecked(),
                **options,
            )
        except (EthoprofileError, OSError) as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        if made.report:
            QMessageBox.information(self, "Import labels", "\n".join(made.report))
        self._session.passes_changed()
        self._session.message(f"Imported {Path(self.file.text()).name} as a {made.record.kind} pass.")
        super().accept()
