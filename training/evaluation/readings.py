"""Logs of who asked a model about labels that are kept apart, when, and what came out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ..origin import now


def append_reading(path: Path, line: dict[str, Any]) -> None:
    """Add a reading to a log, with the time; lines are only ever added."""
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": now()} | line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return every reading of a log, oldest first."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
