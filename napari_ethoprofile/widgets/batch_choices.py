"""The choices above the batch queue: the model, where results go, and what few recordings need."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from qtpy.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QMenu,
    QSpinBox,
    QWidget,
)

from ..annotation.errors import LearnError
from ..annotation.project import Project
from ..prediction_process import CommandLabeling
from ..renaming import renamings
from ..training.models import find_model, list_models
from ..training.stacks import FRAMES
from .choosers import ask_folder, ask_weights, renaming_line
from .dropping import PathLine
from .forms import add_action, choice, paired, push_button

_DEVICES = {"fastest there is": "auto", "processor": "cpu", "CUDA": "cuda", "MPS": "mps"}
#: The least value of a spin box stands for what is usual.
_USUAL = 0


class BatchChoices(QWidget):
    """Asks which model labels the recordings and clips of a queue, and how.

    Parameters
    ----------
    open_project
        Returns the project that is open in the window, whose models are offered by name.
    """

    def __init__(self, open_project: Callable[[], Project | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_project = open_project
        self.model, self.out = PathLine(self), PathLine(self)
        self.model.setObjectName("batch_model")
        self.model.setPlaceholderText("name, folder or weights")
        self.model.setToolTip(
            "A model of the open project by its name, a model folder, or weights such as mouse_v5.model. "
            "Clips of a project are labeled by the model that has this name there."
        )
        self.out.setObjectName("batch_out")
        self.out.setPlaceholderText("beside each recording")
        self.out.setToolTip("Clips of a project get a pass there in place of files.")
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self._fill_menu()
        self.choose_model = push_button(
            "choose_model", "Choose", "Choose the model that labels.", self, self.menu
        )
        self.choose_out = push_button("choose_out", "Choose", "Choose where the result files go.", self)
        self.choose_out.clicked.connect(
            lambda _checked=False: ask_folder(self, "Choose a folder for the results", self.out.setText)
        )
        self.device = self._devices()
        self.stride = self._stride()
        self.fps = self._fps()
        self.names = renaming_line("batch_names", "the results", self)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Model", paired(self.model, self.choose_model))
        form.addRow("Results", paired(self.out, self.choose_out))
        form.addRow("Runs on", self.device)
        form.addRow("Step", self.stride)
        form.addRow("Frames/s", self.fps)
        form.addRow("Called here", self.names)

    def labeling(self, other_projects: bool = False) -> CommandLabeling:
        """Return what is chosen.

        Parameters
        ----------
        other_projects
            Whether clips of other projects than the open one wait: a name may be that of a model there.

        Raises
        ------
        EthoprofileError
            When no model is chosen, or there is none of that name, or a behavior is renamed to nothing.
        """
        text = self.model.text().strip()
        if not text:
            raise LearnError(
                "Choose the model that labels: a model folder, weights, or a model of the open project."
            )
        path, folder = Path(text).expanduser(), self.out.text().strip()
        weights = path.is_file()
        return CommandLabeling(
            str(path) if weights else self._model_called(text, other_projects),
            Path(folder).expanduser() if folder else None,
            _DEVICES[self.device.currentText()],
            self.stride.value() or None,
            self.fps.value() or None,
            renamings(self.names.text()),
            "" if weights else text,
        )

    def _model_called(self, name: str, other_projects: bool) -> str:
        """Return the folder of a model of the open project, or what only other projects may know."""
        try:
            return str(find_model(name, self._open_project()))
        except LearnError:
            if not other_projects:
                raise
            return name

    def _fill_menu(self) -> None:
        self.menu.clear()
        project, choose = self._open_project(), self.model.setText
        for card in list_models(project) if project is not None else ():
            add_action(self.menu, card.name, partial(choose, card.name))
        self.menu.addSeparator()
        add_action(self.menu, "Model folder…", lambda: ask_folder(self, "Choose a folder", choose))
        add_action(self.menu, "Weights of DeepEthoProfile…", lambda: ask_weights(self, choose))

    def _devices(self) -> QComboBox:
        box = choice("batch_device", "Where a network of the batch tier runs.", self)
        box.addItems(list(_DEVICES))
        return box

    def _stride(self) -> QSpinBox:
        box = QSpinBox(self)
        box.setObjectName("batch_stride")
        box.setRange(_USUAL, 10 * FRAMES)
        box.setSpecialValueText("as usual")
        box.setSuffix(" frames a step")
        box.setToolTip(
            f"Models of the batch tier look at stacks of {FRAMES} frames. With fewer of them from one to the "
            "next, stacks overlap: finer, and slower."
        )
        return box

    def _fps(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setObjectName("batch_fps")
        box.setRange(_USUAL, 1000)
        box.setDecimals(2)
        box.setSpecialValueText("as the file says")
        box.setSuffix(" frames/s")
        box.setToolTip("For image stacks, which do not say how many frames a second they have.")
        return box
