"""A project whose current model was never trained: what it says about the clips is made up."""

from pathlib import Path

import numpy as np
from model_folders import model_folder, right
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import Behavior, Ethogram
from napari_ethoprofile.annotation.project import PassRecord, Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.cards import Metric, ModelCard
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.models import read_card
from napari_ethoprofile.training.probabilities import Probabilities
from napari_ethoprofile.training.proposal_store import keep_probabilities
from numpy.typing import NDArray
from small_project import write_recording

ETHOGRAM = Ethogram(
    (
        Behavior(1, "walk", ("w",), "#E69F00"),
        Behavior(2, "rest", ("r",), "#0072B2"),
        Behavior(3, "groom", ("g",), "#009E73"),
    )
)
FPS = 25


def truth(frames: int, bout: int = 20) -> LabelTrack:
    """Return what really happens in a clip: walk, rest and groom in turn."""
    return LabelTrack(np.resize(np.repeat([1, 2, 3], bout), frames)[:, None])


def proposing_project(
    folder: Path, frames: int, clips: int = 5, held_out: float | None = None, *, real: bool = True
) -> Project:
    """Make a project of Ada's with one submitted clip that the current model has learned; more clips wait.

    Parameters
    ----------
    folder
        Gets the project and its recording.
    frames, clips
        Of a clip, and how many.
    held_out
        What the card of the model says of its frame accuracy; nothing by default.
    real
        Whether the recording really has all frames.
    """
    folder.mkdir(parents=True)
    project = Project.create(folder / "project", ETHOGRAM)
    project.add_annotator("Ada")
    video = project.add_video(write_recording(folder / "mouse.mp4", clips * frames if real else 10), "mouse")
    project.record_frames(video.id, clips * frames, FPS, exact=True)
    project.add_clips([Stretch(video.id, n * frames, (n + 1) * frames) for n in range(clips)])
    score(project, project.clips()[0].id, truth(frames))
    learn(project, "mice", held_out)
    return project


def learn(project: Project, name: str, held_out: float | None = None) -> ModelCard:
    """Make up a model that learned from the labels there are, and let it be the current one."""
    home = project.folder / "models" / name
    home.parent.mkdir(exist_ok=True)
    metric = None if held_out is None else Metric("frame accuracy", held_out, split="3-fold by subject")
    data = take_snapshot(project)
    model_folder(home, data, right(0.9), macro_f1=metric, created="2026-01-05T12:00:00+00:00")
    card = read_card(home)
    project.note_model(card.id, card.name, "current")
    return card


def card_of(project: Project) -> ModelCard:
    """Return the card of the model that the project is made with."""
    return read_card(project.folder / "models" / "mice")


def score(project: Project, clip: str, track: LabelTrack) -> PassRecord:
    """Let Ada score a clip bout by bout, and submit it."""
    record = project.start_pass(clip, "Ada")
    with project.edit(record.id, "Ada") as editor:
        for bout in track.bouts():
            editor.commit(Edit.paint(editor.track, bout.start, bout.stop, bout.label))
        editor.submit()
    return project.get_pass(record.id)


def say(
    project: Project, clip: str, track: LabelTrack, sure: float | NDArray[np.floating] = 0.9
) -> PassRecord:
    """Let the model say something about a clip, as sure everywhere or frame by frame; the rest is shared."""
    card, record = card_of(project), project.get_clip(clip)
    codes = track.codes[:, 0]
    values = np.repeat((1 - np.broadcast_to(sure, codes.shape))[:, None] / 2, 3, axis=1).astype(np.float32)
    values[np.arange(len(codes)), codes - 1] = sure
    edges = np.arange(record.start, record.stop + 1)
    keep_probabilities(project, clip, Probabilities((values,), ((1, 2, 3),), edges, card.id))
    return project.import_track(clip, card.name, track, "model", provenance="model", source=card.id)
