"""The table that DeepEthoProfile's clip labels and results share: ``code:name`` classes, one row a frame."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_NAME, make_ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .cells import read_cells
from .columns import Column, column_of, numbers_of
from .labels import Labels, Layout
from .options import ReadOptions
from .rates import counting_up, rate_difference
from .text import Text
from .wording import counted

if TYPE_CHECKING:
    import pandas as pd

#: The classes of the current programs, in code order.
EIGHT = ("drink", "eat", "groom", "hang", "micromovement", "rear", "rest", "walk")
#: Code of "no behavior could be determined" where the header does not name it.
NONE_CODE = 8

#: Stands for a blank cell among the codes of a file; no file can hold it.
_BLANK = -(2**31)

_HEADER = re.compile(r"\s*-?\d+\s*:[^;]*(;|$)")
_SECOND_LINE = re.compile(r"\s*(exclusive|nnVersion)\s*:\s*\d+\s*;?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """The lines above the rows.

    Attributes
    ----------
    names
        ``(code, name)`` of every class, in the file's order.
    tokens
        Entries of the first line that are no class, such as ``v4``.
    first, second
        The two lines as they stood there; `second` is empty when the rows begin at once.
    has_time
        The rows have a ``time`` column.
    first_row
        Number of the line on which the rows begin, from 1.
    offset
        Where in the text that line begins.
    """

    names: tuple[tuple[int, str], ...]
    tokens: tuple[str, ...]
    first: str
    second: str
    has_time: bool
    first_row: int
    offset: int


def looks_like(text: Text) -> bool:
    """Return whether a file begins with a header of ``code:name`` entries."""
    return bool(_HEADER.match(text.head[0]))


def read_head(text: Text) -> Head:
    """Read the lines above the rows, or raise `FormatError`."""
    if not looks_like(text):
        raise text.error(
            "does not begin with a list of classes such as '0:drink; 1:eat'; "
            "if it is no DeepEthoProfile file, name its format."
        )
    first, number, after = _line(text.content, 0, 0)
    names, tokens = _classes(first, text)
    second, next_number, rest = _line(text.content, after, number)
    columns = [cell.strip().casefold() for cell in second.split(";")]
    if columns[0] == "frame" or _SECOND_LINE.match(second):
        return Head(names, tokens, first, second, "time" in columns, next_number + 1, rest)
    return Head(names, tokens, first, "", False, number + 1, after)


def _line(content: str, start: int, number: int) -> tuple[str, int, int]:
    """Return the next line that is not blank, its number from 1, and where the line after it starts."""
    while start < len(content):
        stop = content.find("\n", start)
        stop = len(content) if stop < 0 else stop
        line, start, number = content[start:stop], stop + 1, number + 1
        if line.strip():
            return line, number, start
    return "", number, len(content)


def read_table(text: Text, options: ReadOptions, format_name: str) -> Labels:
    """Read a table of codes; every code that no class has becomes unlabeled and is reported."""
    head = read_head(text)
    table = _rows(text, head)
    codes, blanks = _codes(table["code"], text, head)
    report = []
    if blanks:
        report.append(f"{counted(blanks, 'frame', 'has', 'have')} a blank label: unlabeled.")
    names = dict(head.names)
    behaviors = {code: name for code, name in names.items() if name.casefold() != NONE_NAME}
    number = {code: position for position, code in enumerate(behaviors, start=1)}
    label = {code: number.get(code, NONE) for code in names}
    label.setdefault(NONE_CODE, NONE)
    track, unknown = _translate(codes, label)
    for code, count in unknown.items():
        having = counted(count, "frame", "has", "have")
        report.append(f"{having} the code {code}, which the header does not name: unlabeled.")
    frame_column = column_of(table["frame"].tolist())
    report += frame_oddities(frame_column)
    time_column, seconds, fps = None, None, options.fps
    details = {"tail": text.content[len(text.content.rstrip("\n")) :]}
    if head.has_time:
        time_column = column_of(table["time"].tolist())
        details["time_unit"], own = _clock(time_column)
        if details["time_unit"] == "milliseconds":
            seconds = counting_up(numbers_of(time_column) / 1000)
        report += rate_difference(own, fps)
        fps = own if fps is None else fps
    layout = Layout(
        format_name,
        text.newline,
        text.bom,
        tuple(line for line in (head.first, head.second) if line),
        head.names,
        head.tokens,
        details,
    )
    return Labels(
        track=LabelTrack(track[:, None]),
        ethogram=make_ethogram(behaviors.values(), text.path.stem),
        fps=fps,
        annotator=options.annotator,
        format=format_name,
        source=text.path,
        report=report,
        frame_column=frame_column,
        time_column=time_column,
        seconds=seconds,
        layout=layout,
    )


def _classes(line: str, text: Text) -> tuple[tuple[tuple[int, str], ...], tuple[str, ...]]:
    names, tokens = [], []
    for entry in filter(None, (part.strip() for part in line.split(";"))):
        code, colon, name = (part.strip() for part in entry.partition(":"))
        if not colon:
            tokens.append(entry)
            continue
        try:
            names.append((int(code), name))
        except ValueError:
            raise text.error(f"has the class '{entry}' in line 1, whose code is no whole number.") from None
        if not name:
            raise text.error(f"gives the code {code} no name in line 1.")
    for what, values in (
        ("code", [str(code) for code, _ in names]),
        ("name", [n.casefold() for _, n in names]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise text.error(f"has the {what} '{twice}' twice in line 1.")
    return tuple(names), tuple(tokens)


def _rows(text: Text, head: Head) -> pd.DataFrame:
    """Return the rows as text columns ``frame``, ``code`` and, where there is one, ``time``."""
    first = _line(text.content, head.offset, 0)[0]
    if not first:
        raise text.error("has a header but no rows; the program that wrote it may have stopped early.")
    if ";" not in first:
        raise text.error(f"has no ';' in line {head.first_row}; its columns must be separated by ';'.")
    names = ["frame", "code", "time"] if head.has_time else ["frame", "code"]
    return read_cells(text, names, delimiter=";", offset=head.offset, first_line=head.first_row, quoted=False)


def _codes(cells: pd.Series, text: Text, head: Head) -> tuple[NDArray[np.int64], int]:
    """Return the codes, `_BLANK` where the cell is blank, and how many are blank."""
    import pandas as pd

    numbers = np.asarray(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)
    unreadable = ~np.isfinite(numbers)
    blank = unreadable & cells.str.strip().str.casefold().isin(["", "nan"]).to_numpy(bool)
    whole = ~unreadable & (numbers == np.rint(numbers)) & (np.abs(numbers) < 2**31)
    wrong = np.flatnonzero(~whole & ~blank)
    if wrong.size:
        row = int(wrong[0])
        raise text.error(
            f"has '{cells.iloc[row].strip()}' in line {row + head.first_row}, which is no whole-number code."
        )
    return np.where(blank, _BLANK, numbers).astype(np.int64), int(blank.sum())


def _translate(codes: NDArray[np.int64], label: dict[int, int]) -> tuple[NDArray[np.int16], dict[int, int]]:
    """Return the labels of file codes, and how often each code that `label` lacks occurs."""
    values, positions, counts = np.unique(codes, return_inverse=True, return_counts=True)
    labels = np.array([label.get(int(value), UNLABELED) for value in values], CODE)
    found = zip(values.tolist(), counts.tolist(), strict=True)
    unknown = {value: count for value, count in found if value not in label and value != _BLANK}
    return labels[positions], unknown


def frame_oddities(column: Column) -> list[str]:
    """Return what is odd about the frame column; it is only ever a check, rows count in their order."""
    numbers = numbers_of(column)
    report = []
    blank = int(np.isnan(numbers).sum())
    if blank:
        report.append(
            f"{counted(blank, 'frame', 'has', 'have')} no frame number; rows are taken in their order."
        )
    jumps = np.flatnonzero(np.diff(numbers) != 1)
    jumps = jumps[np.isfinite(numbers[jumps]) & np.isfinite(numbers[jumps + 1])]
    if jumps.size:
        at = int(jumps[0])
        report.append(
            f"The frame column jumps {counted(jumps.size, 'time')}, first from {numbers[at]:.0f} to "
            f"{numbers[at + 1]:.0f} in row {at + 2:,}; rows are taken in their order."
        )
    first = numbers[0]
    if np.isfinite(first) and first != 0:
        report.append(f"The frame column begins at {first:.0f}; rows are taken in their order.")
    return report


def _clock(column: Column) -> tuple[str, float | None]:
    """Return the unit of a time column and the frame rate that it implies.

    MKV files give milliseconds (a step of 40 at 25 fps), AVI files count frames (a step of 1).
    """
    times = numbers_of(column)
    times = times[np.isfinite(times)]
    if times.size < 2 or times[-1] <= times[0] or np.median(np.diff(times)) <= 1:
        return "frames", None
    return "milliseconds", round(float(1000 * (times.size - 1) / (times[-1] - times[0])), 3)
