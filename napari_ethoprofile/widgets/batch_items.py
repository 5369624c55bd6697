"""What files, folders and projects give to the batch queue, and the labels that an item has got."""

from __future__ import annotations

from pathlib import Path

from .._reader import is_project
from ..annotation.exchange import labels_of_pass
from ..annotation.formats import Labels, read_labels
from ..annotation.project import Project
from ..session import Session
from ..training.prediction_work import clips_of, recordings_of
from ..training.queue import Item

#: What the queue takes: a recording and nothing, or a project and the id of a clip.
Entry = tuple[Path, str]


def entries_of(path: Path) -> list[Entry]:
    """Return the clips of a project, the recordings in another folder and below it, or one recording.

    Raises
    ------
    EthoprofileError
        When there are none.
    """
    return clips_in(path) if is_project(path) else [(recording, "") for recording in recordings_of(path)]


def clips_in(location: Path) -> list[Entry]:
    """Return the clips of a project.

    Raises
    ------
    EthoprofileError
        When there is no project, or it cannot be read, or has no clips.
    """
    with Project.open(location, read_only=True) as project:
        return [(project.folder, clip.id) for clip in clips_of(project)]


def labels_of(item: Item, session: Session | None) -> Labels:
    """Return what a model said, from the result file of a recording or the pass over a clip.

    Parameters
    ----------
    item
        An item that has a result.
    session
        Of the window, whose annotator reads passes of the open project.

    Raises
    ------
    EthoprofileError
        When it cannot be read, or is closed to the annotator.
    """
    if not item.clip:
        return read_labels(Path(item.result))
    own = session is not None and session.project is not None and session.project.folder == item.source
    acting = session.annotator if own and session is not None else ""
    with Project.open(item.source, read_only=True) as project:
        return labels_of_pass(project, item.result, acting or None)
