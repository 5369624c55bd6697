"""SimBA's ``targets_inserted`` files: features of pose estimation, then a 0/1 column a behavior."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..ethogram import make_ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .gap_writing import gap_losses
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .text import Text, read_file
from .wording import counted

NAME = "simba"
_MARK = re.compile(r"[01](\.0*)?|")
#: Features of SimBA that may hold 0 and 1 only, and what its columns of predictions begin with.
_FEATURES = ("low_prob_detections", "sum_probabilities")
_PREDICTED = "probability_"


def sniff(text: Text) -> bool:
    """Return whether the columns are those of pose estimation and the last one is a behavior."""
    header = text.header
    return text.delimiter == "," and _has_pose(header) and bool(_candidates(text, header))


def _has_pose(header: list[str]) -> bool:
    """Return whether somewhere x, y and p of one body part stand side by side."""
    plain = [cell.casefold() for cell in header]
    return any(
        a.endswith("_x") and b == f"{a[:-2]}_y" and c == f"{a[:-2]}_p"
        for a, b, c in zip(plain, plain[1:], plain[2:], strict=False)
    )


def _candidates(text: Text, header: list[str]) -> list[int]:
    """Return the positions of the last columns in which the first rows hold only 0 and 1."""
    rows = [row for row in text.rows(5) if len(row) == len(header)]
    found: list[int] = []
    for position in reversed(range(1, len(header))):
        name = header[position].casefold()
        cells = [row[position] for row in rows]
        if name.startswith(_PREDICTED):
            continue
        if not rows or name.startswith(_FEATURES) or not all(map(_MARK.fullmatch, cells)):
            break
        found.insert(0, position)
    return found


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read the behaviors at the end of a file, or those that ``behaviors`` names, each in its own group.

    0 is none, or unlabeled where no behavior is set with ``background="unlabeled"``; an empty cell is
    unlabeled.

    Raises
    ------
    FormatError
        When there is no such column, or it holds something else.
    """
    import pandas as pd

    header = text.header
    positions = _named(text, header, options) if options.behaviors else _candidates(text, header)
    if not positions:
        raise text.error(
            "has no column with 0 and 1 at its end; name the behaviors (behaviors=Attack,Sniffing)."
        )
    try:
        table = pd.read_csv(
            io.StringIO(text.content), header=None, skiprows=1, names=range(len(header)), usecols=positions,
            dtype=str, na_filter=False, index_col=False, lineterminator="\n",
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise text.error(f"is no table that can be read ({error}); it may be cut off.") from error
    marks: dict[str, NDArray[np.int8]] = {}
    for position in reversed(positions):
        column = _marks(table[position].tolist())
        if column is None and options.behaviors:
            raise text.error(
                f"holds more than 0 and 1 in the column '{header[position]}'; it is no behavior."
            )
        if column is None:
            break
        marks[header[position]] = column
    if not marks:
        raise text.error("has no behavior at its end: its last column holds more than 0 and 1.")
    names = list(reversed(marks))
    stack = np.stack([marks[name] for name in names], axis=1)
    codes = np.where(stack == 1, np.arange(1, stack.shape[1] + 1), np.where(stack == 0, NONE, UNLABELED))
    report = []
    blank = int((stack < 0).sum())
    if blank:
        report.append(f"{counted(blank, 'cell', 'is', 'are')} empty: unlabeled.")
    if options.background == "unlabeled":
        empty = (codes == NONE).all(axis=1)
        codes[empty] = UNLABELED
        report.append(f"{counted(int(empty.sum()), 'frame')} without any behavior taken as unlabeled.")
    report.append(
        f"Taken as behaviors: {', '.join(names)}; the {len(header) - len(names)} other columns were not."
    )
    return [
        Labels(
            track=LabelTrack(codes.astype(CODE)),
            ethogram=make_ethogram(names, text.path.stem, exclusive=False),
            fps=options.fps,
            annotator=options.annotator,
            format=NAME,
            source=text.path,
            report=report,
        )
    ]


def _named(text: Text, header: list[str], options: ReadOptions) -> list[int]:
    plain = [cell.casefold() for cell in header]
    positions = []
    for name in (options.behaviors or "").split(","):
        if name.strip().casefold() not in plain:
            raise text.error(f"has no column '{name.strip()}'; its last ones are {', '.join(header[-5:])}.")
        positions.append(plain.index(name.strip().casefold()))
    return sorted(set(positions))


def _marks(cells: list[str]) -> NDArray[np.int8] | None:
    """Return 1, 0 and -1 (empty) of a column, or None when it holds something else."""
    known = {cell: cell.strip() for cell in set(cells)}
    if not all(map(_MARK.fullmatch, known.values())):
        return None
    values = {cell: int(plain[0]) if plain else -1 for cell, plain in known.items()}
    return np.array([values[cell] for cell in cells], np.int8)


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a file cannot hold: unlabeled frames, and labels without the features they belong to."""
    found = gap_losses(labels, options)
    if not options.features:
        found.append(
            Loss(
                "features",
                "labels are only appended to the features file of the recording; name it (features=...)",
            )
        )
    return found


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of the features file with a column for each behavior at the end of its rows.

    Raises
    ------
    FormatError
        When there is no such features file, it has another number of rows, or a column of a behavior's name.
    """
    source = read_file(Path(str(options.features)))
    if not isinstance(source, Text) or not _has_pose(source.header):
        raise FormatError(
            f"{options.features} is no features file of SimBA: no column begins a body part (x, y, p)."
        )
    lines = source.content.rstrip("\n").split("\n")
    if len(lines) - 1 != labels.frames:
        raise FormatError(
            f"The features file {options.features} has {counted(len(lines) - 1, 'row')} for "
            f"{counted(labels.frames, 'frame')}; it belongs to another recording or clip."
        )
    names = [behavior.name for behavior in labels.ethogram.behaviors]
    there = {cell.casefold() for cell in source.header}
    twice = next((name for name in names if name.casefold() in there), None)
    if twice is not None:
        raise FormatError(
            f"The features file {options.features} has a column '{twice}' already; choose one without."
        )
    codes = labels.track.codes
    columns = [(codes[:, labels.ethogram.group_of(b.id)] == b.id) for b in labels.ethogram.behaviors]
    head = io.StringIO()
    csv.writer(head, lineterminator="").writerow(names)
    cells = ["," + ",".join(row) for row in np.where(np.stack(columns, axis=1), "1", "0").tolist()]
    rows = [line + own for line, own in zip(lines, [f",{head.getvalue()}", *cells], strict=True)]
    return "\n".join([*rows, ""]).replace("\n", source.newline)


FORMAT = Format(
    name=NAME,
    title="SimBA targets_inserted, appended to a features file",
    ending="_targets_inserted.csv",
    cannot_hold=(
        "which behaviors exclude each other",
        "unlabeled frames",
        "the difference between none and no behavior (both are 0)",
        "labels without the features file of the recording",
        "who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
