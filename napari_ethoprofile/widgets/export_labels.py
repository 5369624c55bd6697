"""The export dialog: which passes, in which format, and what becomes of what a format cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtpy.QtWidgets import QFileDialog, QLabel, QMessageBox, QWidget

from ..annotation.errors import EthoprofileError
from ..annotation.exchange import export_passes
from ..annotation.formats import FORMATS, LossError
from ..session import Session
from .request_dialog import RequestDialog

THIS_CLIP, MINE, ALL = "clip", "mine", "all"


class ExportDialog(RequestDialog):
    """Writes labels into files; existing files are never replaced.

    Parameters
    ----------
    session
        Its project is exported, on behalf of its annotator.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("export", "Export labels", "Export", parent)
        self._session = session
        self.written: list[Path] = []
        self.left_out: list[str] = []
        self._create_fields()
        self._show_format()

    def _create_fields(self) -> None:
        scopes = (("The open clip", THIS_CLIP), ("My passes", MINE), ("All passes", ALL))
        self.scope = self.add_choice(
            "scope",
            "Passes",
            "Which passes are written, a file each.",
            [(text, to) for text, to in scopes if to != THIS_CLIP or self._session.current is not None],
        )
        self.format = self.add_choice(
            "format",
            "Format",
            "What the files look like.",
            [(entry.title, entry.name) for entry in FORMATS.values()],
        )
        self.format.setCurrentIndex(self.format.findData("bouts"))
        self.format.currentIndexChanged.connect(self._show_format)
        self.cannot = QLabel(self)
        self.cannot.setWordWrap(True)
        self.form.addRow("", self.cannot)
        self.folder, choose = self.add_path(
            "folder",
            "Folder",
            "Folder for the files; it is made when it does not exist.",
            self._session.require_project().folder / "exports",
        )
        choose.clicked.connect(self._choose_folder)
        self.features, choose = self.add_path(
            "features",
            "Features",
            "SimBA's features file of the recording; a new file with the labels is written.",
            "",
        )
        choose.clicked.connect(self._choose_features)

    def _choose_features(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(
            self, "Features file", self.features.text(), "Features (*.csv);;All files (*)"
        )
        if file:
            self.features.setText(file)

    def _show_format(self) -> None:
        entry = FORMATS[str(self.format.currentData())]
        self.form.setRowVisible(self.form.rowCount() - 1, entry.name == "simba")  # the features file
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
                self.refuse(str(refusal))
                return
        except (EthoprofileError, OSError) as error:
            self.refuse(str(error))
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
