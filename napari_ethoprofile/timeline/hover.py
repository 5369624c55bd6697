"""What the hover text says about a bout. No Qt."""

from __future__ import annotations

from html import escape

from ..annotation.tracks import UNLABELED, Bout
from .lanes import Lane
from .model import TimelineModel
from .ticks import clip_time


def bout_text(model: TimelineModel, lane: Lane, bout: Bout, frame: int) -> str:
    """Return name, frames, times, duration and origin of a bout as rich text.

    Parameters
    ----------
    model, lane
        Where the bout is shown.
    bout
        The bout.
    frame
        The frame under the mouse, whose origin is told.
    """
    style = model.style(bout.label)
    name = lane.gap if bout.label == UNLABELED and lane.gap else style.name
    lines = [f"<b>{escape(name)}</b>"]
    if bout.label != UNLABELED:
        lines[0] = f'<span style="color:{style.color}">&#9632;</span> {lines[0]}'
    lines[0] += f" &middot; {escape(lane.title)}"
    seconds = model.seconds_at(bout.stop) - model.seconds_at(bout.start)
    many = "frame" if bout.length == 1 else "frames"
    lines.append(f"frames {bout.start} to {bout.stop - 1} ({bout.length} {many}, {seconds:.2f} s)")
    times = f"{clip_time(model.seconds_at(bout.start))} to {clip_time(model.seconds_at(bout.stop))}"
    moment = model.time_of_day(bout.start)
    lines.append(times if moment is None else f"{times} &middot; {moment:%H:%M:%S}")
    if lane.opacity is not None and frame < lane.opacity.size:
        lines.append(f"confidence {lane.opacity[frame]:.2f}")
    if lane.provenance is not None and bout.label != UNLABELED:
        lines.append(escape(lane.provenance(frame)))
    if lane.ghost is not None and bout.label == UNLABELED:
        lines.append(escape(lane.ghost.text(frame)))
    lines += [
        ("uncertain" if marker.uncertain else "note") + (f": {escape(marker.text)}" if marker.text else "")
        for marker in model.markers
        if lane.editable
        and marker.group == lane.group
        and marker.start < bout.stop
        and bout.start < marker.stop
    ]
    return "<br>".join(line for line in lines if line)


def seen_text(model: TimelineModel) -> str:
    """Return how much of the clip was really on the screen."""
    count = int(model.seen.sum())
    return f"{count} of {model.frames} frames were on the screen at 1× or slower ({count / model.frames:.0%})"
