"""What is measured, on which labels, and how: the choices of the dock "Evaluate a model"."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QWidget,
)

from ..annotation.errors import LearnError
from ..annotation.project import Project
from ..renaming import renamings
from ..training.evaluation.protocols import PROTOCOLS
from ..training.models import list_models
from .choosers import ask_folder, ask_weights, renaming_line
from .dropping import PathLine
from .forms import add_action, choice, paired, push_button, text_label
from .kind_rows import KindRows
from .label_choice import LabelChoice

#: Whose labels, with the name of the layout of a database.
PROJECT, DEEPETHOPROFILE, JHUANG = "the open project", "a DeepEthoProfile database", "a Jhuang 2010 database"
_LAYOUTS = ((PROJECT, ""), (DEEPETHOPROFILE, "deepethoprofile"), (JHUANG, "jhuang"))
#: What is measured.
KIND, TRAINED = "a kind of model, by a protocol", "a trained model"
_FOLDER = "Choose a folder"


class EvaluateChoice(QWidget):
    """The choices, of which only those are shown that matter for the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._create_labels()
        self._create_kind()
        self._create_trained()
        self._lay_out()
        for combo in (self.data, self.what, self.protocol):
            combo.currentIndexChanged.connect(lambda _index: self._show_rows())
        self._show_rows()

    @property
    def layout_name(self) -> str:
        """Of the database that is read; empty for the open project."""
        return str(self.data.currentData())

    @property
    def trained(self) -> bool:
        """Whether a trained model is asked."""
        return self.what.currentText() == TRAINED

    @property
    def reads_final(self) -> bool:
        """Whether the separate test set is to be read."""
        return self.trained and not self.layout_name and self.final.isChecked()

    def show_project(self, project: Project | None, annotator: str) -> None:
        """Offer the models of a project, and whose labels there are; what is typed or chosen stays.

        But not the name of a model that is there no more: one of another project.
        """
        self.labels.show_project(project, annotator)
        text = self.model.currentText()
        offered = [card.name for card in list_models(project)] if project is not None else []
        gone = self.model.findText(text) >= 0 and text not in offered
        self.model.clear()
        self.model.addItems(offered)
        self.model.setCurrentText(self.model.itemText(0) if gone or not text else text)

    def arguments(self, project: Project | None, annotator: str) -> list[str]:
        """Return the command without where its files go.

        Raises
        ------
        EthoprofileError
            When something is missing, or a name is renamed to nothing.
        """
        arguments = ["evaluate", *self._source(project), "--seed", str(self.seed.value())]
        arguments += self.labels.arguments() if self._chooses_labels() else []
        if self.trained:
            arguments += ["--model", self._model()]
            for old, new in renamings(self.names.text()).items():
                arguments += ["--map", f"{old}={new}"]
            arguments += ["--final"] if self.reads_final else []
            arguments += self.model_kind.device_arguments()
        else:
            arguments += [
                "--protocol",
                self.protocol.currentText(),
                *self._tested(),
                *self.model_kind.arguments(),
            ]
            arguments += ["--baselines" if self.guesses.isChecked() else "--no-baselines"]
        if annotator and not self.layout_name:
            arguments += ["--as", annotator]
        return arguments

    # -- inside -------------------------------------------------------------------------------------------

    def _source(self, project: Project | None) -> list[str]:
        if self.layout_name:
            folder, kept = self.folder.text().strip(), self.kept.text().strip()
            if not folder:
                raise LearnError("Choose the folder of the database.")
            into = ["--into", str(Path(kept).expanduser())] if kept else []
            return [str(Path(folder).expanduser()), "--layout", self.layout_name, *into]
        if project is None:
            raise LearnError("Open a project first: models are measured on its labels.")
        return [str(project.folder)]

    def _model(self) -> str:
        name = self.model.currentText().strip()
        if not name:
            raise LearnError("Choose the model: one of the project, a model folder, or weights.")
        return name

    def _tested(self) -> list[str]:
        if not PROTOCOLS[self.protocol.currentText()].chosen_animals:
            return []
        names = (name.strip() for name in self.tested.text().split(","))
        return [part for name in names if name for part in ("--subject", name)]

    def _chooses_labels(self) -> bool:
        """Return whether labels can be chosen: those of a database and of the test set are what they are."""
        return not self.layout_name and not self.reads_final

    def _show_rows(self) -> None:
        database, trained = bool(self.layout_name), self.trained
        protocol = PROTOCOLS[self.protocol.currentText()]
        self.explanation.setText(protocol.sentence)
        shown = {
            self.folder_row: database,
            self.kept_row: database,
            self.protocol: not trained,
            self.explanation: not trained,
            self.tested: not trained and protocol.chosen_animals,
            self.labels: self._chooses_labels(),
            self.model_row: trained,
            self.names: trained,
            self.final: trained and not database,
        }
        for widget, there in shown.items():
            self._form.setRowVisible(widget, there)
        self.model_kind.show(not trained)
        self.guesses.setVisible(not trained)

    def _create_labels(self) -> None:
        self.data = choice("evaluate_data", "Whose labels models are measured on.", self)
        for text, layout in _LAYOUTS:
            self.data.addItem(text, layout)
        self.labels = LabelChoice("evaluate_labels", "Which of the labels count.", self)
        self.folder, self.kept = PathLine(self), PathLine(self)
        self.folder.setObjectName("evaluate_folder")
        self.folder.setPlaceholderText("folder of the recordings with their label files")
        self.kept.setObjectName("evaluate_kept")
        self.kept.setPlaceholderText("nowhere: read anew every time")
        self.kept.setToolTip("A folder for the project made of the database: the next time is quicker.")
        self.choose_folder = self._chooser("folder", "Choose the folder of the database.", self.folder)
        self.choose_kept = self._chooser(
            "kept", "Choose an empty folder, or that of the last time.", self.kept
        )
        self.folder_row = paired(self.folder, self.choose_folder)
        self.kept_row = paired(self.kept, self.choose_kept)

    def _create_kind(self) -> None:
        self.what = choice("evaluate_what", "What is measured.", self)
        self.what.addItems([KIND, TRAINED])
        self.protocol = choice(
            "evaluate_protocol", "How the labels are divided into those learned from and those tested.", self
        )
        self.protocol.addItems(list(PROTOCOLS))
        self.explanation = text_label("evaluate_explanation", self)
        self.tested = QLineEdit(self)
        self.tested.setObjectName("evaluate_tested")
        self.tested.setPlaceholderText("such as 03, 07; empty: one of every strain")

    def _create_trained(self) -> None:
        self.model = choice("evaluate_model", "It is asked about animals that it has not seen.", self)
        self.model.setEditable(True)
        line = self.model.lineEdit()
        if line is not None:
            line.setPlaceholderText("name, model folder, or weights such as mouse_v5.model")
        menu = QMenu(self)
        add_action(menu, "Model folder…", lambda: ask_folder(self, _FOLDER, self.model.setCurrentText))
        add_action(menu, "Weights of DeepEthoProfile…", lambda: ask_weights(self, self.model.setCurrentText))
        self.choose_model = push_button(
            "evaluate_choose_model", "Choose", "Choose a model from outside of the project.", self, menu
        )
        self.model_row = paired(self.model, self.choose_model)
        self.names = renaming_line("evaluate_names", "the ethogram", self)
        self.final = QCheckBox("Read the final test set", self)
        self.final.setObjectName("evaluate_final")
        self.final.setToolTip("Animals and passes that are kept for it. You are asked first; it is noted.")
        self.final.toggled.connect(lambda _on: self._show_rows())
        self.seed = QSpinBox(self)
        self.seed.setObjectName("evaluate_seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setToolTip("Of every random choice: the same seed gives the same figures.")
        self.guesses = QCheckBox("Trivial guesses beside it", self)
        self.guesses.setObjectName("evaluate_baselines")
        self.guesses.setToolTip("The most frequent behavior, and a threshold on motion.")
        self.guesses.setChecked(True)

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Labels of", self.data)
        form.addRow("Of these", self.labels)
        form.addRow("Folder", self.folder_row)
        form.addRow("Kept in", self.kept_row)
        form.addRow("Measure", self.what)
        form.addRow("Protocol", self.protocol)
        form.addRow("", self.explanation)  # not in one row: only a form asks how high its text is
        form.addRow("Tested", self.tested)
        self.model_kind = KindRows("evaluate", form, self)
        form.addRow("Model", self.model_row)
        form.addRow("Called here", self.names)
        form.addRow("", self.final)
        seeds = QHBoxLayout()
        seeds.addWidget(self.seed)
        seeds.addWidget(self.guesses)
        seeds.addStretch(1)
        form.addRow("Seed", seeds)

    def _chooser(self, name: str, tooltip: str, field: QLineEdit) -> QPushButton:
        button = push_button(f"evaluate_choose_{name}", "Choose", tooltip, self)
        button.clicked.connect(lambda _checked=False: ask_folder(self, _FOLDER, field.setText))
        return button
