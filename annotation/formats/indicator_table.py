"""Tables with one column a behavior and 0, 1 or -1 a frame: DeepEthogram's label files and their like."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_NAME, Ethogram, make_ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .cells import read_cells
from .code_table import frame_oddities
from .columns import Column, cells_of, column_of
from .labels import Labels, Layout, Loss
from .names import same_as
from .options import ReadOptions, WriteOptions
from .text import Text
from .wording import counted

if TYPE_CHECKING:
    import pandas as pd

BACKGROUND = "background"
BACKGROUND_NAMES = (BACKGROUND, NONE_NAME)
INDEX_NAMES = ("", "frame", "frames", "index", "frame_number", "frame number", "unnamed: 0")
PARTIAL_CHOICES = ("unlabeled", "columns")
#: Share of background from which a file is suspected to hold only what somebody looked at.
SPARSE = 0.9

_CELL = re.compile(r"(-?[01](\.0*)?|nan|true|false|)", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """Where the columns of a table are.

    Attributes
    ----------
    index
        Position of the frame column, or None.
    background
        Position of the background column, or None.
    behaviors
        Positions of the others.
    names
        Names of all columns by position.
    """

    index: int | None
    background: int | None
    behaviors: tuple[int, ...]
    names: tuple[str, ...]


def find_columns(text: Text, *, checked: bool = True) -> Columns | None:
    """Return where the columns are, or None when this is no such table.

    Parameters
    ----------
    text
        The file.
    checked
        The first rows must hold 0, 1 and -1 only; otherwise the reader says which cell does not.
    """
    header, rows = text.header, text.rows(5)
    if not rows or len({len(row) for row in rows}) > 1:
        return None
    if len(rows[0]) == len(header) + 1:  # written with an index that the header does not name
        header = ["", *header]
    if len(rows[0]) != len(header):
        return None
    index = 0 if _is_index(header[0], [row[0] for row in rows]) else None
    marks = [position for position in range(len(header)) if position != index]
    if checked and not all(_CELL.fullmatch(row[position]) for row in rows for position in marks):
        return None
    background = next((p for p in marks if header[p].casefold() in BACKGROUND_NAMES), None)
    behaviors = tuple(position for position in marks if position != background)
    return Columns(index, background, behaviors, tuple(header))


def _is_index(name: str, cells: list[str]) -> bool:
    if name.casefold() in INDEX_NAMES:
        return True
    return not all(_CELL.fullmatch(cell) for cell in cells) and all(cell.isdigit() for cell in cells)


def read_table(text: Text, options: ReadOptions, format_name: str) -> Labels:
    """Read a table of 0, 1 and -1; every behavior gets a group of its own."""
    columns = find_columns(text, checked=False)
    if columns is None:
        raise text.error(
            "is no table with one column a behavior and 0, 1 or -1 in it "
            f"(its first line is '{text.head[0][:60]}')."
        )
    if not columns.behaviors:
        raise text.error("has no column of a behavior beside the background.")
    table = read_cells(text, [str(position) for position in range(len(columns.names))])
    marks, blanks = _marks(table, columns, text)
    report = []
    if blanks:
        report.append(f"{counted(blanks, 'cell', 'is', 'are')} empty: unlabeled.")
    present = marks == 1
    codes = np.where(marks == 0, NONE, np.where(present, np.arange(1, present.shape[1] + 1), UNLABELED))
    empty = (marks == 0).all(axis=1)
    if columns.background is not None:
        report += _background_oddities(table, columns, text, empty, marks)
    if options.background == "unlabeled":
        codes[empty] = UNLABELED
        report.append(f"{counted(int(empty.sum()), 'frame')} without any behavior taken as unlabeled.")
    elif empty.mean() >= SPARSE:
        report.append(
            f"{int(empty.sum()):,} of {empty.size:,} frames are background, taken as none; "
            "if nobody looked at them, read the file with background=unlabeled."
        )
    frame_column: Column | None = None
    if columns.index is not None:
        frame_column = column_of(table[str(columns.index)].str.strip().tolist())
        report += frame_oddities(frame_column)
    layout = Layout(
        format_name,
        text.newline,
        text.bom,
        (text.content.lstrip("\n").split("\n", 1)[0],),
        tuple(enumerate(columns.names)),
        (),
        {
            "index": "" if columns.index is None else str(columns.index),
            "tail": text.content[len(text.content.rstrip("\n")) :],
        },
    )
    return Labels(
        track=LabelTrack(codes.astype(CODE)),
        ethogram=_ethogram([columns.names[position] for position in columns.behaviors], text),
        fps=options.fps,
        annotator=options.annotator,
        format=format_name,
        source=text.path,
        report=report,
        frame_column=frame_column,
        layout=layout,
    )


def _ethogram(names: list[str], text: Text) -> Ethogram:
    folded = [name.casefold() for name in names]
    twice = next((name for name in names if folded.count(name.casefold()) > 1), None)
    if twice is not None:
        raise text.error(f"has two columns called '{twice}'.")
    if "" in names:
        raise text.error("has a column without a name beside the frame numbers.")
    return make_ethogram(names, text.path.stem, exclusive=False)


def _header_rows(text: Text) -> int:
    """Return how many lines the header takes, blank ones above it included."""
    leading = len(text.content) - len(text.content.lstrip("\n"))
    return leading + 1


def _marks(table: pd.DataFrame, columns: Columns, text: Text) -> tuple[NDArray[np.int8], int]:
    """Return 1, 0 or -1 of every behavior (frames, behaviors), and how many cells are empty."""
    marks, blanks = [], 0
    for position in columns.behaviors:
        values, empty = _numbers(table[str(position)])
        wrong = np.flatnonzero(~np.isin(values, (-1.0, 0.0, 1.0)))
        if wrong.size:
            row = int(wrong[0])
            raise text.error(
                f"has '{table[str(position)].iloc[row]}' for '{columns.names[position]}' in line "
                f"{row + 1 + _header_rows(text)}; only 1, 0 and -1 (unlabeled) are possible."
            )
        blanks += empty
        marks.append(values.astype(np.int8))
    return np.stack(marks, axis=1), blanks


_WORDS = {"": -1.0, "nan": -1.0, "true": 1.0, "false": 0.0}


def _numbers(cells: pd.Series) -> tuple[NDArray[np.float64], int]:
    """Return cells as numbers, and how many are empty; what is no number becomes NaN."""
    import pandas as pd

    places, texts = pd.factorize(cells)
    plain = [str(text).strip().casefold() for text in texts]
    values = np.array([_WORDS[text] if text in _WORDS else _number(text) for text in plain])
    empty = np.array([text in ("", "nan") for text in plain])
    return values[places], int(empty[places].sum())


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _background_oddities(
    table: pd.DataFrame, columns: Columns, text: Text, empty: NDArray[np.bool_], marks: NDArray[np.int8]
) -> list[str]:
    """Return what contradicts itself; the background is always worked out from the behaviors."""
    background = _numbers(table[str(columns.background)])[0]
    present = (marks == 1).any(axis=1)
    both = int((present & (background == 1)).sum())
    neither = int((empty & (background == 0)).sum())
    unknown = int(((marks == -1).all(axis=1) & (background >= 0)).sum())
    report = []
    name = columns.names[columns.background or 0]
    if both:
        report.append(f"On {counted(both, 'frame')} '{name}' is set beside a behavior: the behavior counts.")
    if neither:
        report.append(
            f"On {counted(neither, 'frame')} neither '{name}' nor a behavior is set: taken as '{name}'."
        )
    if unknown:
        report.append(f"On {counted(unknown, 'frame')} '{name}' is decided but no behavior is: unlabeled.")
    return report


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the table cannot hold: frames that are decided for some behaviors only."""
    partial = int(partly_decided(labels).sum())
    if not partial or options.choice("partial", PARTIAL_CHOICES):
        return []
    phrase = f"{counted(partial, 'frame', 'is', 'are')} decided in some groups only"
    return [Loss("partial", phrase, PARTIAL_CHOICES)]


