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
        Name of its format.
    annotator
        Initials in its name, such as ``RS``; None without.
    based_on
        The file that a review began from, or None.
    """

    path: Path
    role: str
    kind: str
    format: str
    annotator: str | None = None
    based_on: Path | None = None


#: Roles in the order in which they were made; a later review goes before an earlier one.
_KINDS = {
    "plain": "first", "ann": "first", "map": "first", "map_new": "review", "map_new_v2": "review",
    "labels": "first", "results_v2": "model", "results_v3": "model", "results_v4": "model",
    "results_v5": "model", "v5": "model", "predictions": "model",
}  # fmt: skip
_REVIEWS_OF = {"map_new": ("map",), "map_new_v2": ("map_new", "map")}
_INITIALS = re.compile(r"[A-Z]{2,3}")


def companions(video_path: Path | str) -> list[Companion]:
    """Return the label files that lie beside a recording, in the order in which they were made.

    Parameters
    ----------
    video_path
        ``X.avi`` or ``X.mkv``: found are ``X.csv``, ``X_RS.csv`` (initials), ``X_ann.csv``, ``X_map.csv``,
        ``X_map_new.csv``, ``X_map_new_v2.csv``, ``X_labels.csv``, ``X_results_v2.csv`` to
        ``X_results_v5.csv``, ``X_v5.csv`` and ``X_predictions.csv``.

    Returns
    -------
    list of Companion
        Files of these names that no format recognizes are left out.
    """
    video = Path(video_path)
    if not video.parent.is_dir():
        raise FormatError(f"There is no folder {video.parent}.")
    found = []
    for path in sorted(video.parent.glob("*.csv")):
        role, annotator = _role(path.stem, video.stem)
        kind = _KINDS.get(role) or ("first" if annotator else "")
        if not kind:
            continue
        try:
            found.append(Companion(path, role, kind, sniff(path), annotator))
        except FormatError:
            continue
    by_role = {companion.role: companion.path for companion in found}
    found = [replace(c, based_on=_first(_REVIEWS_OF.get(c.role, ()), by_role)) for c in found]
    order = list(_KINDS)
    return sorted(found, key=lambda c: (order.index(c.role) if c.role in order else -1, c.path.name))


def effective(found: list[Companion]) -> Companion | None:
    """Return the file whose labels count: the last review, or else the first labels; never a model's."""
    people = [companion for companion in found if companion.kind != "model"]
    return people[-1] if people else None


def _role(stem: str, video: str) -> tuple[str, str | None]:
    if stem == video:
        return "plain", None
    if not stem.startswith(video + "_"):
        return "", None
    rest = stem[len(video) + 1 :]
    return (rest, rest) if _INITIALS.fullmatch(rest) else (rest, None)


def _first(roles: tuple[str, ...], by_role: dict[str, Path]) -> Path | None:
    return next((by_role[role] for role in roles if role in by_role), None)
