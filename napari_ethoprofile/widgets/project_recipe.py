"""What the new-project assistant collects, and the making of the project from it in one go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..annotation.errors import EthoprofileError, ProjectError
from ..annotation.ethogram import Ethogram, preset
from ..annotation.project import Project, Purpose
from ..annotation.project.folders import (
    CACHE_NAME,
    DATABASE_NAME,
    LABELS_NAME,
    MARKER_NAME,
    claim_folder,
)
from .clip_plan import ClipPlan, sources_of

#: Called with what is being done, how much of it is done, and how much there is (0: not known).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ChosenRecording:
    """A recording that goes into the project.

    Attributes
    ----------
    path
        The file.
    subject
        Id of the animal; empty to take it from the file name where that says.
    recorded_at
        When frame 0 was recorded; None to take it from the file name.
    """

    path: Path
    subject: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class ProjectRecipe:
    """Everything that a new project is made of.

    Attributes
    ----------
    folder, name
        Where it goes and what it is called.
    ethogram
        Its behaviors.
    annotator, initials
        Who made it.
    recordings
        Its recordings, in order.
    subjects
        A CSV file about the animals, or None.
    lights
        When the lights go on and off, as ``HH:MM``; None when not known.
    plan
        Which clips to score.
    holdout
        How many animals to keep for comparing models; fewer where not as many would stay to learn from.
    """

    folder: Path
    name: str
    ethogram: Ethogram = field(default_factory=lambda: preset("empty"))
    annotator: str = ""
    initials: str = ""
    recordings: tuple[ChosenRecording, ...] = ()
    subjects: Path | None = None
    lights: tuple[str, str] | None = None
    plan: ClipPlan = field(default_factory=ClipPlan)
    holdout: int = 0

    def make(self, on_progress: Progress, cancelled: Callable[[], bool]) -> int:
        """Make the project; when a step fails or is canceled, nothing of it stays.

        Returns
        -------
        int
            Number of clips.

        Raises
        ------
        EthoprofileError
            When a step fails; the sentence says which and why.
        """
        existed = self.folder.exists()
        claim_folder(self.folder)
        try:
            project = Project.create(self.folder, self.ethogram, self.name)
            try:
                return self._fill(project, on_progress, cancelled)
            finally:
                project.close()
        except BaseException as error:
            _take_away(self.folder, existed, error)
            if cancelled():
                raise CanceledError("The project was not made; nothing of it is left.") from error
            raise

    def _fill(self, project: Project, on_progress: Progress, cancelled: Callable[[], bool]) -> int:
        project.add_annotator(self.annotator, self.initials)
        if self.lights is not None:
            project.set_lights(*self.lights)
        if self.subjects is not None:
            project.import_subjects(self.subjects)
        for number, recording in enumerate(self.recordings):
            if cancelled():
                raise CanceledError
            on_progress(f"Adding {recording.path.name}", number, len(self.recordings))
            project.add_video(recording.path, recording.subject, recording.recorded_at)
        number = min(self.holdout, project.spare_subjects())
        if number:
            project.keep_subjects(Purpose.CHAMPION, project.suggest_subjects(number))
        return self._add_clips(project, on_progress, cancelled) if self.recordings else 0

    def _add_clips(self, project: Project, on_progress: Progress, cancelled: Callable[[], bool]) -> int:
        """Add the plan's clips; the frames of recordings whose exact length matters are counted first."""
        sources, estimated = sources_of(project.videos())
        for video in sorted(self.plan.to_count(sources, estimated)):
            project.index_video(video, _counting(video, on_progress), cancelled)
        sources, _estimated = sources_of(project.videos())
        return len(project.add_clips(self.plan.stretches(sources), plan=self.plan.name))


def _counting(video: str, on_progress: Progress) -> Callable[[int, int | None], None]:
    return lambda done, total: on_progress(f"Counting the frames of {video}", done, total or 0)


class CanceledError(EthoprofileError):
    """The user stopped the making of a project."""


def _take_away(folder: Path, existed: bool, error: BaseException) -> None:
    """Remove what was made of a project that failed: nothing but our own files."""
    try:
        for name in (DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm", MARKER_NAME):
            (folder / name).unlink(missing_ok=True)
        for name in (CACHE_NAME, LABELS_NAME):
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        if not existed:
            folder.rmdir()
    except OSError as left:
        raise ProjectError(f"{error} What was begun is left in {folder}; it can be deleted.") from left


def place_problem(location: Path, name: str) -> str:
    """Return why no project can be made at ``location / name``; empty when it can."""
    folder = location / name
    if not location.is_dir():
        return f"There is no folder {location}; choose one that exists."
    if (location / DATABASE_NAME).exists():
        return f"{location} is a project itself; choose the folder around it."
    if (folder / DATABASE_NAME).exists():
        return f"{folder} is a project already; open it, or choose another name."
    if folder.is_file():
        return f"{folder} is a file; choose another name."
    if folder.is_dir() and any(folder.iterdir()):
        return f"The folder {folder} is not empty; choose another name, or a new folder."
    if not os.access(folder if folder.exists() else location, os.W_OK):
        return f"Nothing can be written to {location}; choose another folder."
    return ""
