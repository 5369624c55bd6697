"""What several docks let people choose or type: files, folders, weights, behaviors that have another name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QLineEdit, QWidget

from .._reader import LABEL_ENDINGS
from ..annotation.recordings import STACK_ENDINGS, VIDEO_ENDINGS


def _offered(name: str, endings: Sequence[str]) -> str:
    return f"{name} ({' '.join(f'*{ending}' for ending in endings)});;All files (*)"


#: Which files a dialog offers.
RECORDING_FILES = _offered("Recordings", (*VIDEO_ENDINGS, *STACK_ENDINGS))
LABEL_FILES = _offered("Labels", LABEL_ENDINGS)
_WEIGHTS = "Weights of DeepEthoProfile (*.model *.pt *.pth);;All files (*)"


def ask_folder(parent: QWidget, title: str, take: Callable[[str], object]) -> None:
    """Let the user choose a folder, and hand it on."""
    folder = QFileDialog.getExistingDirectory(parent, title)
    if folder:
        take(folder)


def ask_weights(parent: QWidget, take: Callable[[str], object]) -> None:
    """Let the user choose a file of weights, and hand it on."""
    path, _ = QFileDialog.getOpenFileName(parent, "Choose weights", str(Path.home()), _WEIGHTS)
    if path:
        take(path)


def renaming_line(name: str, here: str, parent: QWidget) -> QLineEdit:
    """Return a line for what behaviors of a model are called `here`; `renaming.renamings` reads it."""
    line = QLineEdit(parent)
    line.setObjectName(name)
    line.setPlaceholderText("behaviors under another name: sleep=rest")
    line.setToolTip(f"Name in the model = name in {here}, with commas between several.")
    return line
