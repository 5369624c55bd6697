"""The folder of a job: what to train and on what, written whole before the start, never changed after."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...annotation.errors import LearnError
from ...annotation.files import write_whole
from ..fitting import HeadFit
from ..interactive import Recipe
from ..snapshots import Snapshot

if TYPE_CHECKING:
    from ...annotation.project import Project

FOLDER_NAME = "jobs"
PLAN_NAME = "job.json"

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job does; ``job.json``.

    Attributes
    ----------
    id
        Name of the job's folder; later jobs sort behind earlier ones.
    model, backbone, options, unit, seed, head
        The recipe as plain data; see `training.interactive.Recipe`.
    cache
        Folder of derived data, from the job's folder on.
    champion, current
        Folder (from the job's folder on) and id of the current model; empty where there is none.
    clips
        Clips that are labeled with the new model, plain data.
    reason
        Why it was started, for the history of jobs.
    author
        Who started it; empty where nobody said.
    created
        UTC stamp, ISO 8601.
    """

    id: str
    model: str
    backbone: str
    options: dict[str, Any]
    unit: str
    seed: int
    head: dict[str, Any]
    cache: str
    champion: str = ""
    current: str = ""
    clips: tuple[dict[str, Any], ...] = ()
    reason: str = ""
    author: str = ""
    created: str = ""

    @property
    def recipe(self) -> Recipe:
        """What to train."""
        return Recipe(self.model, self.backbone, self.options, self.unit, self.seed, HeadFit(**self.head))


@dataclass(frozen=True)
class Job:
    """A job's folder.

    Attributes
    ----------
    folder
        The folder.
    plan
        What the job does.
    """

    folder: Path
    plan: Plan = field(compare=False)

    @property
    def id(self) -> str:
        """The name of the folder."""
        return self.plan.id

    @property
    def cache_folder(self) -> Path:
        """Folder of derived data."""
        return self._beside(self.plan.cache)

    @property
    def champion(self) -> Path | None:
        """Folder of the model that was the current one when the job was made."""
        return self._beside(self.plan.champion) if self.plan.champion else None

    @property
    def result(self) -> Path:
        """Folder that holds the result; it is there when the job is done, and not before."""
        return self.folder / "result"

    @property
    def checkpoints(self) -> Path:
        """Folder of parts that are finished."""
        return self.folder / "checkpoints"

    @property
    def status_file(self) -> Path:
        """How far the job is."""
        return self.folder / "status.json"

    @property
    def started_file(self) -> Path:
        """Which process was started for the job beside a window."""
        return self.folder / "started.json"

    @property
    def metrics_file(self) -> Path:
        """Every figure that was told, a JSON line each."""
        return self.folder / "metrics.jsonl"

    @property
    def events_file(self) -> Path:
        """What a job beside a window says on its standard output."""
        return self.folder / "events.jsonl"

    @property
    def log_file(self) -> Path:
        """What was done when, and where it broke."""
        return self.folder / "run.log"

    @property
    def stop_file(self) -> Path:
        """Asks a running job to stop, when it is there."""
        return self.folder / "stop"

    @property
    def adopted_file(self) -> Path:
        """Says that the result was taken over, and as what."""
        return self.folder / "adopted.json"

    def snapshot(self) -> Snapshot:
        """Return the labels to learn from."""
        return Snapshot.read(self.folder / "snapshot")

    def holdout(self) -> Snapshot | None:
        """Return the labels that decide whether the new model is better; None where there are none."""
        folder = self.folder / "holdout"
        return Snapshot.read(folder) if folder.is_dir() else None

    def _beside(self, path: str) -> Path:
        return Path(os.path.normpath(self.folder / path))


def write_job(home: Path, plan: Plan, snapshot: Snapshot, holdout: Snapshot | None = None) -> Job:
    """Write the folder of a job at once: it is there whole, or not at all.

    Parameters
    ----------
    home
        The folder of jobs; made where needed.
    plan
        What to do.
    snapshot, holdout
        What to learn from, and what decides whether the new model is better.

    Raises
    ------
    LearnError
        When the disk refuses; nothing is left then.
    """
    fresh = home / f".tmp-{plan.id}"
    try:
        fresh.mkdir(parents=True)
        snapshot.write(fresh / "snapshot")
        if holdout is not None:
            holdout.write(fresh / "holdout")
        text = json.dumps({"format": _FORMAT} | asdict(plan), indent=1, ensure_ascii=False)
        write_whole(fresh / PLAN_NAME, text + "\n")
        os.rename(fresh, home / plan.id)
    except OSError as error:
        raise LearnError(
            f"The training could not be prepared in {home}: {error.strerror or error}; nothing was changed."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Job((home / plan.id).resolve(), plan)


def read_job(folder: Path | str) -> Job:
    """Read the folder of a job.

    Raises
    ------
    LearnError
        When there is none, or its plan is damaged.
    """
    home = Path(folder).resolve()
    path = home / PLAN_NAME
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("format") != _FORMAT:
            raise LearnError(f"The job {home} was written by another version of the program; start it anew.")
        return Job(home, Plan(**data | {"clips": tuple(data.pop("clips"))}))
    except OSError as error:
        raise LearnError(f"{home} is not a training job: its {PLAN_NAME} cannot be read.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LearnError(f"The training job {home} is damaged; start a new one.") from error


def new_id(stamp: str) -> str:
    """Return an id for a job that is made at this time (UTC, ISO 8601)."""
    digits = "".join(letter for letter in stamp[:19] if letter.isdigit())
    return f"{digits[:8]}-{digits[8:]}-{secrets.token_hex(2)}"


def jobs_folder(project: Project) -> Path:
    """Return the folder that holds the jobs of a project."""
    return project.folder / FOLDER_NAME


def list_jobs(project: Project) -> list[Job]:
    """Return the jobs of a project, oldest first; folders that are no job are passed over."""
    home = jobs_folder(project)
    found = []
    for folder in sorted(home.iterdir()) if home.is_dir() else ():
        if folder.name.startswith(".") or not (folder / PLAN_NAME).is_file():
            continue
        try:
            found.append(read_job(folder))
        except LearnError:
            continue
    return found


def find_job(project: Project, name: str) -> Job:
    """Return the job of this id, or raise `LearnError`."""
    for job in list_jobs(project):
        if job.id == name:
            return job
    raise LearnError(f"The project has no training job '{name}'; 'ethoprofile jobs' lists them.")
