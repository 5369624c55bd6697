"""Labels to look at again: what a model doubts, without what was changed since or may not be seen now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..annotation.errors import BlindError, ProjectError
from ..annotation.ethogram import Ethogram
from ..annotation.project.records import State
from ..annotation.tracks import NONE, LabelTrack
from .models import find_model
from .suspects import Suspect, read_suspects

if TYPE_CHECKING:
    from ..annotation.project import Project


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A doubted bout with its place in the project.

    Attributes
    ----------
    suspect
        The bout, and what the model says.
    clip, subject
        The clip of the pass that holds it, and the animal.
    fps
        Frames per second of the recording.
    """

    suspect: Suspect
    clip: str
    subject: str
    fps: float


def second_looks(project: Project, model: str = "", acting: str | None = None) -> list[SecondLook]:
    """Return the bouts that a model doubts, the most doubtful first.

    Left out are bouts that were changed since the model was trained, passes that are not there any more, and
    what is closed to `acting`.

    Parameters
    ----------
    project
        The project, read through its door.
    model
        Name of a model; the current one by default. Without one there is nothing to doubt.
    acting
        Who will see the result.

    Raises
    ------
    LearnError
        When there is no such model, or its list is damaged.
    """
    current = project.current_model()
    name = model or (current.name if current is not None else "")
    if not name:
        return []
    tracks: dict[str, LabelTrack | None] = {}
    found = []
    for suspect in read_suspects(find_model(name, project)):
        if suspect.pass_id not in tracks:
            tracks[suspect.pass_id] = _labels(project, suspect.pass_id, acting)
        track = tracks[suspect.pass_id]
        if track is None:
            continue
        clip = project.get_clip(project.get_pass(suspect.pass_id).clip)
        if _still_there(track, suspect, clip.start, project.ethogram):
            video = project.get_video(clip.video)
            found.append(SecondLook(suspect, clip.id, video.subject, video.fps or 25.0))
    return found


def _labels(project: Project, pass_id: str, acting: str | None) -> LabelTrack | None:
    """Return the labels of a pass; None where it is gone, discarded, or closed to `acting`."""
    try:
        if project.get_pass(pass_id).state is State.DISCARDED:
            return None
        return project.door.labels(pass_id, acting)
    except (BlindError, ProjectError):
        return None


def _still_there(track: LabelTrack, suspect: Suspect, first: int, ethogram: Ethogram) -> bool:
    """Return whether most of a bout still has the label that was doubted."""
    if suspect.group not in ethogram.groups:
        return False
    behavior = ethogram.by_name(suspect.label)
    code = behavior.id if behavior is not None else NONE
    rows = slice(max(0, suspect.start - first), max(0, suspect.stop - first))
    codes = track.codes[rows, ethogram.groups.index(suspect.group)]
    return bool(len(codes)) and float((codes == code).mean()) > 0.5
