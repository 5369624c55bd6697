"""Asks for a model of any kind and trains it beside the window: all that ``ethoprofile train`` can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from ..training.datasets import LABEL_KINDS
from ..training.features.registry import ENTRIES
from .choosers import ask_weights
from .command_bar import CommandBar
from .evaluate_choice import BATCH_TIER
from .forms import choice, paired, push_button, text_label

_SPLITS = (
    ("animals: figures are of animals new to it", "subject"),
    ("recordings", "video"),
    ("clips: the same animals on both sides", "clips"),
)
_RULES = (
    ("usual label rule", ""),
    ("rule of the paper", "paper"),
    ("rule of its program", "repository"),
)
_MIRRORED = (
    ("usual mirroring", ""),
    ("some mirrored", "--flip"),
    ("none mirrored", "--no-flip"),
)
_ALL = "the best of every clip: consensus, review, first"


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
        self._session = session
        self._create_choices()
        self.command = CommandBar(
            "train_other", "Train", "Train it; that runs beside the window.", self._arguments, self
        )
        self.command.answered.connect(self._on_answer)
        self.told = text_label("train_other_told", self)
        self.told.hide()
        self._lay_out()
        self._show_rows()

    def show_project(self) -> None:
        """Offer whose labels there are in the open project."""
        chosen = self.labels.currentText()
        self.labels.clear()
        self.labels.addItem(_ALL, "")
        project = self._session.project
        if project is not None:
            records = project.passes(acting=self._session.annotator or None)
            people = [record for record in records if record.kind.value in LABEL_KINDS]
            kinds = {record.kind.value for record in people}
            for kind in (kind for kind in LABEL_KINDS if kind in kinds):
                self.labels.addItem(f"only {kind} passes", kind)
            for name in sorted({record.annotator for record in people}):
                self.labels.addItem(f"only those of {name}", name)
        self.labels.setCurrentIndex(max(0, self.labels.findText(chosen)))

    # -- inside -------------------------------------------------------------------------------------------

    def _arguments(self) -> list[str]:
        project, name = self._session.project, self.name.text().strip()
        if project is None:
            raise LearnError("Open a project first: a model learns from its labels.")
        if not name:
            raise LearnError("Give the model a name.")
        arguments = ["train", str(project.folder), "--model", name, "--events"]
        arguments += ["--split", self.split.currentData(), "--seed", str(self.seed.value()), *self._kind()]
        given = {
            "--labels": self.labels.currentData(),
            "--crop": self.crop.text().replace(" ", "") if self._can_crop() else "",
            "--as": self._session.annotator,
        }
        for option, value in given.items():
            arguments += [option, value] if value else []
        return [*arguments, "--replace"] if self.replace.isChecked() else arguments

    def _kind(self) -> list[str]:
        backbone = self.kind.currentData()
        if not backbone:
            epochs = ["--epochs", str(self.epochs.value())] if self.epochs.value() else []
            rule = ["--rule", self.rule.currentData()] if self.rule.currentData() else []
            flip = [self.flip.currentData()] if self.flip.currentData() else []
            return ["--tier", "batch", "--recipe", self.recipe.currentText(), *epochs, *rule, *flip]
        weights = self.weights.text().strip() if ENTRIES[backbone].learned == "elsewhere" else ""
        return ["--backbone", backbone, *(["--weights", str(Path(weights).expanduser())] if weights else [])]

    def _can_crop(self) -> bool:
        return self.kind.currentData() != "ethocnn" and (
            bool(self.kind.currentData()) or self.recipe.currentText() == "modern"
        )

    def _show_rows(self) -> None:
        backbone = self.kind.currentData()
        shown = {
            self.weights_row: bool(backbone) and ENTRIES[backbone].learned == "elsewhere",
            self.recipe_row: not backbone,
            self.stacks_row: not backbone,
            self.crop: self._can_crop(),
        }
        for widget, there in shown.items():
            label = self._form.labelForField(widget)
            if label is not None:
                label.setVisible(there)
            widget.setVisible(there)
        self.adjustSize()

    def _on_answer(self, answer: dict[str, Any], sentences: list[str]) -> None:
        figures = {metric["name"]: metric for metric in answer["metrics"]}
        said = [f"The model '{answer['name']}' is among the models of the project ({answer['split']})."]
        for name in ("frame accuracy", "macro accuracy"):
            metric = figures[name]
            if metric["value"] is None:
                said.append(f"{name}: not defined because {metric['why']}.")
                continue
            range_ = f" ({metric['low']:.3f} to {metric['high']:.3f})" if metric["low"] is not None else ""
            said.append(f"{name}: {metric['value']:.3f}{range_}.")
        self.told.setText("\n".join([*said, *sentences]))
        self.told.show()
        self.adjustSize()
        self._session.models_changed()

    def _create_choices(self) -> None:
        self.name, self.weights, self.crop = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.name.setObjectName("train_other_name")
        self.weights.setObjectName("train_other_weights")
        self.weights.setPlaceholderText("a file of weights, or a model folder")
        self.crop.setObjectName("train_other_crop")
        self.crop.setPlaceholderText("all of it; or left, top, width, height in pixels")
        self.crop.setToolTip(
            "The part of every picture that the model looks at, here and wherever it is used."
        )
        self.kind = choice("train_other_kind", "What the model is made of.", self)
        for entry in ENTRIES.values():
            self.kind.addItem(entry.name, entry.name)
        self.kind.addItem(BATCH_TIER, "")
        self.recipe = choice("train_other_recipe", "The modern recipe, or all as published.", self)
        self.recipe.addItems(["modern", "published"])
        self.epochs = QSpinBox(self)
        self.epochs.setObjectName("train_other_epochs")
        self.epochs.setRange(0, 1000)
        self.epochs.setSpecialValueText("epochs of the recipe")
        self.epochs.setSuffix(" epochs")
        self.rule = choice("train_other_rule", "How the one label of eleven frames is found.", self)
        self.flip = choice(
            "train_other_flip",
            "Whether left and right are exchanged in some stacks; not where a cage's sides mean something.",
            self,
        )
        for combo, choices in ((self.rule, _RULES), (self.flip, _MIRRORED)):
            for text, value in choices:
                combo.addItem(text, value)
        self.labels = choice("train_other_labels", "Whose labels the model learns from.", self)
        self.split = choice("train_other_split", "What is kept apart between learning and testing.", self)
        for text, value in _SPLITS:
            self.split.addItem(text, value)
        self.seed = QSpinBox(self)
        self.seed.setObjectName("train_other_seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setToolTip("Of every random choice: the same seed gives the same model.")
        self.replace = QCheckBox("Replace a model of this name", self)
        self.replace.setObjectName("train_other_replace")
        self.choose = push_button("train_other_choose", "Choose", "Choose a file of weights.", self)
        self.choose.clicked.connect(lambda _checked=False: ask_weights(self, self.weights.setText))
        self.kind.currentIndexChanged.connect(lambda _index: self._show_rows())
        self.recipe.currentIndexChanged.connect(lambda _index: self._show_rows())
        self.show_project()

    def _lay_out(self) -> None:
        self.weights_row = paired(self.weights, self.choose)
        self.recipe_row = paired(self.recipe, self.epochs)
        self.stacks_row = paired(self.rule, self.flip)
        self._form = form = QFormLayout()
        for text, field in (
            ("Model", self.name),
            ("Kind", self.kind),
            ("Weights", self.weights_row),
            ("Recipe", self.recipe_row),
            ("Stacks", self.stacks_row),
            ("Labels", self.labels),
            ("Picture", self.crop),
            ("Kept apart", self.split),
            ("Seed", paired(self.seed, self.replace)),
        ):
            form.addRow(text, field)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.command)
        layout.addWidget(self.told)
