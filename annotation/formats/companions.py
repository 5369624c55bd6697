"""Label files that lie beside a recording: which pass each of them is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import FormatError
from .registry import sniff


@dataclass(frozen=True, slots=True)
class Companion:
    """A label file beside a recording.

    Attributes
    ----------
    path
        The file.
    role
        What its name ends with, such as ``map_new``; ``plain`` for the recording's name alone.
    kind
        Kind of the pass that it becomes: ``first``, ``review`` or ``model``.
    format
        Name of its format; empty where only its name was looked at.
    annotator
        Initials in its name, such as ``RS``, or the program that predicted; None without.
    based_on
        The file that a review began from, or None.
    place
        The clip of the recording that its name gives, such as ``s45000_n7500``; empty for the whole.
    """

    path: Path
    role: str
    kind: str
    format: str
    annotator: str | None = None
    based_on: Path | None = None
    place: str = ""


#: Roles in the order in which they were made; a later review goes before an earlier one.
_KINDS = {
    "plain": "first", "ann": "first", "map": "first", "map_new": "review", "map_new_v2": "review",
    "labels": "first", "results_v2": "model", "results_v3": "model", "results_v4": "model",
    "results_v5": "model", "results_frames": "model", "v5": "model", "predictions": "model",
}  # fmt: skip
_REVIEWS_OF = {"map_new": ("map",), "map_new_v2": ("map_new", "map")}
#: What predicted the labels of a role; the others of kind ``model`` are of DeepEthoProfile, by version.
_PREDICTORS = {"predictions": "DeepEthogram", "results_frames": "EthoProfile"}
_INITIALS = re.compile(r"[A-Z]{2,3}")
_CLIP = re.compile(r"_(s\d+_n\d+)(?=_|$)")


def companions(video_path: Path | str) -> list[Companion]:
    """Return the label files that lie beside a recording, in the order in which they were made.

    Parameters
    ----------
    video_path
        ``X.avi`` or ``X.mkv``: found are ``X.csv``, ``X_RS.csv`` (initials), ``X_ann.csv``, ``X_map.csv``,
        ``X_map_new.csv``, ``X_map_new_v2.csv``, ``X_labels.csv``, ``X_results_v2.csv`` to
        ``X_results_v5.csv``, ``X_v5.csv``, ``X_results_frames.csv`` and ``X_predictions.csv``, and all these
        names for clips of the recording (``X_s45000_n7500_map.csv``).

    Returns
    -------
    list of Companion
        Files of these names that no format recognizes are left out.
    """
    found = []
    for companion in named_companions(video_path):
        try:
            found.append(replace(companion, format=sniff(companion.path)))
        except FormatError:
            continue
    paths = {(companion.place, companion.role): companion.path for companion in found}
    found = [replace(c, based_on=_reviewed(c, paths)) for c in found]
    return sorted(found, key=_order)


def named_companions(video_path: Path | str) -> list[Companion]:
    """Return what is named as a label file of a recording, by name; nothing is known of what is in it.

    Parameters
    ----------
    video_path
        As for `companions`.
    """
    video = Path(video_path)
    if not video.parent.is_dir():
        raise FormatError(f"There is no folder {video.parent}.")
    found = []
    for path in sorted(video.parent.glob("*.csv")):
        place, role = _place_and_role(path.stem, video.stem)
        initials = role if _INITIALS.fullmatch(role) else None
        kind = _KINDS.get(role) or ("first" if initials else "")
        if kind:
            annotator = _predictor(role) if kind == "model" else initials
            found.append(Companion(path, role, kind, "", annotator, place=place))
    return found


def effective(found: list[Companion]) -> Companion | None:
    """Return the file whose labels count among those of one clip: the last review, or else the last labels.

    Never a model's.
    """
    people = [companion for companion in found if companion.kind != "model"]
    return people[-1] if people else None


def _place_and_role(stem: str, video: str) -> tuple[str, str]:
    """Return the clip and the role that the name of a file gives; no role when it is no companion."""
    if stem != video and not stem.startswith(video + "_"):
        return "", ""
    rest = stem[len(video) :]
    clip = _CLIP.match(rest)
    place = clip[1] if clip else ""
    rest = rest[clip.end() :] if clip else rest
    return place, rest[1:] or "plain"


def _predictor(role: str) -> str:
    return _PREDICTORS.get(role) or f"DeepEthoProfile {role.removeprefix('results_')}"


def _reviewed(companion: Companion, paths: dict[tuple[str, str], Path]) -> Path | None:
    earlier = ((companion.place, role) for role in _REVIEWS_OF.get(companion.role, ()))
    return next((paths[key] for key in earlier if key in paths), None)


def _order(companion: Companion) -> tuple[int, str, int, str]:
    """By clip, then in the order in which files were made."""
    start = int(companion.place[1:].partition("_")[0]) if companion.place else -1
    order = list(_KINDS)
    made = order.index(companion.role) if companion.role in order else -1
    return start, companion.place, made, companion.path.name
