"""The import dialog: whose labels a file holds, of which recording, and how its names are read."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget

from ..annotation.errors import EthoprofileError, FormatError
from ..annotation.exchange import import_labels
from ..annotation.formats import FORMATS, TOLD
from ..renaming import renamings
from ..session import Session
from .choosers import LABEL_FILES
from .forms import push_button
from .import_beside import OLD_CLASSES_TEXT, OLD_CLASSES_TOOLTIP, BesideDialog
from .request_dialog import RequestDialog

KINDS: list[tuple[str, object]] = [
    ("First pass, or a review where the file's name says so", None),
    ("First pass", "first"),
    ("Review", "review"),
    ("Blind second pass", "blind"),
    ("Consensus", "consensus"),
]


class ImportDialog(RequestDialog):
    """Reads a label file into a new pass; nothing that is there is changed.

    Parameters
    ----------
    session
        Its project takes the labels.
    path
        The file, when it is known already.
    """

    def __init__(self, session: Session, path: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__("import", "Import labels", "Import", parent)
        self._session = session
        self._create_fields(path)
        beside = push_button(
            "import_beside",
            "Import everything beside the recording…",
            "All label files that lie beside the recording and carry its name.",
            self,
        )
        beside.clicked.connect(self._import_beside)
        self.body.addWidget(beside)
        self._guess_recording()

    def _create_fields(self, path: Path | None) -> None:
        project = self._session.require_project()
        self.file, choose = self.add_path("file", "File", "The label file.", path or "")
        self.file.textChanged.connect(lambda _text: self._guess_recording())
        choose.clicked.connect(self._choose_file)
        formats: list[tuple[str, object]] = [(entry.title, entry.name) for entry in FORMATS.values()]
        self.format = self.add_choice(
            "format", "Format", "What the file looks like.", [("Found out from the file", None), *formats]
        )
        self.recording = self.add_choice(
            "recording",
            "Recording",
            "The recording that was labeled.",
            [(Path(record.path).name, record.id) for record in project.videos()],
        )
        self.annotator = self.add_line(
            "annotator",
            "Annotator",
            "Whose labels they are; a new name joins the project.",
            self._session.annotator,
        )
        self.kind = self.add_choice("kind", "Pass", "What kind of pass the labels become.", KINDS)
        self.mapping = self.add_line(
            "mapping",
            "Names",
            "Names in the file = names of the ethogram; none and unlabeled are possible.",
        )
        self.mapping.setPlaceholderText("grooming=groom, sniff=micromovement, other=none")
        self.gaps = self.add_choice(
            "gaps",
            "Gaps",
            "For files that hold only bouts, or 0 and 1: what a frame is that none of them covers.",
            [("As the format says", None), ("none", "none"), ("unlabeled", "unlabeled")],
        )
        self.choices = self.add_line(
            "choices",
            "Choices",
            "What the file leaves open, as the message below says it, separated by semicolons; possible are "
            f"{', '.join(TOLD)}.",
        )
        self.choices.setPlaceholderText("observation=day 1; subject=mouse 2; overlaps=later")
        self.map_old = self.add_check("map_old", OLD_CLASSES_TEXT, OLD_CLASSES_TOOLTIP)
        self.mismatch = self.add_check("mismatch", "Accept labels much longer or shorter than the recording")

    def _choose_file(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "Label file", self.file.text(), LABEL_FILES)
        if file:
            self.file.setText(file)

    def _guess_recording(self) -> None:
        """Choose the recording whose name the file's name begins with, the longest first."""
        name = Path(self.file.text()).name.casefold()
        stems = [Path(self.recording.itemText(n)).stem.casefold() for n in range(self.recording.count())]
        fitting = [n for n, stem in enumerate(stems) if stem and name.startswith(stem)]
        if fitting:
            self.recording.setCurrentIndex(max(fitting, key=lambda n: len(stems[n])))

    def _import_beside(self) -> None:
        video = self.recording.currentData()
        if video is None:
            self.refuse("The project has no recordings yet; add one first.")
            return
        dialog = BesideDialog(self._session, str(video), self.annotator.text().strip(), self)
        if dialog.exec():
            self.reject()

    def _told(self) -> dict[str, str]:
        """Return the read options that were typed, or raise `FormatError` for what is none."""
        told = {}
        for part in filter(None, (part.strip() for part in self.choices.text().split(";"))):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if name not in TOLD or not equals or not value:
                known = ", ".join(TOLD)
                raise FormatError(f"'{part}' is no choice; write it like observation=day 1 ({known}).")
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
                mapping=renamings(self.mapping.text()),
                map_old=self.map_old.isChecked(),
                allow_mismatch=self.mismatch.isChecked(),
                **options,
            )
        except (EthoprofileError, OSError) as error:
            self.refuse(str(error))
            return
        if made.report:
            QMessageBox.information(self, "Import labels", "\n".join(made.report))
        self._session.passes_changed()
        self._session.message(f"Imported {Path(self.file.text()).name} as a {made.record.kind} pass.")
        super().accept()
