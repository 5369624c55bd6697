"""What kind of model is trained: rows of a form for all that ``train`` and ``evaluate`` can."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QFormLayout, QLineEdit, QMenu, QSpinBox, QWidget

from ..training.features.registry import ENTRIES
from .choosers import ask_folder, ask_weights
from .dropping import PathLine
from .forms import add_action, choice, paired, push_button

#: Of the two tiers, the one that is no head on features.
BATCH_TIER = "DeepEthoProfile network (batch tier)"
MODERN, PUBLISHED = "modern", "published"
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
_DEVICES = (
    ("fastest there is", "auto"),
    ("processor", "cpu"),
    ("CUDA", "cuda"),
    ("MPS", "mps"),
)


class KindRows(QObject):
    """Rows of a form, of which only those are shown that matter for the kind that is chosen.

    Parameters
    ----------
    prefix
        What the names of the fields begin with.
    form
        Gets the rows below those that it has.
    parent
        The widget that shows the form.

    Signals
    -------
    changed
        Another kind is chosen: rows come and go.
    """

    changed = Signal()

    def __init__(self, prefix: str, form: QFormLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget, self._form, self._there = parent, form, True
        self._create_backbones(prefix)
        self._create_batch_tier(prefix)
        for combo in (self.kind, self.recipe):
            combo.currentIndexChanged.connect(lambda _index: self._show_rows())
        self._lay_out()
        self._show_rows()

    def show(self, there: bool) -> None:
        """Show the rows that matter; where no model is trained, that is where one runs."""
        self._there = there
        self._show_rows()

    def arguments(self) -> list[str]:
        """Return what is chosen as options of the command."""
        crop = self.crop.text().replace(" ", "") if self._can_crop() else ""
        return [*self._tier(), *(["--crop", crop] if crop else []), *self.device_arguments()]

    def device_arguments(self) -> list[str]:
        """Return where a network of the batch tier is trained and runs, as an option of the command."""
        device = self.device.currentData()
        return ["--device", device] if self._chooses_device() and device != "auto" else []

    # -- inside -------------------------------------------------------------------------------------------

    def _tier(self) -> list[str]:
        backbone = self.kind.currentData()
        if not backbone:
            epochs = ["--epochs", str(self.epochs.value())] if self.epochs.value() else []
            rule = ["--rule", self.rule.currentData()] if self.rule.currentData() else []
            flip = [self.flip.currentData()] if self.flip.currentData() else []
            return ["--tier", "batch", "--recipe", self.recipe.currentText(), *epochs, *rule, *flip]
        weights = self.weights.text().strip() if self._needs_weights() else ""
        return ["--backbone", backbone, *(["--weights", str(Path(weights).expanduser())] if weights else [])]

    def _needs_weights(self) -> bool:
        backbone = self.kind.currentData()
        return bool(backbone) and ENTRIES[backbone].learned == "elsewhere"

    def _can_crop(self) -> bool:
        """Return whether the part of the picture can be chosen: what is published has one of its own."""
        backbone = self.kind.currentData()
        return backbone != "ethocnn" if backbone else self.recipe.currentText() == MODERN

    def _chooses_device(self) -> bool:
        """Return whether a network of the batch tier may run: a trained model can be one."""
        return not self._there or not self.kind.currentData()

    def _show_rows(self) -> None:
        shown = {
            self.kind: True,
            self.weights_row: self._needs_weights(),
            self.recipe_row: not self.kind.currentData(),
            self.stacks_row: not self.kind.currentData(),
            self.crop: self._can_crop(),
        }
        for widget, there in shown.items():
            self._form.setRowVisible(widget, there and self._there)
        self._form.setRowVisible(self.device, self._chooses_device())
        self.changed.emit()

    def _create_backbones(self, prefix: str) -> None:
        self.kind = choice(f"{prefix}_kind", "What the model is made of.", self._widget)
        for entry in ENTRIES.values():
            self.kind.addItem(entry.name, entry.name)
        self.kind.addItem(BATCH_TIER, "")
        self.weights, self.crop = PathLine(self._widget), QLineEdit(self._widget)
        self.weights.setObjectName(f"{prefix}_weights")
        self.weights.setPlaceholderText("a file of weights, or a model folder")
        menu = QMenu(self._widget)
        add_action(menu, "File of weights…", lambda: ask_weights(self._widget, self.weights.setText))
        add_action(menu, "Folder…", lambda: ask_folder(self._widget, "Choose a folder", self.weights.setText))
        self.choose_weights = push_button(
            f"{prefix}_choose_weights", "Choose", "Choose the weights of the backbone.", self._widget, menu
        )
        self.crop.setObjectName(f"{prefix}_crop")
        self.crop.setPlaceholderText("all of it; or left, top, width, height in pixels")
        self.crop.setToolTip(
            "The part of every picture that the model looks at, here and wherever it is used."
        )

    def _create_batch_tier(self, prefix: str) -> None:
        self.recipe = choice(f"{prefix}_recipe", "The modern recipe, or all as published.", self._widget)
        self.recipe.addItems([MODERN, PUBLISHED])
        self.epochs = QSpinBox(self._widget)
        self.epochs.setObjectName(f"{prefix}_epochs")
        self.epochs.setRange(0, 1000)
        self.epochs.setSpecialValueText("epochs of the recipe")
        self.epochs.setSuffix(" epochs")
        self.epochs.setToolTip("Times that the labels are shown to the network.")
        self.rule = choice(f"{prefix}_rule", "How the one label of eleven frames is found.", self._widget)
        self.flip = choice(
            f"{prefix}_flip",
            "Whether left and right are exchanged in some stacks; not where a cage's sides mean something.",
            self._widget,
        )
        self.device = choice(
            f"{prefix}_device", "Where a network of the batch tier is trained and runs.", self._widget
        )
        for combo, choices in ((self.rule, _RULES), (self.flip, _MIRRORED), (self.device, _DEVICES)):
            for text, value in choices:
                combo.addItem(text, value)

    def _lay_out(self) -> None:
        self.weights_row = paired(self.weights, self.choose_weights)
        self.recipe_row = paired(self.recipe, self.epochs)
        self.stacks_row = paired(self.rule, self.flip)
        for text, field in (
            ("Kind", self.kind),
            ("Weights", self.weights_row),
            ("Recipe", self.recipe_row),
            ("Stacks", self.stacks_row),
            ("Runs on", self.device),
            ("Picture", self.crop),
        ):
            self._form.addRow(text, field)