def partly_decided(labels: Labels) -> NDArray[np.bool_]:
    """Return the frames (frames,) on which some behaviors are decided and others are not."""
    codes = labels.track.codes
    undecided = codes == UNLABELED
    return undecided.any(axis=1) & ~undecided.all(axis=1)


def write_table(labels: Labels, options: WriteOptions, *, index_name: str = "") -> str:
    """Return the text of a table: frame, background, then one column a behavior, whole numbers."""
    marks = _marks_of(labels, options)
    any_known = (marks >= 0).any(axis=1)
    background = np.where(any_known, (marks != 1).all(axis=1), -1)
    by_name = {same_as(b.name): number for number, b in enumerate(labels.ethogram.behaviors)}
    layout = _source_layout(labels, options, set(by_name))
    if layout is None:
        header = _quoted([index_name, BACKGROUND, *(b.name for b in labels.ethogram.behaviors)])
        columns = [_frame_cells(labels, options), *_texts(np.column_stack([background, marks]))]
        return "\n".join([header, *map(",".join, zip(*columns, strict=True)), ""])
    columns = []
    for position, name in layout.names:
        if str(position) == layout.details["index"]:
            columns.append(_frame_cells(labels, options))
        elif name.casefold() in BACKGROUND_NAMES:
            columns += _texts(background[:, None])
        else:
            columns += _texts(marks[:, [by_name[same_as(name)]]])
    text = "\n".join([layout.lines[0], *map(",".join, zip(*columns, strict=True))]) + layout.details["tail"]
    return ("\ufeff" if layout.bom else "") + text.replace("\n", layout.newline)


def _source_layout(labels: Labels, options: WriteOptions, names: set[str]) -> Layout | None:
    """Return the layout of the source where it was asked for and its columns are these behaviors."""
    layout = labels.layout
    if options.layout != "source" or layout is None or layout.format not in ("deepethogram", "one-hot"):
        return None
    own = {
        same_as(name)
        for position, name in layout.names
        if str(position) != layout.details["index"] and name.casefold() not in BACKGROUND_NAMES
    }
    return layout if own == names else None


def _marks_of(labels: Labels, options: WriteOptions) -> NDArray[np.int8]:
    """Return 1, 0 or -1 of every behavior (frames, behaviors)."""
    codes = labels.track.codes
    marks = np.zeros((labels.frames, len(labels.ethogram.behaviors)), np.int8)
    for number, behavior in enumerate(labels.ethogram.behaviors):
        own = codes[:, labels.ethogram.group_of(behavior.id)]
        marks[own == behavior.id, number] = 1
        marks[own == UNLABELED, number] = -1
    if options.choice("partial", PARTIAL_CHOICES) == "unlabeled":
        marks[partly_decided(labels)] = -1
    return marks


def _frame_cells(labels: Labels, options: WriteOptions) -> list[str]:
    if labels.frame_column is not None and labels.frame_column.size == labels.frames:
        return cells_of(labels.frame_column)
    return [str(frame) for frame in range(options.first_frame, options.first_frame + labels.frames)]


def _texts(marks: NDArray[np.integer]) -> list[list[str]]:
    words = np.array(["0", "1", "-1"], dtype=object)  # -1 indexes from the end
    return [words[marks[:, column].astype(np.intp)].tolist() for column in range(marks.shape[1])]


def _quoted(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
