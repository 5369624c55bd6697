"""Bringing finished passes home, from a bundle or from a project folder on another computer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ProjectError
from ..project import Merged, Project
from .archive import reading_archive


def merge(project: Project, source: Path, annotator: str | None = None) -> Merged:
    """Add the finished passes of a bundle or of another project folder to a project, as passes of their own.

    Nothing is overwritten, and merging twice changes nothing. When anything goes wrong, the project stays as
    it was.

    Parameters
    ----------
    project
        The open project that the work belongs to.
    source
        A bundle of finished passes; or a project folder: one that was made from a bundle, or a copy of this
        project.
    annotator
        Only passes of this person, from a folder.

    Raises
    ------
    ProjectError
        When the source is damaged or of another project, or labels have no place here.
    """
    return project.take_in(_read(project, source, annotator), str(source))


def _read(project: Project, source: Path, annotator: str | None) -> dict[str, Any]:
    if not source.is_dir():
        with reading_archive(source) as (work, _archive):
            return work
    if source.resolve() == project.folder:
        raise ProjectError("A project cannot be merged into itself.")
    other = Project.open(source, read_only=True)
    try:
        return other.finished_work(annotator)
    finally:
        other.close()
