"""The dialog that writes an agreement report into files: the same that the command writes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qtpy.QtWidgets import QDialogButtonBox, QFileDialog, QWidget

from ..agreeing import Runner
from ..annotation.agreement.report import AgreementReport, write_report
from ..annotation.errors import AgreementError, EthoprofileError
from ..annotation.project.folders import safe_name
from .request_dialog import RequestDialog


class AgreementReportDialog(RequestDialog):
    """Asks where to, and writes; files that are there are never replaced.

    Parameters
    ----------
    report
        What is written.
    folder
        Where it goes if nothing else is chosen.
    run
        Does work in a thread: figures take a while.

    Attributes
    ----------
    written
        What was written.
    """

    def __init__(
        self, report: AgreementReport, folder: Path, run: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__("agreement_report", "Write report", "Write", parent)
        self._report, self._run = report, run
        self.written: list[Path] = []
        self.folder, choose = self.add_path("folder", "Folder", "Where the files go.", folder)
        choose.clicked.connect(self._choose)
        raters = "_".join(safe_name(name, 20) for name in report.material.raters[:4])
        self.name = self.add_line(
            "name", "Name", "Beginning of the names of all files.", f"agreement_{raters}_{date.today()}"
        )
        self.html = self.add_check("html", "Page (HTML) with everything in it, to read, mail and sign")
        self.csv = self.add_check("csv", "Table (CSV): one row for each pair of raters and behavior")
        self.json = self.add_check("json", "Every number (JSON), for scripts")
        self.figures = self.add_check("figures", "Figures (PNG and SVG) in a folder of their own")
        self.html.setChecked(True)

    def accept(self) -> None:
        """Write what is ticked."""
        stem = self.name.text().strip()
        folder = Path(self.folder.text().strip()).expanduser()
        boxes = {"html": self.html, "csv": self.csv, "json": self.json, "figures": self.figures}
        ticked = [kind for kind, box in boxes.items() if box.isChecked()]
        if not stem or safe_name(stem, 200) != stem:
            self.refuse("Give the files a name of letters, digits, - and _.")
        elif not ticked:
            self.refuse("Tick what to write.")
        else:
            paths = {
                kind: folder / (f"{stem}_figures" if kind == "figures" else f"{stem}.{kind}")
                for kind in ticked
            }
            self._set_writing(True)
            self._run(lambda: write_report(self._report, **paths), self._on_written, self._on_failed)

    def _on_written(self, paths: list[Path]) -> None:
        self.written = paths
        super().accept()

    def _on_failed(self, error: Exception) -> None:
        self._set_writing(False)
        if isinstance(error, EthoprofileError):
            self.refuse(str(error))
        elif isinstance(error, OSError):
            self.refuse(str(AgreementError(f"The report could not be written: {error.strerror or error}.")))
        else:
            raise error

    def _set_writing(self, writing: bool) -> None:
        button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert button is not None
        button.setEnabled(not writing)
        button.setText("Writing…" if writing else "Write")

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the report", self.folder.text())
        if folder:
            self.folder.setText(folder)
