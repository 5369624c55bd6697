"""BORIS exports of events, one row a START, STOP or POINT, in the three layouts that versions wrote."""

from __future__ import annotations

from .boris_events import POINT, START, STOP, Event, paired, rows_of, snapped
from .boris_project import events_of, length_of, observation_name
from .boris_tables import (
    TABULAR,
    find_table,
    frames_of,
    offset_of,
    rate_of,
    rows_of_one,
    seconds_of,
    table_text,
)
from .bout_rows import labels_of_rows
from .gap_writing import gap_losses, millisecond_losses, rate_to_write
from .label_format import Format
from .labels import Labels, Layout, Loss
from .options import ReadOptions, WriteOptions
from .rates import clock_difference
from .text import Text
from .wording import counted

NAME = "boris-tabular"
COLUMNS = (
    "Observation id", "Observation date", "Description", "Observation duration", "Observation type", "Source",
    "Time offset (s)", "Media duration (s)", "FPS", "Subject", "Behavior", "Behavioral category",
    "Behavior type", "Time", "Media file name", "Image index", "Image file path", "Comment",
)  # fmt: skip


def sniff(text: Text) -> bool:
    """Return whether a file has the header of an export of events, below its preamble where it has one."""
    table = find_table(text)
    return table is not None and table.kind == TABULAR


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read one subject of one observation; points become bouts of one frame, modifiers and comments notes.

    Raises
    ------
    FormatError
        When the table is malformed, or leaves open which observation or subject is meant, the frame rate, or
        what the frames between the bouts are.
    """
    table = find_table(text)
    if table is None or table.kind != TABULAR:
        raise text.error("is no export of events of BORIS: no line names the columns Time and Behavior.")
    rows = rows_of_one(text, table, options)
    offset = offset_of(rows, table)
    events = []
    kinds = rows["type"].where(rows["type"].str.upper().isin((START, STOP, POINT)), rows["status"])
    times, frames = seconds_of(rows, "time", text), frames_of(rows, "frame")
    cells = zip(
        rows.index, times, frames, rows["behavior"], rows["modifier"], rows["comment"], kinds, strict=True
    )
    for line, time, frame, behavior, modifier, comment, kind in cells:
        if kind.upper() not in (START, STOP, POINT):
            raise text.error(f"has '{kind}' in line {line} where START, STOP or POINT is expected.")
        events.append(Event((time or 0.0) - offset, behavior, modifier, comment, kind.upper(), frame))
    fps = rate_of(rows)
    rate = options.fps or fps
    spans, report = paired(events, max((event.time for event in events), default=0.0))
    # A table does not say which behaviors exclude each other; a stop that close was not pressed by hand.
    spans, moved = snapped(spans, lambda cause, ended: True)
    if moved:
        report.append(f"{counted(moved, 'stop')} put onto the START 1 or 2 ms later.")
    bouts, oddities = rows_of(spans, text, options, rate)
    points = dict.fromkeys(span.behavior for span in spans if span.point)
    return labels_of_rows(
        bouts, text, options, NAME, fps=rate, report=report + clock_difference(fps, options.fps) + oddities,
        layout=Layout(NAME, text.newline, text.bom, details={"points": "|".join(points)}),
    )  # fmt: skip


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the table cannot hold: unlabeled frames, and frames shorter than milliseconds."""
    return [*gap_losses(labels, options), *millisecond_losses(labels, options)]


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a table as BORIS 8 exports it, with commas."""
    fps = rate_to_write(labels, options, "A BORIS table")
    duration, name = f"{length_of(labels, options, fps):.3f}", observation_name(options)
    media = labels.media or name
    rows = []
    for seconds, frame, behavior, status, comment in events_of(labels, options):
        about = [name, "", "", duration, "Media file", f"player #1:{media}", "0.0", duration, f"{fps:g}"]
        rows.append(
            [*about, "No focal subject", behavior, "", status, f"{seconds:.3f}", media, frame, "NA", comment]
        )
    return table_text(COLUMNS, rows)


FORMAT = Format(
    name=NAME,
    title="BORIS events, one row a START, STOP or POINT",
    ending="_tabular.csv",
    cannot_hold=(
        "which behaviors exclude each other",
        "behaviors that never occur",
        "unlabeled frames, and none as a label of its own (both are time without a behavior)",
        "frame times finer than milliseconds",
        "who labeled, notes on frames without a behavior, provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
    holds_notes=True,
)
