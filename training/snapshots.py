"""A snapshot of labels for training and evaluation: frozen, hashed, written whole."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from ..annotation.ethogram import Ethogram
from ..annotation.files import replacing, write_whole
from ..annotation.recordings import parse_name
from ..annotation.tracks import NONE, UNLABELED

MANIFEST_NAME = "snapshot.json"
LABELS_NAME = "labels.npz"
#: Class index of frames that no loss and no figure counts.
IGNORED = -100

_FORMAT = 1


@dataclass(frozen=True, eq=False)
class LabeledStretch:
    """The labels of one clip, with everything that says where they come from.

    Attributes
    ----------
    video, path, fingerprint
        Id of the recording, where its file lay, and what its content is recognized by.
    subject, strain
        The animal. A recording of which nobody said whose it is counts as an animal of its own.
    recording
        The uncut recording: the same for clips that were cut from one file.
    fps
        Frames per second of the recording.
    start, stop
        Frames ``[start, stop)`` of the recording.
    codes
        Labels, int16 (frames, groups): `UNLABELED`, `NONE` or behavior ids.
    soft
        Share of annotators that chose each behavior, float32 (frames, behaviors) with the behaviors in the
        order of the ethogram; a row of zeros where fewer than two labeled. None where one annotator did.
    passes
        Ids of the passes that the labels come from, the leading one first.
    annotators
        Who made them, in the same order.
    """

    video: str
    path: str
    fingerprint: str
    subject: str
    strain: str
    recording: str
    fps: float
    start: int
    stop: int
    codes: NDArray[np.int16]
    soft: NDArray[np.float32] | None = None
    passes: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """Number of frames."""
        return self.stop - self.start

    @property
    def labeled(self) -> int:
        """Number of frames that are labeled in at least one group."""
        return int((self.codes != UNLABELED).any(axis=1).sum())

    @property
    def key(self) -> tuple[str, int, int]:
        """What the stretch is told apart by: content of the recording, start and stop."""
        return (self.fingerprint, self.start, self.stop)

    @property
    def offset(self) -> int:
        """Frames of the uncut recording before the file begins: 0 unless its name says otherwise."""
        name = parse_name(self.path)
        return name.start_frame if name is not None else 0

    def part(self, start: int, stop: int) -> LabeledStretch:
        """Return frames ``[start, stop)`` of the recording, which lie on this stretch."""
        if not self.start <= start < stop <= self.stop:
            raise LearnError(f"Frames {start} to {stop} do not lie on {self.start} to {self.stop}.")
        rows = slice(start - self.start, stop - self.start)
        soft = None if self.soft is None else self.soft[rows]
        return replace(self, start=start, stop=stop, codes=self.codes[rows], soft=soft)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data with the hashes of the arrays in their place."""
        plain = {
            name: getattr(self, name)
            for name in (
                "video", "path", "fingerprint", "subject", "strain", "recording", "fps", "start", "stop",
            )
        }  # fmt: skip
        return plain | {
            "passes": list(self.passes),
            "annotators": list(self.annotators),
            "codes": _hash_of(self.codes, "<i2"),
            "soft": None if self.soft is None else _hash_of(self.soft, "<f4"),
        }


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Labels as they were at one moment.

    Attributes
    ----------
    ethogram
        The ethogram that the codes belong to.
    stretches
        The labeled clips, ordered by recording and start.
    left_out
        What was left out and why, a sentence each.
    """

    ethogram: Ethogram
    stretches: tuple[LabeledStretch, ...]
    left_out: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 over what is told apart and the content of every stretch, wherever files lie."""
        behaviors = [[b.id, b.name, b.group] for b in self.ethogram.behaviors]
        content = [
            {key: value for key, value in s.to_dict().items() if key != "path"} for s in self.stretches
        ]
        return hashlib.sha256(_canonical([_FORMAT, behaviors, content]).encode()).hexdigest()

    @property
    def subjects(self) -> tuple[str, ...]:
        """The animals, sorted."""
        return tuple(sorted({stretch.subject for stretch in self.stretches}))

    @property
    def classes(self) -> tuple[tuple[int, ...], ...]:
        """Behavior ids of every group, in the order of the ethogram: the columns of models."""
        return classes_of(self.ethogram)

    def class_names(self, group: int) -> tuple[str, ...]:
        """Return the names of the classes of a group; see `class_indices`."""
        names = tuple(self.ethogram.label_name(number) for number in self.classes[group])
        return (f"absence of {names[0]}", *names) if len(names) == 1 else names

    def select(self, indices: Iterable[int]) -> Snapshot:
        """Return a snapshot of the stretches with these numbers."""
        return replace(self, stretches=tuple(self.stretches[index] for index in indices))

    def targets(self, index: int, group: int) -> NDArray[np.int64]:
        """Return the class of every frame of a stretch (frames,); see `class_indices`."""
        return class_indices(self.stretches[index].codes[:, group], self.classes[group])

    def frames_by_subject(self) -> dict[int, dict[str, int]]:
        """Return labeled frames of every behavior: ``{behavior id: {subject: frames}}``, zeros included."""
        found = {b.id: dict.fromkeys(self.subjects, 0) for b in self.ethogram.behaviors}
        for stretch in self.stretches:
            for behavior in found:
                found[behavior][stretch.subject] += int((stretch.codes == behavior).sum())
        return found

    def seconds(self) -> float:
        """Return how much is labeled in at least one group, in seconds."""
        return sum(stretch.labeled / stretch.fps for stretch in self.stretches)

    def write(self, folder: Path | str) -> None:
        """Write the snapshot into a folder; the manifest comes last, so that a half one is no snapshot."""
        home = Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {}
        for number, stretch in enumerate(self.stretches):
            arrays[f"codes_{number}"] = stretch.codes
            if stretch.soft is not None:
                arrays[f"soft_{number}"] = stretch.soft
        with replacing(home / LABELS_NAME) as temporary:
            np.savez_compressed(temporary, **arrays)
        manifest = {
            "format": _FORMAT,
            "hash": self.hash,
            "left_out": list(self.left_out),
            "ethogram": self.ethogram.to_dict(),
            "stretches": [stretch.to_dict() for stretch in self.stretches],
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False)
        write_whole(home / MANIFEST_NAME, text + "\n")

    @classmethod
    def read(cls, folder: Path | str) -> Snapshot:
        """Read a snapshot back.

        Raises
        ------
        LearnError
            When there is none, or its labels are not those that its manifest names.
        """
        home = Path(folder)
        try:
            manifest = json.loads((home / MANIFEST_NAME).read_text(encoding="utf-8"))
            if manifest["format"] != _FORMAT:
                raise LearnError(f"The snapshot {home} was written by another version; take it again.")
            with np.load(home / LABELS_NAME, allow_pickle=False) as arrays:
                stretches = tuple(
                    _stretch(item, arrays.get(f"codes_{n}"), arrays.get(f"soft_{n}"))
                    for n, item in enumerate(manifest["stretches"])
                )
            ethogram = Ethogram.from_dict(manifest["ethogram"], source=f"The snapshot {home}")
        except OSError as error:
            raise LearnError(f"The snapshot {home} cannot be read: {error.strerror or error}.") from error
        except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
            raise LearnError(f"The snapshot {home} is damaged; take it again.") from error
        snapshot = cls(ethogram, stretches, tuple(manifest["left_out"]))
        if snapshot.hash != manifest["hash"]:
            raise LearnError(f"The snapshot {home} was changed after it was written; take it again.")
        return snapshot


