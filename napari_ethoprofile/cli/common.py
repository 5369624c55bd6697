"""What several commands share: arguments, durations, output."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..annotation.errors import EthoprofileError
from ..renaming import renamings

if TYPE_CHECKING:
    from ..annotation.project import Project

ProjectFolder = Annotated[Path, typer.Argument(metavar="PROJECT", help="Folder of the project.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OLD=NEW", help="Read behavior OLD as NEW; may be given several times."),
]
CropTo = Annotated[
    str,
    typer.Option(
        "--crop",
        metavar="X,Y,W,H",
        help="The part of every picture that the model looks at, in pixels; all of it when not given.",
    ),
]
LabelsOf = Annotated[
    list[str] | None,
    typer.Option(
        "--labels",
        metavar="WHOSE",
        help="Only these labels count: those of an annotator, of a kind of pass (consensus, review, first, "
        "blind) or of a pass; may be given several times.",
    ),
]
ReadOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        metavar="NAME=VALUE",
        help="How to read the file: annotator, behaviors, end, observation, overlaps, subject, tier, unit or "
        "video; several times.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="ROLE=NAME", help="Column of a bout table, such as start=from; several times."
    ),
]
WriteOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--write",
        metavar="NAME=VALUE",
        help="How to write the file: features, layout, overlaps, partial, scheme, session_start or variant; "
        "several times.",
    ),
]

#: Kinds of passes that people make.
KINDS = ("first", "review", "blind", "consensus")

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|sec|min|m|h)?")
_SECONDS = {"ms": 0.001, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, None: 1}


def crop_from(text: str, width: int | None = None, height: int | None = None) -> list[int]:
    """Return left, top, width and height of a crop such as ``100,50,400,300`` of a picture of this size."""
    try:
        x, y, w, h = (int(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not a crop; write it like 100,50,400,300.") from error
    fits = width is None or height is None or (x + w <= width and y + h <= height)
    if x < 0 or y < 0 or w < 1 or h < 1 or not fits:
        picture = f"a picture of {width} x {height} pixels" if width else "any picture"
        raise typer.BadParameter(f"The crop {text} does not lie on {picture}.")
    return [x, y, w, h]


def seconds_of(text: str) -> float:
    """Return the seconds that a duration such as ``5min``, ``30s`` or ``1.5h`` stands for.

    Raises
    ------
    typer.BadParameter
        When it is not a positive duration.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if seconds <= 0:
        raise typer.BadParameter(f"'{text}' is not a duration; write it like 30s, 5min or 1.5h.")
    return seconds


def mapping_of(pairs: list[str] | None) -> dict[str, str]:
    """Return ``{old: new}`` from ``old=new`` arguments."""
    try:
        return renamings(pairs or ())
    except EthoprofileError as error:
        raise typer.BadParameter(str(error)) from None


def read_options(pairs: list[str] | None, columns: list[str] | None) -> dict[str, Any]:
    """Return options for `read_labels` from ``--read`` and ``--column``."""
    from ..annotation.formats import TOLD

    given: dict[str, Any] = _chosen("--read", pairs, TOLD)
    return given | ({"columns": mapping_of(columns)} if columns else {})


def write_options(pairs: list[str] | None) -> dict[str, Any]:
    """Return options for `write_labels` from ``--write``."""
    known = ("features", "layout", "overlaps", "partial", "scheme", "session_start", "variant")
    return _chosen("--write", pairs, known)


def _chosen(option: str, pairs: list[str] | None, allowed: tuple[str, ...]) -> dict[str, Any]:
    given = mapping_of(pairs)
    for name in given:
        one_of(option, name, allowed)
    return given


@contextmanager
def opened(folder: Path, *, read_only: bool = False) -> Iterator[Project]:
    """Open a project, tell its warnings, and close it at the end."""
    from ..annotation.project import Project

    project = Project.open(folder, read_only=read_only)
    try:
        for warning in project.warnings:
            note(warning)
        yield project
    finally:
        project.close()


def say(text: str = "") -> None:
    """Print a line on standard output."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Print a remark on standard error, so that it never mixes with what a script reads."""
    sys.stderr.write(f"{text}\n")


def say_json(data: Any) -> None:
    """Print JSON on standard output: plain ASCII, which is the same in every console's code page."""
    say(json.dumps(data, indent=2))


def counted(number: int, noun: str) -> str:
    """Return ``1 clip`` or ``2 clips``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def print_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a table; its width follows the terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")  # ids are there to be copied whole
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@contextmanager
def progress_bar(text: str) -> Iterator[Callable[[int, int | None], None]]:
    """Yield ``tell(done, total)`` that moves a progress bar on standard error."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """Return `value` when it is allowed, or say in one sentence what is."""
    if value not in allowed:
        raise typer.BadParameter(f"{name} can be {', '.join(allowed)}; '{value}' is none of these.")
    return value


def must_not_exist(path: Path) -> None:
    """Refuse to write over a file."""
    if path.exists():
        raise EthoprofileError(f"{path} exists already; give another name or move it away first.")
