"""The tables that BORIS exports: where their rows begin, what their columns mean, in every version."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .boris_events import NO_SUBJECT
from .cells import read_cells
from .choosing import chosen_one
from .options import ReadOptions
from .text import HEAD_BYTES, Text, cells_of_line

if TYPE_CHECKING:
    import pandas as pd

TABULAR, AGGREGATED = "tabular", "aggregated"
#: Role to the names that versions of BORIS gave its column.
_NAMES = {
    "observation": ("observation id",),
    "offset": ("time offset (s)",),
    "fps": ("fps", "fps (frame/s)"),
    "media": ("media file name", "media file", "media file path", "source"),
    "subject": ("subject",),
    "behavior": ("behavior",),
    "type": ("behavior type",),
    "status": ("status",),
    "time": ("time",),
    "start": ("start (s)",),
    "stop": ("stop (s)",),
    "frame": ("image index",),
    "first": ("image index start",),
    "last": ("image index stop",),
    "comment": ("comment", "comment start"),
    "comment_stop": ("comment stop",),
}
_NEEDED = {TABULAR: ("behavior", "time"), AGGREGATED: ("behavior", "start", "stop", "type")}
_MODIFIERS = "modifier"
#: What the lines above the header of old exports begin with.
_PREAMBLE = ("media file(s)", "observation date", "description", "time offset (s)", "independent variables")
#: How BORIS writes a duration.
_DURATION = re.compile(r"\d+\.\d{3}")
_KINDS = ("STATE", "POINT")
#: What stands in an empty cell.
EMPTY = ("", "na", "nan", "none", "not defined")


@dataclass(frozen=True)
class Table:
    """Where the rows of an export are and what its columns mean.

    Attributes
    ----------
    kind
        `TABULAR` or `AGGREGATED`.
    width
        Number of columns.
    delimiter
        Between cells.
    roles, modifiers
        Role to its position; positions of the modifiers.
    line
        Number of the first line of rows, from 0.
    preamble
        First cell to second cell of the lines above the header.
    headed
        The table has a header; otherwise its columns were told by what stands in them.
    """

    kind: str
    width: int
    delimiter: str
    roles: dict[str, int]
    modifiers: tuple[int, ...]
    line: int
    preamble: dict[str, str]
    headed: bool = True


def find_table(text: Text) -> Table | None:
    """Return where the table of an export is, or None when this is none."""
    lines = text.content[:HEAD_BYTES].split("\n")
    preamble: dict[str, str] = {}
    for number, line in enumerate(lines):
        delimiter = max(",;\t", key=line.count)
        if not line.strip() or delimiter not in line:
            continue
        cells = cells_of_line(line, delimiter)
        found = _headed(cells, delimiter, number, preamble)
        if found is None and not preamble:
            found = _unheaded(cells, delimiter, number)
        if found is not None:
            return found
        if cells[0].casefold() not in ("observation id", *_PREAMBLE) and not preamble:
            return None
        preamble.setdefault(cells[0].casefold(), cells[1])
    return None


def _headed(cells: list[str], delimiter: str, number: int, preamble: dict[str, str]) -> Table | None:
    plain = [cell.casefold() for cell in cells]
    roles = {
        role: next(plain.index(name) for name in names if name in plain)
        for role, names in _NAMES.items()
        if any(name in plain for name in names)
    }
    if not (set(roles) & {"type", "status"}) or not ({"observation", "status"} & set(roles)):
        return None
    modifiers = tuple(n for n, name in enumerate(plain) if name.startswith(_MODIFIERS))
    for kind, needed in _NEEDED.items():
        if set(needed) <= set(roles):
            return Table(kind, len(cells), delimiter, roles, modifiers, number + 1, preamble)
    return None


def _unheaded(cells: list[str], delimiter: str, number: int) -> Table | None:
    """Return the table that begins with a row of an aggregated export whose header was cut off.

    Versions since 8 have a duration before the behavior, and columns of the media before the comments; older
    ones always have one column of modifiers.
    """
    at = next((n for n, cell in enumerate(cells) if cell in _KINDS), 0)
    if at < 6 or at + 3 >= len(cells) or not all(map(_is_number, cells[at + 1 : at + 3])):
        return None
    duration = next((n for n in (at - 3, at - 4) if _DURATION.fullmatch(cells[n])), None)
    roles = {"observation": 0, "type": at, "start": at + 1, "stop": at + 2}
    if duration is None or len(cells) < at + 11:
        roles |= {"subject": at - 4, "behavior": at - 3}
        comments, modifiers = at + 4, tuple(range(at - 1, at))
    else:
        roles |= {"subject": duration - 1, "behavior": duration + 1, "offset": 5, "fps": 8}
        roles |= {"media": at + 4, "first": at + 5, "last": at + 6}
        comments, modifiers = at + 9, tuple(range(duration + 3, at))
    if len(cells) > comments + 1:
        roles |= {"comment": comments, "comment_stop": comments + 1}
    return Table(AGGREGATED, len(cells), delimiter, roles, modifiers, number, {}, headed=False)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def rows_of_one(text: Text, table: Table, options: ReadOptions) -> pd.DataFrame:
    """Return the rows of one subject of one observation, roles as column names, cells trimmed.

    Modifiers are joined by ``|`` in the column ``modifier``; missing roles are empty columns. The index is
    the number of the line.
    """
    import pandas as pd

    offset = sum(len(line) + 1 for line in text.content.split("\n")[: table.line])
    cells = read_cells(
        text, [str(n) for n in range(table.width)], delimiter=table.delimiter, offset=offset,
        first_line=table.line + 1,
    )  # fmt: skip
    cells = cells.apply(lambda column: column.str.strip())
    rows = pd.DataFrame({role: cells[str(position)] for role, position in table.roles.items()})
    parts = [cells[str(position)].map(_filled) for position in table.modifiers]
    rows["modifier"] = [
        "|".join(part for part in parts_of_row if part) for parts_of_row in zip(*parts, strict=True)
    ] or ""
    rows = rows.reindex(columns=[*_NAMES, "modifier"], fill_value="")
    rows.index = rows.index + table.line + 1
    if "observation" in table.roles and len(rows):
        name = chosen_one(text, "observation", _values(rows, "observation"), options.observation)
        rows = rows[rows["observation"] == name]
    rows["subject"] = rows["subject"].where(rows["subject"] != "", NO_SUBJECT)
    if len(rows):
        name = chosen_one(text, "subject", _values(rows, "subject"), options.subject)
        rows = rows[rows["subject"] == name]
    return rows


def _values(rows: pd.DataFrame, role: str) -> list[str]:
    return [str(value) for value in rows[role].unique() if value]


def _filled(cell: str) -> str:
    return "" if cell.casefold() in EMPTY else cell


def rate_of(rows: pd.DataFrame) -> float | None:
    """Return the frame rate that the first row names; it may list one a recording."""
    cells = [cell for listed in rows["fps"][:1] for cell in re.split("[;|]", listed)]
    rates = {float(cell) for cell in cells if _is_number(cell) and float(cell) > 0}
    return rates.pop() if len(rates) == 1 else None


def offset_of(rows: pd.DataFrame, table: Table) -> float:
    """Return the seconds that BORIS added to the times of the recording."""
    cells = [*rows["offset"][:1], table.preamble.get("time offset (s)", "")]
    return next((float(cell) for cell in cells if cell and _is_number(cell)), 0.0)


def seconds_of(rows: pd.DataFrame, role: str, text: Text, *, missing: bool = False) -> list[float | None]:
    """Return a column of seconds.

    Raises
    ------
    FormatError
        When a cell is no number; where `missing` is set, an empty one is None.
    """
    found: list[float | None] = []
    for line, cell in rows[role].items():
        if missing and cell.casefold() in EMPTY:
            found.append(None)
        elif _is_number(cell) and abs(float(cell)) < 1e9:
            found.append(float(cell))
        else:
            raise text.error(f"has '{cell}' for the {role} in line {line}, which is no number of seconds.")
    return found


def frames_of(rows: pd.DataFrame, role: str) -> list[int | None]:
    """Return a column of frames; they count only where one recording alone was watched."""
    single = len(set(rows["media"])) <= 1
    return [int(cell) if single and cell.isdigit() else None for cell in rows[role]]


def table_text(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return the text of a table with commas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    return text.getvalue()
