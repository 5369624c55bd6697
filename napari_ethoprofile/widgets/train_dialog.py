"""Asks for a model of any kind and trains it beside the window: all that ``ethoprofile train`` can."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import LearnError
from ..session import Session
from ..wires import Wires
from .command_bar import CommandBar, Source
from .forms import choice, paired, text_label
from .kind_rows import KindRows
from .label_choice import LabelChoice
from .scrolled import Scrolled

#: Pixels that the words about a finished model take at most.
_HIGHEST = 160
_SPLITS = (
    ("animals: figures are of animals new to it", "subject"),
    ("recordings", "video"),
    ("clips: the same animals on both sides", "clips"),
)


class TrainDialog(QDialog):
    """Trains one model, which is not compared with the current one; it can be closed meanwhile.

    Parameters
    ----------
    session
        Whose project it is.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_dialog")
        self.setWindowTitle("Train another kind of model")
        self.setMinimumWidth(460)
        self._session, self._wires = session, Wires()
        # takes the height of what is told when the layout knows of it
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self.adjustSize)
        self._create_choices()
        self.command = CommandBar(
            "train_other", "Train", "Train it; that runs beside the window.", self._arguments, self
        )
        self.command.asked.connect(lambda: self._tell(""))
        self.command.answered.connect(self._on_answer)
        self.told = text_label("train_other_told", self)
        self._told_area = Scrolled("train_other_told_area", self.told, self, _HIGHEST, _HIGHEST)
        self._told_area.hide()
        self._lay_out()
        self._wires.connect(session.project_changed, lambda _project: self._on_project())
        for end in (self._wires.cut, self.command.process.close):
            self.destroyed.connect(end)

    def show_project(self) -> None:
        """Offer whose labels there are in the open project."""
        self.labels.show_project(self._session.project, self._session.annotator)

    def let_go(self) -> None:
        """Stop what runs."""
        self._wires.cut()
        self.command.process.close()

    # -- inside -------------------------------------------------------------------------------------------

    def _arguments(self) -> list[str]:
        project, name = self._session.project, self.name.text().strip()
        if project is None:
            raise LearnError("Open a project first: a model learns from its labels.")
        if not name:
            raise LearnError("Give the model a name.")
        self.command.source = Source(project.folder)
        arguments = ["train", str(project.folder), "--model", name, "--events"]
        arguments += ["--split", self.split.currentData(), "--seed", str(self.seed.value())]
        arguments += [*self.model_kind.arguments(), *self.labels.arguments()]
        arguments += ["--as", self._session.annotator] if self._session.annotator else []
        return [*arguments, "--replace"] if self.replace.isChecked() else arguments

    def _on_project(self) -> None:
        """Forget what was said of another project; what is still to come names it."""
        self.command.show_project(self._session.project)
        self._tell("")
        self.show_project()

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self._told_area.setVisible(bool(text))
        self._told_area.fit()
        self._fitting.start()

    def _on_answer(self, answer: dict[str, Any], sentences: list[str]) -> None:
        figures = {metric["name"]: metric for metric in answer["metrics"]}
        home = self.command.source.name(self._session.project)
        said = [f"The model '{answer['name']}' is among the models of the {home} ({answer['split']})."]
        for name in ("frame accuracy", "macro accuracy"):
            metric = figures[name]
            if metric["value"] is None:
                said.append(f"{name}: not defined because {metric['why']}.")
                continue
            range_ = f" ({metric['low']:.3f} to {metric['high']:.3f})" if metric["low"] is not None else ""
            said.append(f"{name}: {metric['value']:.3f}{range_}.")
        self._tell("\n".join([*said, *sentences]))
        self._session.models_changed()

    def _create_choices(self) -> None:
        self.name = QLineEdit(self)
        self.name.setObjectName("train_other_name")
        self.labels = LabelChoice("train_other_labels", "Whose labels the model learns from.", self)
        self.split = choice("train_other_split", "What is kept apart between learning and testing.", self)
        for text, value in _SPLITS:
            self.split.addItem(text, value)
        self.seed = QSpinBox(self)
        self.seed.setObjectName("train_other_seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setToolTip("Of every random choice: the same seed gives the same model.")
        self.replace = QCheckBox("Replace a model of this name", self)
        self.replace.setObjectName("train_other_replace")
        self.show_project()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Model", self.name)
        self.model_kind = KindRows("train_other", form, self)
        self.model_kind.changed.connect(self.adjustSize)
        form.addRow("Labels", self.labels)
        form.addRow("Kept apart", self.split)
        form.addRow("Seed", paired(self.seed, self.replace))
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.command)
        layout.addWidget(self._told_area)
