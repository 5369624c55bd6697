"""One measured figure and how a list of them is printed."""

from typing import NamedTuple

from rich.table import Table


class Figure(NamedTuple):
    """A measured figure; `ok` is None where there is no target."""

    figure: str
    value: str
    target: str = ""
    ok: bool | None = None


def table_of(title: str, rows: list[Figure]) -> Table:
    """Return figures as a table for the terminal."""
    table = Table("figure", "measured", "target", "", title=title, title_justify="left")
    for row in rows:
        table.add_row(row.figure, row.value, row.target, {True: "ok", False: "missed", None: ""}[row.ok])
    return table
