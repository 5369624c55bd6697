"""The command that compares raters: label files, or passes of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import (
    AsJson,
    Columns,
    Mapping,
    ReadOptions,
    mapping_of,
    note,
    one_of,
    opened,
    read_options,
    say,
)

if TYPE_CHECKING:
    from ..annotation.agreement.report import AgreementReport
    from ..annotation.agreement.report.tables import Table
    from ..annotation.agreement.sources import Material

_GROUPINGS = ("subject", "strain", "phase", "pair", "week")
_UNITS = ("clip", "subject")
#: Columns of the overview that fit a terminal; the page has all of them.
_SHOWN = ("Raters", "Frames", "Left out", "Agreement", "Kappa", "AC1", "Bout F1")
#: Width of tables that go into a file or a pipe.
_WIDTH = 120


def register(app: typer.Typer) -> None:
    """Add the command of this file to the tree."""
    app.command()(agree)


def agree(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[A] [B] ...",
            help="Label files; with --project ids of passes, annotators, or NAME:KIND such as Ada:blind.",
            show_default=False,
        ),
    ] = None,
    project: Annotated[
        Path | None, typer.Option("--project", metavar="P", help="Compare passes of this project.")
    ] = None,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option("--format", metavar="F", help="Format of the files; found out when not given."),
    ] = None,
    fps: Annotated[float | None, typer.Option(help="Frames per second of the recordings.")] = None,
    frames: Annotated[int | None, typer.Option(min=1, help="Number of frames of the recording.")] = None,
    mapping: Mapping = None,
    gaps: Annotated[
        str | None,
        typer.Option(metavar="none|unlabeled", help="What frames between the bouts of bout tables are."),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option(
            metavar="none|unlabeled", help="What frames of a one-hot table without anything set are."
        ),
    ] = None,
    priority: Annotated[
        str | None,
        typer.Option(
            metavar="later|apart|NAME,NAME",
            help="Overlapping bouts of one rater: later row, behaviors by themselves, or the first of these.",
        ),
    ] = None,
    allow_mismatch: Annotated[
        bool, typer.Option("--allow-mismatch", help="Compare files of very different lengths.")
    ] = False,
    read: ReadOptions = None,
    column: Columns = None,
    collar: Annotated[
        float, typer.Option(min=0.0, help="Seconds around boundaries that kappa with a collar leaves out.")
    ] = 0.25,
    tolerance: Annotated[
        float, typer.Option(min=0.0, help="Seconds within which the same label counts as found.")
    ] = 0.5,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="|".join(_GROUPINGS), help="Give the numbers apart, too; several times."),
    ] = None,
    resample: Annotated[
        str, typer.Option(metavar="|".join(_UNITS), help="What intervals are made from.")
    ] = "clip",
    seed: Annotated[int, typer.Option(min=0, help="Of the resampling; the same seed gives the same.")] = 0,
    every: Annotated[
        bool, typer.Option("--all", help="Print every table: bouts, boundaries, clips, what explains kappa.")
    ] = False,
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as one self-contained page.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the numbers as a table.")] = None,
    figures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the figures as PNG and SVG into a new folder.")
    ] = None,
) -> None:
    """Compare raters: agreement of frames and of bouts, with intervals and reasons.

    A file of several raters is enough; 'none' in results means that no behavior could be determined.

    Example: ethoprofile agree ada_bouts.csv ben_bouts.csv --gaps none --html agreement.html
    """
    from ..annotation.agreement.report import agreement_report, check_new, json_text, write_report
    from ..annotation.agreement.results import Settings

    for path in (html, csv, figures):
        if path is not None:
            check_new(path)
    groupings = [one_of("--by", name, _GROUPINGS) for name in by or ()]
    settings = Settings(
        collar=collar,
        tolerance=tolerance,
        by=tuple(name for name in groupings if name != "pair"),  # type: ignore[misc]  # pairs stand apart anyway
        unit=one_of("--resample", resample, _UNITS),  # type: ignore[arg-type]
        seed=seed,
    )
    if project is None:
        if acting is not None:
            raise typer.BadParameter("--as belongs to passes of a project; name it with --project.")
        material = _files(
            sources or [],
            format=format_name,
            fps=fps,
            frames=frames,
            mapping=mapping_of(mapping),
            gaps=_filling("--gaps", gaps),
            background=_filling("--background", background),
            priority=_names(priority),
            allow_mismatch=allow_mismatch,
            read=read_options(read, column),
        )
    else:
        for_files = {"--format": format_name, "--fps": fps, "--frames": frames, "--map": mapping}
        for_files |= {
            "--gaps": gaps,
            "--background": background,
            "--priority": priority,
            "--read": read,
            "--column": column,
        }
        given = [option for option, value in for_files.items() if value]
        if given:
            raise typer.BadParameter(f"{given[0]} is for label files; the project knows it of its passes.")
        material = _passes(project, sources or [], acting)
    report = agreement_report(material, settings)
    for sentence in report.material.notes:
        note(sentence)
    if as_json:
        say(json_text(report))
    else:
        _show(report, every=every)
    for path in write_report(report, html=html, csv=csv, figures=figures):
        note(f"Wrote {len(list(path.iterdir()))} figures into {path}." if path.is_dir() else f"Wrote {path}.")


def _filling(option: str, value: str | None) -> str | None:
    return None if value is None else one_of(option, value, ("none", "unlabeled"))


def _names(priority: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (priority or "").split(",") if name.strip())


def _files(sources: list[str], **options: Any) -> Material:
    from ..annotation.agreement.sources import FileOptions, material_of_files

    if not sources:
        raise typer.BadParameter("Name the label files to compare, or a project with --project.")
    return material_of_files([Path(source) for source in sources], FileOptions(**options))


def _passes(folder: Path, raters: list[str], acting: str | None) -> Material:
    from ..annotation.agreement.sources import material_of_passes

    with opened(folder, read_only=True) as store:
        return material_of_passes(store, raters, acting)


def _show(report: AgreementReport, *, every: bool) -> None:
    """Print the report as tables: the usual ones, or every one."""
    from ..annotation.agreement.report import exclusions, tables
    from ..annotation.agreement.report.further import further

    _print(tables.overview(report), _SHOWN)
    if len(report.material.raters) > 2:
        for many in report.groups:
            _print(tables.all_raters(many, report))
    for pair in report.pairs:
        _print(tables.behaviors(pair, report))
        grouped = tables.groupings(pair, report)
        if grouped is not None:
            _print(grouped)
        for table in further(pair, report) if every else ():
            _print(table)
    if {row.name for row in report.origins} != {"not known"}:
        title = "Agreement by how the passes came about"
        _print(tables.parts(title, "Passes", report.origins, report))
    for phrase in exclusions(report):
        say(f"Left out: {phrase}.")
    if report.material.gaps:
        say(f"Frames between the bouts of bout tables count as {report.material.gaps}.")
    if report.material.overlaps:
        say(f"Where bouts of one rater overlap, {report.material.overlaps}.")
    settings = report.settings
    share = f"{100 * settings.confidence:g} %"
    say(f"In brackets: {share} intervals from resampling {settings.unit}s, seed {settings.seed}.")


def _print(table: Table, shown: tuple[str, ...] = ()) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as RichTable

    places = [n for n, column in enumerate(table.columns) if not shown or column.name in shown]
    drawn = RichTable(title=escape(table.title), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place in places:
        head = escape(table.columns[place].name).replace(
            " ", "\n", 1
        )  # narrow heads leave room for intervals
        drawn.add_column(head, justify="left" if place == 0 else "right", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(escape(row[place]) for place in places))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(drawn)
    for number, sentence in enumerate(table.footnotes, start=1):
        say(f"[{number}] {sentence}.")
