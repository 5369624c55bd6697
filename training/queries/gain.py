"""What a list is expected to teach, kept as long as it is the latest of somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...annotation.project import Project

_KEY = "queries.expected_wrong"


def keep_gain(project: Project, annotator: str, batch: int, wrong: float | None) -> None:
    """Keep in how many seconds of a list the model was expected to be wrong; None without a model."""
    kept = project.settings.get(_KEY, {}) | {annotator: [batch, wrong]}
    project.settings.set(_KEY, kept)


def gain_of(project: Project, annotator: str, batch: int) -> float | None:
    """Return in how many seconds of a list the model was expected to be wrong; None where nobody knows."""
    for name in (annotator, ""):
        found, wrong = project.settings.get(_KEY, {}).get(name, (0, None))
        if found == batch:
            return None if wrong is None else float(wrong)
    return None
