"""What several docks let people choose or type: folders, weights, behaviors that have another name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QLineEdit, QWidget

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