def classes_of(ethogram: Ethogram) -> tuple[tuple[int, ...], ...]:
    """Return the behavior ids of every group, groups and behaviors in the order of the ethogram."""
    return tuple(tuple(b.id for b in ethogram.behaviors if b.group == group) for group in ethogram.groups)


def class_indices(codes: NDArray[np.integer], classes: Sequence[int]) -> NDArray[np.int64]:
    """Return the class of every label, `IGNORED` where there is none to learn.

    Parameters
    ----------
    codes
        Labels of one group (frames,).
    classes
        Behavior ids of the group. In a group of several behaviors, class k is ``classes[k]``, and none
        (nobody could tell) is ignored. In a group of one behavior class 1 is the behavior and class 0 its
        absence, which is what none means there.

    Returns
    -------
    numpy.ndarray
        int64 (frames,).
    """
    found = np.full(codes.shape, IGNORED, np.int64)
    if len(classes) == 1:
        found[codes == NONE] = 0
        found[codes == classes[0]] = 1
        return found
    for index, behavior in enumerate(classes):
        found[codes == behavior] = index
    return found


def _stretch(item: dict[str, Any], codes: Any, soft: Any) -> LabeledStretch:
    plain = {name: value for name, value in item.items() if name not in ("codes", "soft")}
    plain |= {name: tuple(plain[name]) for name in ("passes", "annotators")}
    return LabeledStretch(
        **plain, codes=np.asarray(codes, np.int16),
        soft=None if soft is None else np.asarray(soft, np.float32),
    )  # fmt: skip


def _hash_of(array: NDArray[Any], dtype: str) -> str:
    digest = hashlib.sha256(repr(array.shape).encode())
    digest.update(np.ascontiguousarray(array, dtype).tobytes())
    return digest.hexdigest()


def _canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
