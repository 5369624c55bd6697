"""Labeling in a process of its own, so that the window stays quick: ``ethoprofile predict --events``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, Any

import psutil

from .annotation.errors import EthoprofileError
from .training.fitting import Cancelled, Progress
from .training.prediction import PredictionCanceledError
from .training.prediction_work import Labeling
from .training.queue import Item, Outcome, State, Work

#: Seconds between two questions whether to stop.
_ASK = 0.2
_NICE = 10


@dataclass(frozen=True, slots=True)
class CommandLabeling(Labeling):
    """How a queue is labeled by ``ethoprofile predict``; see `Labeling`.

    Attributes
    ----------
    name
        What the model was called by the user, where that can be a name: clips are labeled by the model that
        their own project calls so.
    """

    name: str = ""

    def arguments(self, clip: str = "") -> list[str]:
        """Return this as options of ``ethoprofile predict``, for a recording or for a clip of a project."""
        out = None if clip else self.out  # clips get passes
        chosen = {"--out": out, "--stride": self.stride, "--fps": self.fps}
        told = [f"{value}" for pair in chosen.items() if pair[1] is not None for value in pair]
        for old, new in self.names.items():
            told += ["--map", f"{old}={new}"]
        told += ["--clip", clip] if clip else []
        model = self.name if clip and self.name else self.model
        return ["--model", model, "--device", self.device, *told]


def work_in_process(labeling: CommandLabeling) -> Work:
    """Return what labels one recording or clip of a queue in a process of its own."""

    def work(item: Item, on_progress: Progress, cancelled: Cancelled) -> Outcome:
        command = [sys.executable, "-m", "napari_ethoprofile", "predict", str(item.source), "--events"]
        command += labeling.arguments(item.clip)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=complaints, text=True, encoding="utf-8"
            )
            _make_polite(process)
            stopper = threading.Thread(target=_stop_on_request, args=(process, cancelled), daemon=True)
            stopper.start()
            assert process.stdout is not None
            with process.stdout as lines:
                last, told = _followed(lines, on_progress)
            process.wait()
            stopper.join()
            complaints.seek(0)
            said = complaints.read()
        if cancelled():
            raise PredictionCanceledError("Stopped; what was computed is kept and goes on the next time.")
        return _outcome(last, told, said)

    return work


def _followed(lines: IO[str], on_progress: Progress) -> tuple[dict[str, Any], list[str]]:
    """Pass progress on; return the last event (empty where there was none), and what was told on the way."""
    last: dict[str, Any] = {}
    told: list[str] = []
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if "told" in event:
            told.append(event["told"])
            continue
        last = event
        if last.get("total"):
            on_progress(last["done"], last["total"])
    return last, told


def _outcome(last: dict[str, Any], told: list[str], said: str) -> Outcome:
    state = last.get("state")
    if state == State.PARTIAL:
        return Outcome(last["result"], partial=" ".join([last["sentence"], *told]))
    if state == State.DONE:
        return Outcome(last["result"], remark=" ".join(filter(None, [last["sentence"], *told])))
    sentences = [line for line in said.strip().splitlines() if line.strip()]
    why = last.get("sentence") or (sentences[-1] if sentences else "The program that labels ended early.")
    raise EthoprofileError(why.removeprefix("ethoprofile: "))


def _stop_on_request(process: subprocess.Popen[str], cancelled: Cancelled) -> None:
    """End the process when asked: blocks that are finished lie on the disk."""
    while True:
        try:
            process.wait(_ASK)
        except subprocess.TimeoutExpired:
            if cancelled():
                process.terminate()
                process.wait()
                return
        else:
            return


def _make_polite(process: subprocess.Popen[str]) -> None:
    """Let the window go first."""
    try:
        # The constant exists on Windows only, where there is no niceness.
        psutil.Process(process.pid).nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _NICE))
    except psutil.Error:
        return  # it ended already, or the system does not allow it
