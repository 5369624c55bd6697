"""BORIS exports of aggregated events, one row a bout or a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .boris_events import Span, rows_of, snapped
from .boris_project import length_of, observation_name, point_behaviors, seconds_at
from .boris_tables import (
    AGGREGATED,
    Table,
    find_table,
    frames_of,
    offset_of,
    rate_of,
    rows_of_one,
    seconds_of,
    table_text,
)
from .bout_rows import labels_of_rows
from .gap_writing import behavior_bouts, gap_losses, millisecond_losses, rate_to_write, remarks_of, remarks_on
from .label_format import Format
from .labels import Labels, Layout, Loss
from .options import ReadOptions, WriteOptions
from .rates import clock_difference
from .text import Text
from .wording import counted

if TYPE_CHECKING:
    import pandas as pd

NAME = "boris-aggregated"
COLUMNS = (
    "Observation id", "Observation date", "Description", "Observation type", "Source", "Time offset (s)",
    "Coding duration", "Media duration (s)", "FPS (frame/s)", "Subject",
    "Observation duration by subject by observation", "Behavior", "Behavioral category", "Behavior type",
    "Start (s)", "Stop (s)", "Duration (s)", "Media file name", "Image index start", "Image index stop",
    "Image file path start", "Image file path stop", "Comment start", "Comment stop",
)  # fmt: skip


def sniff(text: Text) -> bool:
    """Return whether a file has the header or, where that was cut off, the rows of aggregated events."""
    table = find_table(text)
    return table is not None and table.kind == AGGREGATED


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read one subject of one observation; points become bouts of one frame, modifiers and comments notes.

    Raises
    ------
    FormatError
        When the table is malformed, or leaves open which observation or subject is meant, the frame rate, or
        what the frames between the bouts are.
    """
    table = find_table(text)
    if table is None or table.kind != AGGREGATED:
        raise text.error("is no export of aggregated events of BORIS: no line names Start (s) and Stop (s).")
    rows = rows_of_one(text, table, options)
    offset, fps = offset_of(rows, table), rate_of(rows)
    rate = options.fps or fps
    report = (
        [] if table.headed else ["The table has no header: its columns were told by what stands in them."]
    )
    spans = _spans(rows, text, table, offset)
    endless = [span for span in spans if span.open]
    if endless:
        report.append(
            f"{counted(len(endless), 'bout', 'never stops', 'never stop')}: taken until the end of the "
            "observation, as uncertain."
        )
    spans, moved = snapped(sorted(spans, key=lambda span: (span.start, span.stop)), lambda cause, ended: True)
    if moved:
        report.append(f"{counted(moved, 'stop')} put onto the START 1 or 2 ms later.")
    bouts, oddities = rows_of(spans, text, options, rate)
    points = dict.fromkeys(span.behavior for span in spans if span.point)
    return labels_of_rows(
        bouts, text, options, NAME, fps=rate, report=report + clock_difference(fps, options.fps) + oddities,
        layout=Layout(NAME, text.newline, text.bom, details={"points": "|".join(points)}),
    )  # fmt: skip


def _spans(rows: pd.DataFrame, text: Text, table: Table, offset: float) -> list[Span]:
    """Return the bouts and points in the file's order."""
    starts = [second or 0.0 for second in seconds_of(rows, "start", text)]
    stops = seconds_of(rows, "stop", text, missing=True)
    end = max([second for second in [*starts, *stops] if second is not None], default=0.0)
    cells = zip(
        rows.index, starts, stops, frames_of(rows, "first"), frames_of(rows, "last"),
        rows["behavior"], rows["modifier"], rows["comment"], rows["comment_stop"], rows["type"], strict=True,
    )  # fmt: skip
    spans = []
    for line, start, stop, first, last, behavior, modifier, begun, ended, kind in cells:
        if kind.upper() not in ("STATE", "POINT"):
            raise text.error(f"has '{kind}' in line {line} where STATE or POINT is expected.")
        point = kind.upper() == "POINT"
        stop_at = (start if point else end) if stop is None else stop
        if stop_at < start:
            raise text.error(f"has a bout that stops before it starts in line {line}: {start} to {stop_at}.")
        comment = "; ".join(dict.fromkeys(part for part in (begun, ended) if part))
        spans.append(
            Span(
                start - offset, stop_at - offset, behavior, modifier, comment, point,
                open=stop is None and not point, first=first, last=last,
            )
        )  # fmt: skip
    return spans


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the table cannot hold: unlabeled frames, and frames shorter than milliseconds."""
    return [*gap_losses(labels, options), *millisecond_losses(labels, options)]


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a table as BORIS 8 exports it, with commas."""
    fps = rate_to_write(labels, options, "A BORIS table")
    duration, name = f"{length_of(labels, options, fps):.3f}", observation_name(options)
    media, points = labels.media or name, point_behaviors(labels)
    about = [name, "", "", "Media file", f"player #1:{media}", "0.0", duration, duration, f"{fps:g}"]
    bouts = [bout for group in range(labels.track.groups) for bout in behavior_bouts(labels, group)]
    bouts.sort()
    starts = seconds_at([bout.start for bout in bouts], options, fps)
    stops = seconds_at([bout.stop for bout in bouts], options, fps)
    remarks, rows = remarks_of(labels), []
    for bout, start, stop in zip(bouts, starts, stops, strict=True):
        behavior = labels.ethogram.label_name(bout.label)
        point = behavior in points
        ends = (bout.start, bout.start if point else bout.stop)
        stop = start if point else stop
        lasts = "NA" if point else f"{stop - start:.3f}"
        first, last = (frame + options.first_frame for frame in ends)
        rows.append([
            *about, "No focal subject", duration, behavior, "", "POINT" if point else "STATE",
            f"{start:.3f}", f"{stop:.3f}", lasts, media, first, last, "NA", "NA",
            remarks_on(bout, remarks), "",
        ])  # fmt: skip
    return table_text(COLUMNS, rows)


FORMAT = Format(
    name=NAME,
    title="BORIS aggregated events, one row a bout",
    ending="_aggregated.csv",
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
