"""Events as BORIS stores them, paired to bouts: START and STOP, implicit stops, points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .bout_rows import DEFAULT_GROUP, Row
from .options import ReadOptions
from .rates import nearest_frames
from .text import LabelFile
from .wording import counted

START, STOP, POINT = "START", "STOP", "POINT"
NO_SUBJECT = "No focal subject"
#: BORIS ends a behavior 1 ms before the one that excludes it begins; times are rounded to 1 ms.
IMPLICIT_STOP = 0.002
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Event:
    """One event of an observation.

    Attributes
    ----------
    time
        Seconds since the first frame.
    behavior, modifier, comment
        As they stand in the file; several modifiers are joined by ``|``.
    status
        `START`, `STOP`, `POINT`, or empty where the file leaves it to the order of the events.
    frame
        The frame that BORIS showed, where the file says so.
    """

    time: float
    behavior: str
    modifier: str = ""
    comment: str = ""
    status: str = ""
    frame: int | None = None


@dataclass(frozen=True)
class Span:
    """A bout in seconds, before it is brought to frames.

    Attributes
    ----------
    start, stop
        Seconds; the same for a point.
    point
        The behavior has no duration by its definition.
    open
        It began and never ended in the file.
    first, last
        Frames of both ends, where the file says so.
    """

    start: float
    stop: float
    behavior: str
    modifier: str = ""
    comment: str = ""
    point: bool = False
    open: bool = False
    first: int | None = None
    last: int | None = None


def paired(events: Sequence[Event], end: float) -> tuple[list[Span], list[str]]:
    """Pair the events of one subject to bouts.

    A START and the next STOP of the same behavior and modifier belong together; where the file does not say
    which is which, they take turns.

    Parameters
    ----------
    events
        In any order.
    end
        Seconds at which the observation ends: bouts that never stop last until then.

    Returns
    -------
    spans
        By start.
    report
        Events without a partner, in numbers.
    """
    spans: list[Span] = []
    running: dict[tuple[str, str], Event] = {}
    unstarted: list[Event] = []
    endless: list[Event] = []
    for event in sorted(events, key=lambda event: event.time):
        key = (event.behavior, event.modifier)
        if event.status == POINT:
            spans.append(_span(event, event, point=True))
            continue
        begun = running.pop(key, None)
        if event.status == STOP or (not event.status and begun is not None):
            if begun is None:
                unstarted.append(event)
            else:
                spans.append(_span(begun, event))
            continue
        if begun is not None:
            endless.append(begun)
            spans.append(replace(_span(begun, event), open=True))
        running[key] = event
    for begun in running.values():
        endless.append(begun)
        spans.append(replace(_span(begun, begun), stop=max(end, begun.time), last=None, open=True))
    report = []
    if endless:
        first = min(endless, key=lambda event: event.time)
        report.append(
            f"{counted(len(endless), 'bout', 'never stops', 'never stop')}, the first is '{first.behavior}' "
            f"at {first.time:g} s: taken until the next START or the end of the observation, as uncertain."
        )
    if unstarted:
        first = unstarted[0]
        report.append(
            f"{counted(len(unstarted), 'STOP', 'has', 'have')} no START, the first is that of "
            f"'{first.behavior}' at {first.time:g} s: left out."
        )
    return sorted(spans, key=lambda span: (span.start, span.stop)), report


def _span(begun: Event, ended: Event, *, point: bool = False) -> Span:
    comment = "; ".join(dict.fromkeys(text for text in (begun.comment, ended.comment) if text))
    return Span(
        begun.time, ended.time, begun.behavior, begun.modifier, comment, point,
        first=begun.frame, last=ended.frame,
    )  # fmt: skip


def snapped(spans: Sequence[Span], excludes: Callable[[str, str], bool]) -> tuple[list[Span], int]:
    """Put implicit stops onto the START that caused them, and count them.

    Parameters
    ----------
    spans
        By start.
    excludes
        Whether the behavior that is named first ends the other one when it begins.
    """
    starts = np.array([span.start for span in spans])
    found, moved = [], 0
    for span in spans:
        new = span
        if not span.point:
            near = np.searchsorted(starts, [span.stop + _ROUNDING, span.stop + IMPLICIT_STOP + _ROUNDING])
            causes = (
                other
                for other in spans[near[0] : near[1]]
                if (other.behavior, other.modifier) != (span.behavior, span.modifier)
                and (other.behavior == span.behavior or excludes(other.behavior, span.behavior))
            )
            cause = next(causes, None)
            if cause is not None:
                new, moved = replace(span, stop=cause.start, last=cause.first), moved + 1
        found.append(new)
    return found, moved


def rows_of(
    spans: Sequence[Span],
    file: LabelFile,
    options: ReadOptions,
    fps: float | None,
    groups: Mapping[str, str] | None = None,
) -> tuple[list[Row], list[str]]:
    """Bring spans to frames.

    Points, and bouts that begin and end at one time, become bouts of one frame. Modifiers and comments
    become notes.

    Parameters
    ----------
    spans
        Of one subject in one observation.
    file
        Where they come from.
    options
        ``unit``, ``times`` and ``first_frame`` count here: ``unit="frames"`` takes the frames that the file
        names in place of the nearest ones to its seconds.
    fps
        Frames per second.
    groups
        Behavior to its group; one group for all when not given.

    Raises
    ------
    FormatError
        When the frame rate is not known, a bout starts before the first frame, or the file names no frames.
    """
    if not spans:
        return [], []
    lost = next((span for span in spans if not np.isfinite([span.start, span.stop]).all()), None)
    if lost is not None:
        raise file.error(f"has '{lost.behavior}' at a time that is no number.")
    report = []
    first, last = _frames(spans, file, options, fps)
    brief = (last <= first) & np.array([not span.point for span in spans])
    last = np.where(last <= first, first + 1, last)
    points = [span for span in spans if span.point]
    if points:
        names = ", ".join(f"'{name}'" for name in dict.fromkeys(span.behavior for span in points))
        report.append(f"{counted(len(points), 'point event')} ({names}) became bouts of one frame.")
    if brief.any():
        report.append(f"{counted(int(brief.sum()), 'bout')} shorter than half a frame became one frame.")
    early = np.flatnonzero(first < 0)
    if early.size:
        span = spans[int(early[0])]
        raise file.error(f"has '{span.behavior}' at {span.start:g} s, before the first frame.")
    rows = [
        Row(
            start, stop, span.behavior, (groups or {}).get(span.behavior, DEFAULT_GROUP),
            note=_note(span), uncertain=span.open,
        )
        for span, start, stop in zip(spans, first.tolist(), last.tolist(), strict=True)
    ]  # fmt: skip
    return rows, report + _index_differences(spans, first, options)


def _frames(
    spans: Sequence[Span], file: LabelFile, options: ReadOptions, fps: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first frame and the stop frame of every span."""
    if options.unit == "frames":
        lacking = next((s for s in spans if s.first is None or (s.last is None and not s.open)), None)
        if lacking is not None:
            raise file.error(
                f"names no frame for '{lacking.behavior}' at {lacking.start:g} s; read its seconds instead "
                "(unit=seconds)."
            )
        first = np.array([span.first for span in spans], np.int64)
        last = np.array([span.first if span.last is None else span.last for span in spans], np.int64)
    else:
        if fps is None and options.times is None:
            raise file.error("gives seconds; say how many frames per second the recording has (fps).")
        first = nearest_frames(np.array([span.start for span in spans]), fps, options.times)
        last = nearest_frames(np.array([span.stop for span in spans]), fps, options.times)
    return first - options.first_frame, last - options.first_frame


def _note(span: Span) -> str:
    notes = [span.modifier, span.comment, "never stopped" if span.open else ""]
    return "; ".join(note for note in notes if note)


def _index_differences(spans: Sequence[Span], first: np.ndarray, options: ReadOptions) -> list[str]:
    """Return how often the frame that a file names is not the one of its seconds."""
    named = [(span.first, frame) for span, frame in zip(spans, first.tolist(), strict=True)]
    off = [abs(own - options.first_frame - frame) for own, frame in named if own is not None]
    wrong = [difference for difference in off if difference > 1]
    if not wrong or options.unit == "frames":
        return []
    sentence = (
        f"On {counted(len(wrong), 'event')} the file names another frame than its time, by up to "
        f"{max(wrong):,} frames; the time was taken (unit=frames takes the frames)."
    )
    return [sentence]
