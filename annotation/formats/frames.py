"""Our full table: one row a frame, one column a group, names in the cells."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_NAME, UNLABELED_NAME, Ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .cells import read_cells
from .code_table import frame_oddities
from .columns import cells_of, column_of, numbers_of
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .rates import counting_up, rate_difference, times_of
from .text import Text

if TYPE_CHECKING:
    import pandas as pd

NAME = "frames"
FRAME, TIME = "frame", "time_s"


def sniff(text: Text) -> bool:
    """Return whether a file has a frame column and columns of names."""
    header = [cell.casefold() for cell in text.header]
    if header[0] != FRAME or len(header) < 2:
        return False
    cells = {cell for row in text.rows(10) for cell in row[1:]}
    return TIME in header[1:2] or any(cell and not _is_number(cell) for cell in cells)


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read a table with one row a frame; an empty cell is unlabeled.

    Raises
    ------
    FormatError
        When rows are missing or out of order: the frame column must count up by one.
    """
    table = _cells(text)
    groups = [name for name in table.columns if name.casefold() not in (FRAME, TIME)]
    if table.columns[0].casefold() != FRAME or not groups:
        raise text.error(f"needs a first column '{FRAME}' and at least one column of names.")
    if not len(table):
        raise text.error("has a header but no rows.")
    frame_column = column_of(table.iloc[:, 0].tolist())
    _check_order(numbers_of(frame_column), text)
    ethogram, codes = _codes(table, groups, text)
    time_name = next((name for name in table.columns if name.casefold() == TIME), None)
    times = numbers_of(column_of(table[time_name].tolist())) if time_name else np.empty(0)
    own = _rate(times)
    return [
        Labels(
            track=LabelTrack(codes),
            ethogram=ethogram,
            fps=options.fps or own,
            annotator=options.annotator,
            format=NAME,
            source=text.path,
            report=rate_difference(own, options.fps) + frame_oddities(frame_column),
            frame_column=frame_column,
            seconds=counting_up(times),
        )
    ]


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the table cannot hold: nothing that a label says."""
    taken = [group for group in labels.ethogram.groups if group.casefold() in (FRAME, TIME)]
    return [
        Loss("groups", f"the group '{group}' is called like another column; rename it") for group in taken
    ]


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a table: frame, seconds where the rate is known, and the name in each group."""
    first = options.first_frame
    if labels.frame_column is not None and labels.frame_column.size == labels.frames:
        frames = cells_of(labels.frame_column)
    else:
        frames = [str(frame) for frame in range(first, first + labels.frames)]
    seconds = times_of(np.arange(first, first + labels.frames), options.fps or labels.fps, options.times)
    times = [""] * labels.frames if seconds is None else [f"{second:.6f}" for second in seconds.tolist()]
    names = _names(labels.ethogram)
    columns = [names[labels.track.codes[:, group]].tolist() for group in range(labels.track.groups)]
    header = ",".join(_quoted(cell) for cell in (FRAME, TIME, *labels.ethogram.groups))
    return "\n".join([header, *map(",".join, zip(frames, times, *columns, strict=True)), ""])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _cells(text: Text) -> pd.DataFrame:
    header = text.header
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise text.error(f"has two columns called '{twice}'.")
    return read_cells(text, header)


def _check_order(numbers: NDArray[np.float64], text: Text) -> None:
    wrong = np.flatnonzero(~(np.diff(numbers) == 1))
    if not np.isfinite(numbers[0]) or wrong.size:
        row = int(wrong[0]) + 1 if np.isfinite(numbers[0]) else 0
        raise text.error(
            f"must have one row a frame, in order; the frame number in row {row + 1:,} does not follow "
            "the one before."
        )


def _codes(table: pd.DataFrame, groups: list[str], text: Text) -> tuple[Ethogram, NDArray[np.int16]]:
    """Return the ethogram of the names in order of appearance, and codes (frames, groups)."""
    import pandas as pd

    items: dict[str, dict[str, str]] = {}
    factors = []
    for group in groups:
        places, values = pd.factorize(table[group])
        names = [str(value).strip() for value in values]
        factors.append((places, names))
        own = [name for name in names if name.casefold() not in ("", NONE_NAME, UNLABELED_NAME)]
        for name in own:
            known = items.setdefault(name.casefold(), {"name": name, "group": group})
            if known["group"] != group:
                raise text.error(f"has '{name}' in the columns '{known['group']}' and '{group}'.")
        if not own and len(groups) > 1:  # a behavior that never occurs keeps the group
            name = f"{group} (group)" if group.casefold() in items else group
            items[name.casefold()] = {"name": name, "group": group}
    ethogram = Ethogram.from_dict({"name": text.path.stem, "behaviors": list(items.values())}, str(text.path))
    ids = {behavior.name.casefold(): behavior.id for behavior in ethogram.behaviors}
    ids |= {"": UNLABELED, UNLABELED_NAME: UNLABELED, NONE_NAME: NONE}
    columns = [np.array([ids[name.casefold()] for name in names], CODE)[places] for places, names in factors]
    return ethogram, np.stack(columns, axis=1)


def _rate(seconds: NDArray[np.float64]) -> float | None:
    """Return the frame rate that the time column implies."""
    known = seconds[np.isfinite(seconds)]
    if known.size < 2 or known.size != seconds.size or known[-1] <= known[0]:
        return None
    return round(float((known.size - 1) / (known[-1] - known[0])), 3)


def _names(ethogram: Ethogram) -> NDArray[np.object_]:
    """Return the cell of every code; the last entry is that of `UNLABELED`, which indexes from the end."""
    highest = max((behavior.id for behavior in ethogram.behaviors), default=0)
    names = np.full(highest + 2, "", dtype=object)
    names[NONE] = NONE_NAME
    for behavior in ethogram.behaviors:
        names[behavior.id] = _quoted(behavior.name)
    return names


def _quoted(cell: str) -> str:
    if not any(sign in cell for sign in ',"\n\r'):
        return cell
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow([cell])
    return text.getvalue()


FORMAT = Format(
    name=NAME,
    title="full table, one row a frame and one column a group",
    ending="_frames.csv",
    cannot_hold=("behaviors that never occur", "who labeled, notes and provenance"),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
