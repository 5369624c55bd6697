"""Result files of a recording: labels for other programs, and probabilities with everything about them."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import EthoprofileError
from ..annotation.ethogram import Behavior, Ethogram
from ..annotation.formats import Labels, write_labels
from ..annotation.tracks import LabelTrack
from ..annotation.video.fingerprint import written_since
from ..annotation.video.index import FrameIndex
from .cards import ModelCard
from .decisions import always_sure, label_track
from .probabilities import Probabilities

#: Ending of the file of probabilities, and what is put before it when a recording broke in the middle.
ENDING, PARTIAL = "_probabilities.zarr", "_partial"

_FORMAT = 1
#: Format of the labels, and what their file is called after the recording: one label a frame, as
#: DeepEthoProfile writes it; several at once need a column for each group.
_ONE_GROUP, _GROUPS = ("deepethoprofile-results", "_results_v5.csv"), ("frames", "_results_frames.csv")


class ResultError(EthoprofileError):
    """A result cannot be written or read."""


@dataclass(frozen=True, eq=False)
class Result:
    """What a model says about a recording, as it lies on the disk.

    Attributes
    ----------
    folder
        The zarr group of probabilities.
    labels_file
        The file of labels beside it.
    probabilities
        Of all steps.
    facts
        What is known: recording, its fingerprint, frames, fps, the model and its card, whether it is partial
        and why (plain data).
    """

    folder: Path
    labels_file: Path
    probabilities: Probabilities
    facts: dict[str, Any]

    @property
    def partial(self) -> str:
        """Why the result does not cover the recording; empty where it does."""
        return str(self.facts["partial"])


def job_key(index: FrameIndex, fps: float, card: ModelCard) -> str:
    """Return what tells one prediction from another: recording, model, and the steps that were asked for.

    A rate counts where it was given, because the recording does not say it.
    """
    called = [name for group in card.groups for _, name in group.behaviors]
    facts: list[Any] = [
        index.fingerprint.key, card.id, card.weights_sha256, card.stride, card.rate, card.calibration, called,
    ]  # fmt: skip
    if not index.facts.fps:
        facts.append(fps)
    return hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=8).hexdigest()


def find_result(video: Path, folder: Path, key: str) -> Result | None:
    """Return the result of this recording and model that lies in `folder`, if it is there.

    That of a recording which broke does not count once the recording was copied anew.
    """
    for path in sorted(folder.glob(f"{glob.escape(video.stem)}*{ENDING}")):
        try:
            found = read_result(path)
        except ResultError:
            continue
        # A copy of the recording beside it, called like it and more, has a result of its own.
        own = (found.facts["key"], found.facts["recording"]) == (key, video.name)
        if own and found.labels_file.exists() and not (found.partial and written_since(video, path)):
            return found
    return None


def read_result(path: Path | str) -> Result:
    """Read the probabilities that `write_result` wrote.

    Raises
    ------
    ResultError
        When there are none or they are damaged.
    """
    import zarr

    folder = Path(path)
    try:
        group = zarr.open_group(folder, mode="r")
        facts: dict[str, Any] = dict(group.attrs)
        if facts["format"] != _FORMAT:
            raise ResultError(f"{folder} was written by another version of the program; predict again.")
        classes = tuple(tuple(item["classes"]) for item in facts["groups"])
        values = tuple(np.asarray(group[f"group_{number}"], np.float32) for number in range(len(classes)))
        edges = np.asarray(group["edges"], np.int64)
        probabilities = Probabilities(values, classes, edges, facts["model"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ResultError(f"{folder} holds no probabilities that can be read.") from error
    return Result(folder, folder.parent / facts["labels_file"], probabilities, facts)


def write_result(
    video: Path,
    folder: Path,
    index: FrameIndex,
    fps: float,
    card: ModelCard,
    probabilities: Probabilities,
    partial: str = "",
) -> Result:
    """Write labels and probabilities; the last act makes both count, and nothing is overwritten.

    Parameters
    ----------
    video, index, fps
        The recording.
    folder
        Where the files go.
    card
        Of the model.
    probabilities
        From the first frame on; to the last one unless `partial`.
    partial
        Why they end before the recording does; the names of the files say so, too.

    Raises
    ------
    ResultError
        When the disk refuses; no file is left half-written.
    """
    stem = video.stem + (PARTIAL if partial else "")
    ethogram = ethogram_of(card)
    # The files of other programs have no place for what a model is not sure of.
    labels = Labels(label_track(probabilities, always_sure(card), ethogram), ethogram, fps, card.name)
    form, ending = _ONE_GROUP if len(card.groups) == 1 else _GROUPS
    facts = {
        "format": _FORMAT,
        "key": job_key(index, fps, card),
        "recording": video.name,
        "fingerprint": index.fingerprint.to_dict(),
        "frames": index.frames,
        "fps": fps,
        "model": card.id,
        "card": json.loads(card.to_json()),
        "groups": [
            {"name": group.name, "classes": list(classes), "behaviors": [name for _, name in group.behaviors]}
            for group, classes in zip(card.groups, card.classes, strict=True)
        ],
        "partial": partial,
    }
    times = index.times if index.facts.fps else np.arange(index.frames) / fps
    times = times[: labels.frames]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".tmp-", dir=folder) as scratch:
            draft = Path(scratch) / f"labels{ending}"
            write_labels(draft, labels, form, times=times, allow_loss=True)
            labels_file, target = _free_names(folder, stem, ending, draft.read_bytes())
            _write_group(Path(scratch) / "group", probabilities, facts | {"labels_file": labels_file.name})
            if not labels_file.exists():
                os.rename(draft, labels_file)
            os.rename(Path(scratch) / "group", target)
    except OSError as error:
        raise _unwritten(video, folder, error) from error
    except EthoprofileError as error:
        if isinstance(error.__cause__, OSError):
            raise _unwritten(video, folder, error.__cause__) from error
        raise
    return read_result(target)


def _unwritten(video: Path, folder: Path, error: OSError) -> ResultError:
    return ResultError(
        f"The result of {video.name} could not be written to {folder}: {error.strerror or error}; what was "
        "computed is kept, so make room and run it again."
    )


def ethogram_of(card: ModelCard) -> Ethogram:
    """Return the behaviors of a model as an ethogram of their own, with the model's ids."""
    behaviors = [
        Behavior(number, name, group=group.name) for group in card.groups for number, name in group.behaviors
    ]
    return Ethogram(tuple(behaviors), card.name)


