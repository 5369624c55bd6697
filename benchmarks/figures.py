"""One measured figure and how a list of them is printed."""

import sys
from pathlib import Path
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


def peak_bytes() -> int:
    """Return the most memory that this process has held.

    Linux keeps the peak of the process that started this one in ``ru_maxrss``, but not in its own count.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
