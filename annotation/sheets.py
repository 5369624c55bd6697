"""Small tables that people make in a spreadsheet: lists of clips, sheets of subjects."""

from __future__ import annotations

import csv
from pathlib import Path

from .errors import ProjectError, reason_of

_SEPARATORS = ",;\t"


def read_sheet(path: Path | str, what: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Read a CSV file with a header row; every cell stays text, so that ``01`` is not ``1``.

    Parameters
    ----------
    path
        UTF-8, with or without a byte-order mark. Separator comma, semicolon or tab: the one that the header
        row has most of.
    what
        What the table is called in an error, such as ``list of clips``.

    Returns
    -------
    columns, rows
        Trimmed column names; and of each row its number in the file and its cells by column. Empty rows
        are left out.

    Raises
    ------
    ProjectError
        When the file cannot be read, is empty, or a row has more cells than the header.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"The {what} {path} cannot be read: {reason_of(error)}.") from error
    header = lines[0] if lines else ""
    separator = max(_SEPARATORS, key=header.count)
    cells = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    if not cells or not any(cells[0]):
        raise ProjectError(f"The {what} {path} is empty; its first row must name the columns.")
    columns, *rows = cells
    for number, row in enumerate(rows, start=2):
        if len(row) > len(columns):
            raise ProjectError(f"Row {number} of the {what} {path} has more cells than there are columns.")
    padding = [""] * len(columns)
    return columns, [
        (number, dict(zip(columns, row + padding, strict=False)))
        for number, row in enumerate(rows, start=2)
        if any(row)
    ]
