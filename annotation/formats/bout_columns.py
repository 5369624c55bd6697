"""Which column of a bout table means what, and in which unit its bouts stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import FormatError

#: What our own tables begin with.
OWN_COLUMNS = ("start_frame", "stop_frame", "start_s", "stop_s", "behavior", "group")
#: The column of our tables that gives the frame rate away.
OWN_SECONDS = "stop_s"

#: Role to the names that tools give the column, best first. Frames go before seconds.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "start": (
        "start_frame", "start frame", "startframe", "start_s", "start (s)", "start_time",
        "start time", "start", "from", "begin", "onset",
    ),
    "stop": (
        "stop_frame", "stop frame", "stopframe", "end_frame", "end frame", "endframe",
        "stop_s", "stop (s)", "end_s", "end (s)", "stop_time", "stop time", "end_time", "end time",
        "stop", "to", "end", "offset",
    ),
    "behavior": ("behavior", "behaviour", "label", "type", "annotation", "action"),
    "annotator": ("annotator", "experimenter", "observer", "rater", "coder"),
    "group": ("group",),
    "video": ("video", "video_id", "video id", "observation id", "media file name", "file"),
    "subject": ("subject",),
    "note": ("note", "notes", "comment"),
    "uncertain": ("uncertain",),
    "provenance": ("provenance",),
    "fps": ("fps", "fps (frame/s)"),
}  # fmt: skip

_FRAME_WORDS = ("frame", "index")
_SECOND_WORDS = ("_s", "(s)", "sec", "time")


@dataclass(frozen=True)
class BoutColumns:
    """Where the columns of a bout table are.

    Attributes
    ----------
    roles
        Role to the position of its column.
    unit
        ``frames``, ``seconds``, or None when the names do not say.
    own
        The table is one of ours: it writes none out, so that what no row covers is unlabeled.
    """

    roles: dict[str, int]
    unit: str | None
    own: bool


def find_columns(header: Sequence[str], wanted: Mapping[str, str] | None = None) -> BoutColumns | None:
    """Return where the columns are, or None when start, stop or behavior are missing.

    Parameters
    ----------
    header
        Trimmed cells of the first line.
    wanted
        Role to the name of its column, as the caller says; the others are found by their usual names.

    Raises
    ------
    FormatError
        When `wanted` names a role or a column that does not exist.
    """
    plain = [cell.casefold() for cell in header]
    roles: dict[str, int] = {}
    for role, name in (wanted or {}).items():
        if role not in ALIASES:
            raise FormatError(f"A bout table has no role '{role}'; the roles are {', '.join(ALIASES)}.")
        if name.strip().casefold() not in plain:
            raise FormatError(f"There is no column '{name}'; the columns are {', '.join(header)}.")
        roles[role] = plain.index(name.strip().casefold())
    units = {}
    for role, names in ALIASES.items():
        if role not in roles:
            free = (name for name in names if name in plain and plain.index(name) not in roles.values())
            found = next(free, None)
            if found is not None:
                roles[role] = plain.index(found)
        if role in roles:
            units[role] = _unit(plain[roles[role]])
    if not {"start", "stop", "behavior"} <= set(roles):
        return None
    own = tuple(plain[: len(OWN_COLUMNS)]) == OWN_COLUMNS and not wanted
    return BoutColumns(roles, _common_unit(header, roles, units), own)


def _unit(name: str) -> str | None:
    if any(word in name for word in _FRAME_WORDS):
        return "frames"
    return "seconds" if any(word in name for word in _SECOND_WORDS) else None


def _common_unit(header: Sequence[str], roles: dict[str, int], units: dict[str, str | None]) -> str | None:
    start, stop = units["start"], units["stop"]
    if start and stop and start != stop:
        raise FormatError(
            f"'{header[roles['start']]}' holds {start} and '{header[roles['stop']]}' holds {stop}; "
            "name two columns of one unit."
        )
    return start or stop
