"""One command of ``ethoprofile`` in a process of its own, so that the window stays quick and can stop it."""

from __future__ import annotations

import json
import sys
from typing import Any

import psutil
from qtpy.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal

#: Milliseconds until a process that was asked to end is killed: a training keeps how far it is. On Windows
#: nothing but killing ends a process without a window.
GRACE_MS = 2000 if sys.platform == "win32" else 30_000
#: Milliseconds to wait for a process that was killed.
_KILLED_MS = 2000
_NICE = 10
_PREFIX = "ethoprofile: "


class CommandProcess(QObject):
    """Runs ``ethoprofile COMMAND ... --json`` and tells what it answers; one at a time.

    Signals
    -------
    staged
        What is being done, how much of it is done, and how much there is (0 where nobody knows).
    answered
        The answer, and the sentences that the command said beside it.
    failed
        One sentence on why there is no answer.
    stopped
        It was stopped on request; what it said about that, if anything.
    """

    staged = Signal(str, int, int)
    answered = Signal(object, list)
    failed = Signal(str)
    stopped = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._answer, self._said = bytearray(), bytearray()
        self._sentences: list[str] = []
        self._stopping = False
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.setInterval(GRACE_MS)
        self._grace.timeout.connect(self._kill)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    @property
    def running(self) -> bool:
        """Whether a command is at work."""
        return self._process is not None

    def start(self, *arguments: str) -> None:
        """Run a command; `arguments` begin with its name."""
        if self._process is not None:
            raise RuntimeError("A command is running already.")
        self._answer, self._said, self._sentences = bytearray(), bytearray(), []
        self._stopping = False
        process = self._process = QProcess(self)
        process.setProgram(sys.executable)
        process.setArguments(["-m", "napari_ethoprofile", *arguments, "--json"])
        process.readyReadStandardOutput.connect(self._read_answer)
        process.readyReadStandardError.connect(self._read_said)
        process.started.connect(self._make_polite)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.start()
        process.closeWriteChannel()

    def stop(self) -> None:
        """Ask the command to end; it is killed when it does not."""
        if self._process is not None:
            self._stopping = True
            self._process.terminate()
            self._grace.start()

    def close(self) -> None:
        """End without telling anybody: the window goes."""
        process, self._process = self._process, None
        self._grace.stop()
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(_KILLED_MS)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _read_answer(self) -> None:
        if self._process is not None:
            self._answer += self._process.readAllStandardOutput().data()

    def _read_said(self) -> None:
        if self._process is None:
            return
        self._said += self._process.readAllStandardError().data()
        *lines, rest = self._said.split(b"\n")
        self._said = bytearray(rest)
        for line in lines:
            self._take(line.decode("utf-8", "replace").strip())

    def _take(self, line: str) -> None:
        try:
            event = json.loads(line)
            self.staged.emit(event["stage"], int(event["done"]), int(event["total"] or 0))
        except (ValueError, TypeError, KeyError):
            if line:
                self._sentences.append(line)

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_answer()
        self._read_said()
        self._take(self._said.decode("utf-8", "replace").strip())
        self._let_go()
        if self._stopping:
            self.stopped.emit(self._last_words())
            return
        answer = self._parsed() if code == 0 and status == QProcess.ExitStatus.NormalExit else None
        if answer is None:
            self.failed.emit(self._why(code))
        else:
            self.answered.emit(answer, list(self._sentences))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            why = self._process.errorString()
            self._let_go()
            self.failed.emit(f"The command could not be started: {why}.")

    def _let_go(self) -> None:
        self._grace.stop()
        if self._process is not None:
            self._process.deleteLater()
        self._process = None

    def _parsed(self) -> Any:
        try:
            return json.loads(self._answer.decode("utf-8"))
        except ValueError:
            return None

    def _why(self, code: int) -> str:
        last = f": {self._sentences[-1]}" if self._sentences else "."
        return self._last_words() or f"The command ended early (status {code}){last}"

    def _last_words(self) -> str:
        """Return the sentence with which the command gave up; empty where there is none."""
        said = (line.removeprefix(_PREFIX) for line in reversed(self._sentences) if line.startswith(_PREFIX))
        return next(said, "")

    def _make_polite(self) -> None:
        """Let the window go first."""
        if self._process is None:
            return
        try:
            # The constant exists on Windows only, where there is no niceness.
            niceness = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _NICE)
            psutil.Process(self._process.processId()).nice(niceness)
        except psutil.Error:
            return  # it ended already, or the system does not allow it
