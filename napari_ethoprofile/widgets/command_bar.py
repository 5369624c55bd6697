"""The bar that a dock has for a command: start, stop, how far it is, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from ..annotation.errors import EthoprofileError
from ..annotation.project import Project
from ..command_process import CommandProcess
from .forms import Notice, push_button
from .scrolled import Scrolled

#: Pixels that a sentence of the bar takes at most.
_HIGHEST = 96


@dataclass(frozen=True, slots=True)
class Source:
    """What a command works on.

    Attributes
    ----------
    folder
        Of the project or the database.
    database
        Whether it is a database.
    """

    folder: Path = Path()
    database: bool = False

    def suits(self, project: Project | None) -> bool:
        """Return whether it is the open project, or a database, which belongs to no project."""
        return self.database or (project is not None and project.folder == self.folder)

    def name(self, project: Project | None) -> str:
        """Return what it is called while a project is open."""
        kind, other = "database" if self.database else "project", ", which is not the open one"
        return f"{kind} '{self.folder.name}'{'' if self.suits(project) else other}"


class CommandBar(QWidget):
    """Starts a command in a process of its own and shows how far it is.

    Parameters
    ----------
    name
        Begins the names of its parts.
    text, tooltip
        Of the button that starts.
    arguments
        Returns the command with its arguments, or None to leave it; an `EthoprofileError` becomes the
        sentence below.

    Attributes
    ----------
    source
        What the command that runs, or ran last, works on; whoever makes its arguments says so.

    Signals
    -------
    asked
        Somebody asks for it to start.
    answered
        The answer of the command, and the sentences that it said beside it.
    """

    asked = Signal()
    answered = Signal(object, list)

    def __init__(
        self,
        name: str,
        text: str,
        tooltip: str,
        arguments: Callable[[], list[str] | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._arguments = arguments
        self.source, self._about = Source(), ""
        self.process = CommandProcess(self)
        self.go = push_button(f"{name}_go", text, tooltip, self)
        self.halt = push_button(f"{name}_stop", "Stop", "Stop it; there will be no result.", self)
        self.stage = QLabel(self)
        self.stage.setObjectName(f"{name}_stage")
        self.bar = QProgressBar(self)
        self.bar.setObjectName(f"{name}_bar")
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(10)
        self.notice = Notice(f"{name}_notice", self)
        self.said = Scrolled(f"{name}_said", self.notice, self, _HIGHEST, _HIGHEST)
        line = QHBoxLayout()
        line.addWidget(self.go)
        line.addWidget(self.halt)
        line.addWidget(self.stage, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addWidget(self.said)
        self.go.clicked.connect(self.start)
        self.halt.clicked.connect(self.process.stop)
        self.process.staged.connect(self._on_stage)
        self.process.answered.connect(self._on_answer)
        self.process.failed.connect(lambda why: self._ended(f"{self._about}{why}", problem=True))
        self.process.stopped.connect(self._on_stopped)
        self._ended("")

    def start(self) -> None:
        """Begin, or say what is missing."""
        self.asked.emit()
        try:
            arguments = self._arguments()
        except EthoprofileError as error:
            self.tell(str(error), problem=True)
            return
        self.tell("")
        if arguments is None:
            return
        self._about = ""
        self.process.start(*arguments)
        self._show(running=True)
        self.stage.setText("starting")
        self.bar.setRange(0, 0)

    def show_project(self, project: Project | None) -> None:
        """Forget what was said before another project was opened; what is still to come names its own."""
        self._about = "" if self.source.suits(project) else f"In the {self.source.name(project)}: "
        self.tell("")

    def _on_stage(self, stage: str, done: int, total: int) -> None:
        self.stage.setText(stage)
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _on_answer(self, answer: object, sentences: list[str]) -> None:
        self._ended("")
        self.answered.emit(answer, sentences)

    def _on_stopped(self, sentence: str) -> None:
        self._ended(f"{self._about}{sentence or 'Stopped before it was done.'}")

    def _ended(self, sentence: str, *, problem: bool = False) -> None:
        self.tell(sentence, problem=problem)
        self.stage.clear()
        self._show(running=False)

    def tell(self, sentence: str, *, problem: bool = False) -> None:
        """Show a sentence below; an empty one takes no room."""
        self.notice.tell(sentence, problem=problem)
        self.said.setVisible(bool(sentence))
        self.said.fit()

    def _show(self, *, running: bool) -> None:
        self.go.setEnabled(not running)
        self.halt.setEnabled(running)
        self.bar.setVisible(running)
