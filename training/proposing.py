"""What a new model says about clips: computed without the project, then taken over into it as passes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from ..annotation.clips import Stretch
from ..annotation.errors import LearnError, VideoError
from ..annotation.files import replacing, write_whole
from ..annotation.project.queries import QueryState
from ..annotation.project.records import ClipRecord, Kind, PassRecord
from .cards import ModelCard
from .decisions import label_track
from .fitting import Cancelled, TrainingCanceledError
from .models import CARD_NAME, Model, find_model, read_card
from .probabilities import Probabilities
from .proposal_store import keep_probabilities

if TYPE_CHECKING:
    from ..annotation.project import Project

LIST_NAME = "clips.json"


@dataclass(frozen=True, slots=True)
class ClipToPropose:
    """A clip that a model should look at, with all that is needed for that.

    Attributes
    ----------
    clip, video
        Ids of the clip and of its recording.
    path
        Where the recording lies.
    fps
        Frames per second; 0 where the project does not know it.
    start, stop
        Frames ``[start, stop)`` of the recording.
    """

    clip: str
    video: str
    path: str
    fps: float
    start: int
    stop: int


def clips_to_propose(project: Project, number: int, acting: str | None = None) -> tuple[ClipToPropose, ...]:
    """Return the next clips that people will work on.

    Clips of open queries come first, then those that nobody has begun, then those that are not submitted.

    Clips of animals that are kept apart are left out, and so are recordings that are missing.
    """
    own = [record for record in project.passes(acting=acting) if record.kind is not Kind.MODEL]
    finished, begun = {p.clip for p in own if p.state.finished}, {p.clip for p in own}
    asked = {query.clip for query in project.queries(QueryState.OPEN, acting=acting)}
    waiting = [clip for clip in project.clips() if clip.id not in finished or clip.id in asked]
    in_order = sorted(waiting, key=lambda clip: (clip.id not in asked, clip.id in begun))
    return usable_clips(project, in_order, number)


def usable_clips(
    project: Project, clips: Iterable[ClipRecord], number: int | None = None
) -> tuple[ClipToPropose, ...]:
    """Return those of `clips` that a model may look at, at most `number`.

    Clips of animals that are kept apart are left out, and so are recordings that are missing.
    """
    usable: dict[str, tuple[Path, float] | None] = {}
    found: list[ClipToPropose] = []
    for clip in clips:
        if len(found) == number:
            break
        if clip.video not in usable:
            video, path = project.get_video(clip.video), project.video_path(clip.video)
            fit = path.exists() and not project.kept_apart(clip.video)
            usable[clip.video] = (path, video.fps or 0.0) if fit else None
        place = usable[clip.video]
        if place is not None:
            path, fps = place
            found.append(ClipToPropose(clip.id, clip.video, path.as_posix(), fps, clip.start, clip.stop))
    return tuple(found)


def propose_in_project(
    project: Project,
    clips: Iterable[ClipRecord],
    name: str = "",
    on_stage: Callable[[str, int, int | None], None] | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[list[PassRecord], tuple[str, ...]]:
    """Let a model look at clips of a project: `propose` and `adopt_proposals` in one.

    Parameters
    ----------
    project
        The project.
    clips
        What it looks at; see `usable_clips`.
    name
        Name of the model; the current one by default.
    on_stage, cancelled
        As for `propose`.

    Returns
    -------
    tuple
        The passes of the model, and what was left out and why, a sentence each.

    Raises
    ------
    LearnError
        When there is no such model, or the project is open for reading only.
    """
    if project.read_only:
        raise LearnError("The project is open for reading only; a model cannot propose anything in it.")
    if not name:
        current = project.current_model()
        if current is None:
            raise LearnError("The project has no current model; train one with 'ethoprofile retrain'.")
        name = current.name
    model = find_model(name, project)
    with tempfile.TemporaryDirectory(dir=project.cache_folder, prefix=".proposing-") as home:
        out = Path(home) / "out"
        left_out = propose(
            model, usable_clips(project, clips), project.cache_folder, out, on_stage, cancelled
        )
        return adopt_proposals(project, out), left_out


def propose(
    model: Path,
    clips: Sequence[ClipToPropose],
    cache_folder: Path,
    out: Path,
    on_stage: Callable[[str, int, int | None], None] | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[str, ...]:
    """Let a model look at clips, and write its probabilities into a folder.

    Parameters
    ----------
    model
        The model folder.
    clips
        What it looks at.
    cache_folder
        Folder of derived data.
    out
        The folder; it gets the model's card, one file of probabilities a clip, and their list at last.
    on_stage, cancelled
        Told and asked for every clip.

    Returns
    -------
    tuple of str
        What was left out and why, a sentence each.

    Raises
    ------
    TrainingCanceledError
        If `cancelled` said so.
    """
    from ..annotation.video import index_video
    from .predictors import predictor_of

    read = Model.read(model)
    predictor = predictor_of(read)
    out.mkdir(parents=True)
    write_whole(out / CARD_NAME, read.card.to_json())
    written: list[dict[str, Any]] = []
    left_out = []
    for number, clip in enumerate(clips):
        if cancelled is not None and cancelled():
            raise TrainingCanceledError
        if on_stage is not None:
            on_stage("proposals", number, len(clips))
        try:
            index = index_video(Path(clip.path), cache_folder, cancelled=cancelled)
        except VideoError as error:
            left_out.append(str(error))
            continue
        fps = index.facts.fps or clip.fps
        if not fps or clip.stop > index.frames:
            left_out.append(f"The clip {clip.clip} does not lie on its recording any more.")
            continue
        frames = (clip.start, clip.stop)
        said = predictor.clip(cache_folder, Path(clip.path), index, fps, frames, cancelled)
        _write(out / f"{number}.npz", said)
        written.append(asdict(clip) | {"file": f"{number}.npz"})
    write_whole(out / LIST_NAME, json.dumps(written, indent=1, ensure_ascii=False) + "\n")
    return tuple(dict.fromkeys(left_out))


def adopt_proposals(project: Project, out: Path) -> list[PassRecord]:
    """Make passes of the kind ``model`` of what a model said about clips; a second call changes nothing.

    Clips that the project does not have any more are passed over.

    Raises
    ------
    LearnError
        When the folder is damaged, or the model does not fit the ethogram.
    """
    card = read_card(out)
    try:
        listed = json.loads((out / LIST_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LearnError(f"The proposals in {out} cannot be read; train again.") from error
    clips = {clip.id for clip in project.clips()}
    made = {p.clip: p for p in project.passes() if p.kind is Kind.MODEL and p.source == card.id}
    found = []
    for item in listed:
        if item["clip"] in clips:
            said = read_proposal(out, item["file"], card)
            found.append(made.get(item["clip"]) or _adopt(project, card, item, said))
            keep_probabilities(project, item["clip"], said)
    return found


def read_proposal(out: Path, name: str, card: ModelCard) -> Probabilities:
    """Return what a model said about one clip.

    Raises
    ------
    LearnError
        When the file is damaged.
    """
    try:
        with (out / name).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            groups = tuple(arrays[f"group{group}"] for group in range(len(card.groups)))
            return Probabilities(groups, card.classes, arrays["edges"], card.id)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise LearnError(f"The proposals in {out} cannot be read; train again.") from error


def _adopt(project: Project, card: ModelCard, item: dict[str, Any], said: Probabilities) -> PassRecord:
    return project.import_track(
        Stretch(item["video"], item["start"], item["stop"]),
        card.name,
        label_track(said, card, project.ethogram),
        Kind.MODEL,
        provenance="model",
        reason=card.id,
        source=card.id,
    )


def _write(path: Path, said: Probabilities) -> None:
    arrays: dict[str, Any] = {f"group{group}": values for group, values in enumerate(said.groups)}
    with replacing(path) as temporary:
        np.savez_compressed(temporary, edges=said.edges, **arrays)
