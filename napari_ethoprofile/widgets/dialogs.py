"""Short questions to the user: where to go, a note, whether to submit."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from qtpy.QtWidgets import QInputDialog, QMessageBox, QWidget

from ..jobs.status import AtClose, TrainingStatus
from ..navigation import parse_position
from ..session import OpenPass


class Unsaved(StrEnum):
    """What becomes of changes that the disk refuses while the window closes."""

    AGAIN = "try again"
    LOSE = "close and lose them"
    STAY = "keep the window open"


class WindowDialogs:
    """Asks the questions of `commands.Dialogs` in modal dialogs over the window.

    Parameters
    ----------
    parent
        The main window.
    show_help
        Opens the help panel.
    """

    def __init__(self, parent: QWidget, show_help: Callable[[], None]) -> None:
        self._parent = parent
        self._show_help = show_help

    def ask_frame(self, current: OpenPass, frame: int) -> int | None:
        """Ask for a frame or time of the clip; None when the user gives up."""
        prompt = f"Frame (0 to {current.frames - 1}), time (1:30) or seconds (90s):"
        text, ok = QInputDialog.getText(self._parent, "Go to", prompt, text=str(frame))
        if not ok:
            return None
        target = parse_position(text, current.fps)
        if target is None or not 0 <= target < current.frames:
            self.tell(f"'{text}' is not a frame or time of this clip.")
            return None
        return target

    def ask_note(self, text: str) -> str | None:
        """Ask for the note on a bout; None when the user gives up."""
        note, ok = QInputDialog.getText(self._parent, "Note", "Note on this bout:", text=text)
        return note.strip() if ok else None

    def confirm_submit(self, unlabeled: int, frames: int) -> bool:
        """Ask whether a pass with unlabeled frames is submitted."""
        box = QMessageBox(self._parent)
        box.setWindowTitle("Submit clip")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(f"{unlabeled} of {frames} frames are still unlabeled. Submit the clip all the same?")
        box.setInformativeText("They stay unlabeled; Tab jumps to the next unlabeled stretch.")
        submit = box.addButton("Submit", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Keep scoring", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is submit

    def ask_at_close(self, status: TrainingStatus) -> AtClose:
        """Ask what becomes of a training that runs, or is being prepared, while the window closes."""
        box = QMessageBox(self._parent)
        box.setWindowTitle("Training")
        box.setIcon(QMessageBox.Icon.Question)
        what = (
            f"The model '{status.model}' is being trained"
            if status.state.live
            else "A training is being prepared"
        )
        box.setText(f"{what}. Should that go on when napari is closed?")
        box.setInformativeText(
            "A training that goes on is found again when the project is opened. One that is stopped can be "
            "resumed."
        )
        keep = box.addButton("Keep running", QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton("Stop training", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        answers = {keep: AtClose.KEEP, stop: AtClose.STOP}
        return answers.get(box.clickedButton(), AtClose.CANCEL)

    def ask_unsaved(self, why: str, *, may_stay: bool) -> Unsaved:
        """Ask what becomes of changes that the disk refuses while the window closes."""
        box = QMessageBox(self._parent)
        box.setWindowTitle("Not saved")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText("The last changes of the open clip are not saved.")
        box.setInformativeText(why)
        again = box.addButton("Try again", QMessageBox.ButtonRole.AcceptRole)
        lose = box.addButton("Close and lose them", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Keep open", QMessageBox.ButtonRole.RejectRole) if may_stay else again
        box.setDefaultButton(again)
        box.setEscapeButton(stay)
        box.exec()
        answers = {again: Unsaved.AGAIN, lose: Unsaved.LOSE}
        return answers.get(box.clickedButton(), Unsaved.STAY)

    def show_help(self) -> None:
        """Show all keys."""
        self._show_help()

    def tell(self, text: str) -> None:
        """Tell the user one sentence that must be read."""
        QMessageBox.warning(self._parent, "EthoProfile", text)

    def confirm(self, title: str, text: str) -> bool:
        """Ask a yes-or-no question."""
        answer = QMessageBox.question(self._parent, title, text)
        return answer == QMessageBox.StandardButton.Yes

    def choose(self, title: str, prompt: str, texts: list[str]) -> int | None:
        """Let the user choose one of some texts; None when they give up."""
        text, ok = QInputDialog.getItem(self._parent, title, prompt, texts, editable=False)
        return texts.index(text) if ok else None

    def ask_name(self, title: str, prompt: str, name: str) -> str | None:
        """Ask for a name; None when the user gives up or leaves it empty."""
        text, ok = QInputDialog.getText(self._parent, title, prompt, text=name)
        return " ".join(text.split()) or None if ok else None
