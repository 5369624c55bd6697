"""The command on what labels say about the animals: profile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .common import AsJson, Mapping, counted, mapping_of, note, print_table, say, say_json, seconds_of
from .progress import stages

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ..annotation.profiles import Lights, Scored


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(profile)


def profile(
    result: Annotated[
        list[Path], typer.Argument(metavar="RESULT...", help="Result or label files, or folders of them.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where tables and figures go.")] = Path("profile"),
    bin_: Annotated[str, typer.Option("--bin", metavar="1h", help="Length of a bin of time.")] = "1h",
    lights: Annotated[
        str, typer.Option(metavar="HH:MM-HH:MM", help="When the lights are on; the dark phase is shaded.")
    ] = "",
    subjects: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Animals: columns id and strain.")
    ] = None,
    behavior: Annotated[
        str | None, typer.Option(metavar="NAME", help="Draw actogram and daily profile of this one only.")
    ] = None,
    fps: Annotated[float | None, typer.Option(help="Frames per second, for files that do not say.")] = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="F", help="Format; found out when not given.")
    ] = None,
    gaps: Annotated[
        str | None,
        typer.Option(metavar="none|unlabeled", help="What the frames between the bouts of bout tables are."),
    ] = None,
    timezone: Annotated[
        str,
        typer.Option(
            metavar="ZONE",
            help="By whose clock files are named, where that was changed meanwhile: such as Europe/Berlin.",
        ),
    ] = "",
    mapping: Mapping = None,
    as_json: AsJson = False,
    events: Annotated[
        bool, typer.Option("--events", help="Print a JSON line for every stage, for other programs.")
    ] = False,
) -> None:
    """Say what animals did: time budgets, bouts, transitions, day and night, as tables and figures.

    Example: ethoprofile profile results/*_results_v5.csv --lights 07:00-19:00 --out profile
    """
    from ..annotation.profiles import read_scored, totals, write_profile

    given = {"gaps": gaps} if gaps else {}
    strains = _strains(subjects)
    with stages(events=events) as tell:
        scored = read_scored(
            result,
            fps=fps,
            strains=strains,
            timezone=_timezone(timezone),
            on_stage=tell,
            format=format_,
            mapping=mapping_of(mapping),
            **given,
        )
        written = write_profile(
            scored, out, seconds=seconds_of(bin_), lights=_lights(lights), behavior=behavior, on_stage=tell
        )
    unlabeled = sum(float((~item.assessed).sum()) / item.fps for item in scored)
    found = totals(scored)
    partial = [item for item in scored if item.partial]
    for sentence in _remarks(scored, strains):
        note(sentence)
    if as_json:
        say_json(
            {
                "recordings": len(scored),
                "animals": len({item.animal for item in scored}),
                "unlabeled_seconds": unlabeled,
                "partial": [item.name for item in partial],
                "behaviors": found,
                "files": [str(path) for path in written],
            }
        )
        return
    rows = [
        [name, f"{item['seconds']:.1f}", f"{100 * item['share']:.1f}", f"{item['bouts']:.0f}"]
        for name, item in found.items()
    ]
    print_table(
        f"{counted(len({item.animal for item in scored}), 'animal')}, {counted(len(scored), 'table')}",
        ["behavior", "seconds", "% of assessed time", "bouts"],
        rows,
    )
    if unlabeled:
        note(f"{unlabeled:.1f} s are unlabeled and are part of no share.")
    if all(item.began is None for item in scored):
        note("The names of the files do not say when they were recorded: no day and night, no actogram.")
    say(f"Wrote {counted(len(written), 'file')} into {out}.")


def _remarks(scored: Sequence[Scored], strains: dict[str, str]) -> list[str]:
    """Return what should be known of the files before the figures are believed."""
    from ..annotation.profiles import MOST_STRETCHES, same_animal

    said = [
        f"{item.name} covers its recording only up to where that broke or was cut short "
        f"({item.seconds:,.1f} s); what comes after counts nowhere."
        for item in scored
        if item.partial
    ]
    nameless = [item.name for item in scored if not item.subject]
    if len(nameless) > 1:
        said.append(
            f"The names of {len(nameless)} tables do not say which animal they are of ({nameless[0]}, ...): "
            "each counts as an animal of its own; call them like 01_20260105_1200."
        )
    animals = dict.fromkeys(item.animal for item in scored)
    unknown = [animal for animal in animals if not any(same_animal(animal, known) for known in strains)]
    unused = [known for known in strains if not any(same_animal(animal, known) for animal in animals)]
    if strains and unknown:
        said.append(f"The table of animals does not say the strain of {', '.join(unknown)}.")
    if unused:
        said.append(f"The table of animals has {', '.join(unused)}, of which there is no file.")
    if len(scored) > MOST_STRETCHES and any(item.began is None for item in scored):
        said.append(
            f"There is no raster of {len(scored)} tables (at most {MOST_STRETCHES} where the names do not "
            "say when they were recorded)."
        )
    return said


def _timezone(name: str) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise typer.BadParameter(f"'{name}' is no time zone; write it like Europe/Berlin.") from error


def _lights(text: str) -> Lights | None:
    from ..annotation.profiles import Lights

    if not text:
        return None
    try:
        on, off = (datetime.strptime(part.strip(), "%H:%M").time() for part in text.split("-"))
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not a light schedule; write it like 07:00-19:00.") from error
    if on == off:
        raise typer.BadParameter("the lights cannot go on and off at the same time.")
    return Lights(on, off)


def _strains(table: Path | None) -> dict[str, str]:
    from ..annotation.errors import ProjectError
    from ..annotation.sheets import read_sheet

    if table is None:
        return {}
    columns, rows = read_sheet(table, "table of animals")
    named = {column.casefold(): column for column in columns}
    if not {"id", "strain"} <= set(named):
        raise ProjectError(f"The table of animals {table} needs the columns id and strain.")
    return {row[named["id"]]: row[named["strain"]] for _number, row in rows}