def track_of(result: Result, ethogram: Ethogram) -> LabelTrack:
    """Return the labels of a result in the codes of an ethogram, unlabeled where the model is not sure."""
    card = ModelCard.from_json(json.dumps(result.facts["card"]), str(result.folder))
    return label_track(result.probabilities, card, ethogram)


def _write_group(target: Path, probabilities: Probabilities, facts: dict[str, Any]) -> None:
    import zarr

    group = zarr.create_group(target, attributes=facts)
    group.create_array("edges", data=probabilities.edges, chunks=(max(1, len(probabilities.edges)),))
    for number, values in enumerate(probabilities.groups):
        group.create_array(f"group_{number}", data=values, chunks=(max(1, len(values)), values.shape[1]))


def _free_names(folder: Path, stem: str, ending: str, labels: bytes) -> tuple[Path, Path]:
    """Return names for both files under which nothing else lies.

    A file with exactly these labels was left by a crash between the two, and is used.
    """
    kind = Path(ending)
    for number in range(1, 10_000):
        suffix = "" if number == 1 else f"_{number}"
        labels_file = folder / f"{stem}{kind.stem}{suffix}{kind.suffix}"
        target = folder / f"{stem}{suffix}{ENDING}"
        taken = labels_file.exists() and labels_file.read_bytes() != labels
        if not taken and not target.exists():
            return labels_file, target
    raise ResultError(f"{folder} holds too many results of '{stem}'; move some of them away.")


def rounded(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return probabilities to five decimals: what is beyond them differs with the size of a batch."""
    return np.round(values, 5).astype(np.float32)


def remove_folder(folder: Path) -> None:
    """Delete a folder of derived data, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
