"""Prints every figure as a ratio within one run: ``python -m benchmarks [NAME ...]``."""

import importlib
import sys

from rich.console import Console

from .figures import Figure, table_of

#: Modules with a function ``rows()``, in the order in which they are printed.
PARTS = (
    "reader",
    "timeline",
    "journal",
    "window",
    "key_press",
    "agreement",
    "compare",
    "learn",
    "batch",
    "loop",
    "ranking",
    "proposals",
)


def main(names: list[str]) -> int:
    """Run the named parts, or all; return 1 when a figure misses its target."""
    console = Console(width=150)
    missed: list[Figure] = []
    for name in names or PARTS:
        rows = [Figure(*row) for row in importlib.import_module(f"benchmarks.{name}").rows()]
        console.print(table_of(name, rows))
        missed += [row for row in rows if row.ok is False]
    for row in missed:
        console.print(f"missed: {row.figure}: {row.value} (target {row.target})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
