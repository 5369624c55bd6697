"""The export dialog: which passes, in which format, and what becomes of what a format cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtpy.QtWidgets import (
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

from ..annotation.errors import EthoprofileError
from ..annotation.exchange import export_passes
from ..annotation.formats import FORMATS, LossError
from ..session import Session

THIS_CLIP, MINE, ALL = "clip", "mine", "all"


class ExportDialog(QDialog):
    """Writes labels into files; existing files are never replaced.

    Parameters
    ----------
    session
        Its project is exported, on behalf of its annotator.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export labels")
        self.setMinimumWidth(480)
        self._session = session
        self.written: list[Path] = []
        self.left_out: list[str] = []
        self._create_fields()
        ok, cancel = QDialogButtonBox.StandardButton.Save, QDialogButtonBox.StandardButton.Cancel
        buttons = QDialogButtonBox(ok | cancel, self)
        buttons.button(ok).setText("Export")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(self._form)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self._show_format()

    def _create_fields(self) -> None:
        self.scope = QComboBox(self)
        self.scope.setObjectName("export_scope")
        self.scope.setToolTip("Which passes are written, a file each.")
        for text, scope in (("The open clip", THIS_CLIP), ("My passes", MINE), ("All passes", ALL)):
            if scope != THIS_CLIP or self._session.current is not None:
                self.scope.addItem(text, scope)
        self.format = QComboBox(self)
        self.format.setObjectName("export_format")
        self.format.setToolTip("What the files look like.")
        for entry in FORMATS.values():
            self.format.addItem(entry.title, entry.name)
        self.format.setCurrentIndex(self.format.findData("bouts"))
        self.format.currentIndexChanged.connect(self._show_format)
        self.cannot = QLabel(self)
        self.cannot.setWordWrap(True)
        project = self._session.require_project()
        self.folder = QLineEdit(str(project.folder / "exports"), self)
        self.folder.setObjectName("export_folder")
        self.folder.setToolTip("Folder for the files; it is made when it does not exist.")
        choose = QPushButton("Choose…", self)
        choose.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        self.problem = QLabel(self)
        self.problem.setObjectName("export_problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._form = QFormLayout()
        self._form.addRow("Passes", self.scope)
        self._form.addRow("Format", self.format)
        self._form.addRow("", self.cannot)
        self._form.addRow("Folder", row)
        self._create_features()

    def _create_features(self) -> None:
        """Make the field for the file that SimBA's labels are appended to; shown for that format only."""
        self.features = QLineEdit(self)
        self.features.setObjectName("export_features")
        self.features.setToolTip(
            "SimBA's features file of the recording; a new file with the labels is written."
        )
        choose = QPushButton("Choose…", self)
        choose.clicked.connect(self._choose_features)
        self._features_row = QHBoxLayout()
        self._features_row.addWidget(self.features, 1)
        self._features_row.addWidget(choose)
        self._form.addRow("Features", self._features_row)

    def _choose_features(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(
            self, "Features file", self.features.text(), "Features (*.csv);;All files (*)"
        )
        if file:
            self.features.setText(file)

    def _show_format(self) -> None:
        entry = FORMATS[str(self.format.currentData())]
        self._form.setRowVisible(self._features_row, entry.name == "simba")
        self.cannot.setText(f"Cannot hold: {'; '.join(entry.cannot_hold)}." if entry.cannot_hold else "")

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the label files", self.folder.text())
        if folder:
            self.folder.setText(folder)

    def accept(self) -> None:
        """Write the files; what a format cannot hold is asked, never dropped."""
        try:
            self._write()
        except LossError as error:
            if not self._confirm_loss(str(error)):
                return
            try:
                self._write(allow_loss=True)
            except (EthoprofileError, OSError) as refusal:
                self._tell(str(refusal))
                return
        except (EthoprofileError, OSError) as error:
            self._tell(str(error))
            return
        if self.left_out:
            QMessageBox.information(self, "Export labels", "\n".join(self.left_out))
        self._session.message(f"Wrote {len(self.written)} label files to {self.folder.text()}.")
        super().accept()

    def _write(self, **options: Any) -> None:
        session, scope = self._session, self.scope.currentData()
        if self.format.currentData() == "simba":
            options["features"] = self.features.text().strip() or None
        current = session.current
        if current is not None:
            current.editor.flush()
        self.left_out = []
        self.written = export_passes(
            session.require_project(),
            Path(self.folder.text()),
            str(self.format.currentData()),
            annotator=session.annotator if scope in (THIS_CLIP, MINE) else None,
            clip=current.clip.id if scope == THIS_CLIP and current is not None else None,
            acting=session.annotator,
            tell=self.left_out.append,
            **options,
        )

    def _confirm_loss(self, sentence: str) -> bool:
        question = f"{sentence}\n\nWrite what the format can hold all the same?"
        answer = QMessageBox.question(self, "Export labels", question)
        return answer == QMessageBox.StandardButton.Yes

    def _tell(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
