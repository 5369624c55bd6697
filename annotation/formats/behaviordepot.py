"""Human annotations for BehaviorDEPOT (``hB_*.mat``): a MATLAB struct with bouts and a vector a behavior."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..ethogram import make_ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .gap_writing import behavior_bouts, gap_losses, name_losses, rate_to_write
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .rates import rate_difference
from .text import Binary
from .wording import counted

NAME = "behaviordepot"
STRUCT = "hBehavior"
_VERSION_5, _VERSION_7 = b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"
#: Fields of the struct that are no behaviors.
ABOUT = ("VideoName", "FrameRate", "TotalFrames")
_NAMES = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


def sniff(file: Binary) -> bool:
    """Return whether a MATLAB file holds the struct."""
    try:
        return STRUCT in _variables(file)
    except FormatError:
        return False


def _variables(file: Binary) -> list[str]:
    """Return the names of the variables of a MATLAB file; none for other files."""
    try:
        if file.head.startswith(_VERSION_5):
            import scipy.io

            return [name for name, _shape, _kind in scipy.io.whosmat(file.path)]
        if file.head.startswith(_VERSION_7):
            import h5py

            with h5py.File(file.path, "r") as content:
                return list(content)
    except Exception as error:  # a damaged file makes scipy and h5py raise whatever its bytes lead to
        raise file.error(f"is a damaged MATLAB file ({error}).") from error
    return []


def read(file: Binary, options: ReadOptions) -> list[Labels]:
    """Read a struct of MATLAB 5 or 7.3; every behavior gets a group of its own.

    Bouts count frames from 1 and both ends belong to them. A frame in no bout of a behavior is none, or
    unlabeled with ``background="unlabeled"``.

    Raises
    ------
    FormatError
        When the file is damaged or holds something else.
    """
    seven = file.head.startswith(_VERSION_7)
    try:
        struct = _from_seven(file.path) if seven else _from_five(file.path)
        return [_labels(struct, file, options)]
    except FormatError:
        raise
    except Exception as error:  # a damaged file makes scipy and h5py raise whatever its bytes lead to
        raise file.error(
            f"is damaged, or no file of BehaviorDEPOT: it should hold the struct {STRUCT} with TotalFrames "
            f"({error})."
        ) from error


def _from_five(path: Path) -> dict[str, Any]:
    import scipy.io

    struct = scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False, variable_names=[STRUCT])[STRUCT]
    fields = {name: getattr(struct, name) for name in struct._fieldnames}
    return {
        name: {part: getattr(value, part) for part in value._fieldnames} if name not in ABOUT else value
        for name, value in fields.items()
    }


def _from_seven(path: Path) -> dict[str, Any]:
    import h5py

    with h5py.File(path, "r") as content:
        struct = content[STRUCT]
        fields: dict[str, Any] = {name: _value(struct[name]) for name in ABOUT if name in struct}
        for name, value in struct.items():
            if name not in ABOUT:
                fields[name] = {part: _value(value[part]) for part in value}
    return fields


def _value(dataset: Any) -> Any:
    """Return what a dataset of MATLAB 7.3 holds: text, a number, or an array the way MATLAB has it."""
    if dataset.attrs.get("MATLAB_empty"):
        return np.empty((0, 2))
    array = np.asarray(dataset[()]).T
    if dataset.attrs.get("MATLAB_class") == b"char":
        return "".join(map(chr, array.ravel().astype(int).tolist()))
    return array


def _labels(struct: Mapping[str, Any], file: Binary, options: ReadOptions) -> Labels:
    frames = int(np.ravel(struct["TotalFrames"])[0])
    names = [name for name, value in struct.items() if name not in ABOUT and isinstance(value, Mapping)]
    if frames < 1 or not names:
        raise ValueError(f"{frames} frames, {len(names)} behaviors")
    file.check_length(frames)
    rates = [float(rate) for rate in np.ravel(struct.get("FrameRate", 0.0)).tolist()]
    own = rates[0] if rates and rates[0] > 0 else None
    codes = np.full((frames, len(names)), NONE, CODE)
    report = rate_difference(own, options.fps)
    for group, name in enumerate(names):
        present, oddities = _present(struct[name], name, frames)
        codes[present, group] = group + 1
        report += oddities
    if options.background == "unlabeled":
        empty = (codes == NONE).all(axis=1)
        codes[empty] = UNLABELED
        report.append(f"{counted(int(empty.sum()), 'frame')} without any behavior taken as unlabeled.")
    return Labels(
        track=LabelTrack(codes), ethogram=make_ethogram(names, file.path.stem, exclusive=False),
        fps=options.fps or own, annotator=options.annotator, format=NAME, source=file.path, report=report,
    )  # fmt: skip


def _present(value: Mapping[str, Any], name: str, frames: int) -> tuple[NDArray[np.bool_], list[str]]:
    """Return the frames (frames,) of a behavior, from its bouts; the vector is only a check."""
    bouts = (
        np.asarray(value["Bouts"], np.float64).reshape(-1, 2) if np.size(value["Bouts"]) else np.empty((0, 2))
    )
    present, beyond = np.zeros(frames, bool), 0
    for start, stop in bouts.astype(np.int64).tolist():
        if start < 1 or stop < start:
            raise ValueError(f"a bout of {name} from {start} to {stop}")
        beyond += max(stop - frames, 0)
        present[start - 1 : stop] = True
    report = [f"{counted(beyond, 'frame')} of '{name}' beyond the last one left out."] if beyond else []
    vector = np.ravel(value["Vector"]) if "Vector" in value else np.empty(0)
    if vector.size == frames:
        differing = int((vector.astype(bool) != present).sum())
        if differing:
            report.append(
                f"The bouts and the vector of '{name}' differ on {counted(differing, 'frame')}: bouts count."
            )
    return present, report


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a file cannot hold: unlabeled frames, and names that are no field of a MATLAB struct."""
    why = "MATLAB takes up to 63 letters, digits and underscores, a letter first"
    taken = [name.casefold() for name in ABOUT]
    return [*gap_losses(labels, options), *name_losses(labels, _NAMES, why, taken)]


def write(labels: Labels, options: WriteOptions) -> bytes:
    """Return the content of a file of MATLAB 5."""
    import scipy.io

    struct: dict[str, Any] = {
        "VideoName": labels.media or Path(options.file_name).stem,
        "FrameRate": rate_to_write(labels, options, "A file of BehaviorDEPOT"),
        "TotalFrames": float(labels.frames),
    }
    for behavior in labels.ethogram.behaviors:
        group = labels.ethogram.group_of(behavior.id)
        own = [b for b in behavior_bouts(labels, group) if b.label == behavior.id]
        struct[behavior.name] = {
            "Bouts": np.array([(b.start + 1, b.stop) for b in own], np.float64).reshape(-1, 2),
            "Length": np.array([[b.length] for b in own], np.float64).reshape(-1, 1),
            "Count": float(len(own)),
            "Vector": (labels.track.codes[:, [group]] == behavior.id).T.astype(np.uint8),
        }
    content = io.BytesIO()
    scipy.io.savemat(content, {STRUCT: struct}, long_field_names=True, do_compression=True)
    return content.getvalue()


FORMAT = Format(
    name=NAME,
    title="BehaviorDEPOT human annotations",
    ending="_hB.mat",
    cannot_hold=(
        "which behaviors exclude each other",
        "unlabeled frames",
        "the difference between none and no behavior (both are 0)",
        "behavior names with anything but letters, digits and underscores",
        "who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
    binary=True,
)
