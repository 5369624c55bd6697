"""The time of day of a frame, and whether the lights were on."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise

from ..errors import ProjectError
from .settings import Settings
from .videos import Videos

_DAY = timedelta(days=1)


class Lights(Videos):
    """The light schedule of a project."""

    settings: Settings

    def set_lights(self, lights_on: str, lights_off: str) -> None:
        """Keep when the lights go on and off, each as ``HH:MM``; two empty texts forget the schedule."""
        check_lights(lights_on, lights_off)
        self.settings.set("lights_on", lights_on.strip() or None)
        self.settings.set("lights_off", lights_off.strip() or None)

    def time_of(self, video_id: str, frame: int) -> datetime | None:
        """Return the wall-clock time of a frame; None when the start or the frame rate is not known."""
        video = self.get_video(video_id)
        if video.recorded_at is None or not video.fps:
            return None
        return video.recorded_at + timedelta(seconds=frame / video.fps)

    def phase_at(self, video_id: str, frame: int) -> str | None:
        """Return ``light`` or ``dark``; None when time or schedule are not known."""
        phases = self.phases(video_id, frame, frame + 1)
        return phases[0][2] if phases else None

    def phases(self, video_id: str, start: int, stop: int) -> list[tuple[int, int, str]]:
        """Return the light and dark phases within frames ``[start, stop)`` of a recording.

        Returns
        -------
        list of (int, int, str)
            First frame, stop and ``light`` or ``dark``, in order and without gaps; empty when the recording's
            start, its rate or the schedule are not known.
        """
        on, off = self.settings.get("lights_on"), self.settings.get("lights_off")
        began = self.time_of(video_id, 0)
        if not on or not off or began is None or stop <= start:
            return []
        fps = self.get_video(video_id).fps or 0.0
        switches = {_clock_time(on): "light", _clock_time(off): "dark"}
        found: list[tuple[int, int, str]] = []
        day = datetime.combine((began + timedelta(seconds=start / fps)).date(), time(), began.tzinfo) - _DAY
        changes: list[tuple[int, str]] = []
        while not changes or changes[-1][0] < stop:
            for moment, phase in sorted(switches.items()):
                at = (datetime.combine(day.date(), moment, began.tzinfo) - began).total_seconds()
                changes.append((_first_frame_at(at, fps), phase))
            day += _DAY
        for (first, phase), (end, _) in pairwise(changes):
            low, high = max(first, start), min(end, stop)
            if low < high:
                found.append((low, high, phase))
        return found


def check_lights(lights_on: str, lights_off: str) -> None:
    """Raise `ProjectError` unless both are different times of day, or both are empty."""
    if (lights_on or lights_off) and _clock_time(lights_on) == _clock_time(lights_off):
        raise ProjectError(f"The lights cannot go on and off at the same time, {lights_on}.")


def _first_frame_at(seconds: float, fps: float) -> int:
    """Return the first frame that is not before a moment, unharmed by the rounding of ``seconds * fps``."""
    frames = seconds * fps
    nearest = round(frames)
    return nearest if abs(frames - nearest) < 1e-6 else int(-(-frames // 1))


def _clock_time(text: str) -> time:
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError as error:
        raise ProjectError(f"'{text}' is not a time of day; write it like 07:00.") from error
