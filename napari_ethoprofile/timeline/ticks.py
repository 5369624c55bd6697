"""Where the ruler has ticks and what is written at them. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .model import TimelineModel

_FRAME_STEPS = (1, 2, 5, 10)
#: Seconds between labels, each with the number of small ticks that divide it.
_SECOND_STEPS = (
    (1, 5), (2, 4), (5, 5), (10, 5), (15, 3), (30, 3), (60, 6), (120, 4), (300, 5), (600, 5), (900, 3),
    (1800, 6), (3600, 6), (7200, 4), (14400, 4),
)  # fmt: skip
#: Small ticks closer together than this (pixels) are left out.
_LEAST_MINOR_GAP = 5.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick at a (fractional) frame; a small one has no texts."""

    frame: float
    time: str = ""
    number: str = ""
    day: str = ""

    @property
    def major(self) -> bool:
        """Whether the tick has texts."""
        return bool(self.time)


def clip_time(seconds: float, *, hundredths: bool = True) -> str:
    """Return ``mm:ss.ff`` (``h:mm:ss.ff`` from an hour on), ff being hundredths of a second.

    Examples
    --------
    >>> clip_time(49.36)
    '00:49.36'
    """
    total = round(seconds * 100)
    minutes, rest = divmod(total, 6000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 100:02d}"
    if hours:
        text = f"{hours}:{text}"
    return f"{text}.{rest % 100:02d}" if hundredths else text


def ruler_ticks(model: TimelineModel, width: float, label_width: float) -> list[Tick]:
    """Return the ticks of the visible window, small ones included, from left to right.

    Parameters
    ----------
    model
        Gives window, frame rate and time of day.
    width
        Width of the ruler in pixels.
    label_width
        Least distance of two labels in pixels.
    """
    window = model.window
    if window.span <= 0 or width <= 0:
        return []
    frames_per_label = window.span * label_width / width
    for step in _FRAME_STEPS:
        if step >= frames_per_label and step < model.fps:
            return _frame_ticks(model, step, width)
    seconds_per_label = frames_per_label / model.fps
    for step, parts in _SECOND_STEPS:
        if step >= seconds_per_label:
            return _second_ticks(model, step, parts, width)
    step, parts = _SECOND_STEPS[-1]
    return _second_ticks(model, step * math.ceil(seconds_per_label / step), parts, width)


def _frame_ticks(model: TimelineModel, step: int, width: float) -> list[Tick]:
    window = model.window
    minor = 1 if width / window.span >= _LEAST_MINOR_GAP else step
    first = math.floor(window.first / step) * step
    ticks = []
    for frame in range(first, min(math.ceil(window.last), model.frames) + 1, minor):
        if frame % step:
            ticks.append(Tick(frame))
        else:
            ticks.append(_labeled(model, frame, model.seconds_at(frame), hundredths=True))
    return ticks


def _second_ticks(model: TimelineModel, step: int, parts: int, width: float) -> list[Tick]:
    window = model.window
    pixels_per_second = width / max(model.seconds_at(window.last) - model.seconds_at(window.first), 1e-9)
    if step / parts * pixels_per_second < _LEAST_MINOR_GAP:
        parts = 1
    first = math.floor(model.seconds_at(window.first) / step)
    last = math.floor(model.seconds_at(window.last) / step)
    ticks = []
    for number in range(first * parts, (last + 1) * parts):
        seconds = number * step / parts
        frame = model.frame_at_seconds(seconds)
        if frame > window.last or frame > model.frames:
            break
        ticks.append(Tick(frame) if number % parts else _labeled(model, frame, seconds, hundredths=False))
    return ticks


def _labeled(model: TimelineModel, frame: float, seconds: float, *, hundredths: bool) -> Tick:
    moment = model.time_of_day(frame)
    day = ""
    if moment is not None:
        day = moment.strftime("%H:%M:%S") + (f".{moment.microsecond // 10000:02d}" if hundredths else "")
    return Tick(frame, clip_time(seconds, hundredths=hundredths), str(math.floor(frame + 1e-6)), day)
