"""What the timeline shows: lanes, playhead, window, selection. Evented and free of Qt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from ..annotation.ethogram import NONE_COLOR, Ethogram
from ..annotation.tracks import NONE, UNLABELED, Bout, LabelTrack
from .lanes import CodeStyle, Lane, Marker, OpenBout, Phase
from .window import Window

#: How the window follows the playhead.
FOLLOW_MODES = ("off", "page", "center")

_UNKNOWN_COLOR = "#B03060"


class TimelineModel:
    """State of one timeline; frames count from the first frame of the clip.

    Every signal says what changed, so that the view paints no more than that.

    Attributes
    ----------
    clip_changed
        Another clip: everything is new.
    lanes_changed
        Other rows, names, colors or phases.
    labels_changed
        ``(lane index, start, stop)``.
    window_changed
        ``(first, last)``: the visible frames, fractions allowed.
    playhead_changed
        ``(frame, previous frame)``.
    selection_changed
        ``(start, stop)`` or None.
    focus_changed
        ``(previous, focus)``: the stretch that is being asked about, ``(start, stop)`` or None.
    open_bout_changed
        ``(group, start, stop)``: the frames that look different now.
    seen_changed
        ``(start, stop)``.
    markers_changed
        Notes and flags.
    follow_changed
        One of `FOLLOW_MODES`.
    question
        Why the stretch in focus is asked about, in a sentence.
    """

    clip_changed = Signal()
    lanes_changed = Signal()
    labels_changed = Signal(int, int, int)
    window_changed = Signal(float, float)
    playhead_changed = Signal(int, int)
    selection_changed = Signal(object)
    focus_changed = Signal(object, object)
    open_bout_changed = Signal(int, int, int)
    seen_changed = Signal(int, int)
    markers_changed = Signal()
    follow_changed = Signal(str)

    def __init__(self, frames: int = 0, fps: float = 25.0) -> None:
        self._lanes: tuple[Lane, ...] = ()
        self.styles: dict[int, CodeStyle] = {}
        self._follow = "page"
        self._clear(frames, fps, 0, None, None)
        self.use_ethogram(Ethogram())

    def set_clip(
        self,
        frames: int,
        fps: float,
        start_of_clip: int = 0,
        recorded_at: datetime | None = None,
        times: NDArray[np.floating] | None = None,
    ) -> None:
        """Show another clip: lanes, markers and all else of the former one go.

        Parameters
        ----------
        frames
            Length of the clip; 0 when none is open.
        fps
            Frames per second of the recording.
        start_of_clip
            Frame of the recording that is frame 0 of the clip.
        recorded_at
            When the first frame of the *recording* was taken.
        times
            Seconds of the clip's frames since the first frame of the recording, shape (frames,), where the
            frame rate varies.
        """
        self._clear(frames, fps, start_of_clip, recorded_at, times)
        self.clip_changed()

    def _clear(
        self,
        frames: int,
        fps: float,
        start_of_clip: int,
        recorded_at: datetime | None,
        times: NDArray[np.floating] | None,
    ) -> None:
        self.frames = max(0, int(frames))
        self.fps = float(fps)
        self.start_of_clip = start_of_clip
        self.recorded_at = recorded_at
        self._times = None if times is None else np.asarray(times, float)
        self._lanes = ()
        self._window = Window(self.frames)
        self._playhead = 0
        self._selection: tuple[int, int] | None = None
        self._focus: tuple[int, int] | None = None
        self.question = ""
        self._open: dict[int, OpenBout] = {}
        self._markers: tuple[Marker, ...] = ()
        self._phases: tuple[Phase, ...] = ()
        self.seen: NDArray[np.bool_] = np.zeros(self.frames, bool)

    # lanes, names and colors

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The rows from top to bottom."""
        return self._lanes

    def set_lanes(self, lanes: Iterable[Lane]) -> None:
        """Show other rows.

        Raises
        ------
        ValueError
            When a row is not as long as the clip.
        """
        lanes = tuple(lanes)
        for lane in lanes:
            if lane.track.frames != self.frames:
                raise ValueError(
                    f"lane '{lane.title}' has {lane.track.frames} frames, the clip {self.frames}"
                )
        self._lanes = lanes
        self.lanes_changed()

    def use_ethogram(self, ethogram: Ethogram) -> None:
        """Take names and colors of the behaviors from an ethogram."""
        self.styles = {b.id: CodeStyle(b.name, b.color) for b in ethogram.behaviors}
        self.lanes_changed()

    def style(self, code: int) -> CodeStyle:
        """Return name and color of any code."""
        if code == UNLABELED:
            return CodeStyle("unlabeled", NONE_COLOR)
        if code == NONE:
            return CodeStyle("none", NONE_COLOR)
        return self.styles.get(code) or CodeStyle(f"behavior {code}", _UNKNOWN_COLOR)

    def labels_written(self, track: LabelTrack, group: int, start: int, stop: int) -> None:
        """Tell that ``[start, stop)`` of a track was changed in place."""
        for index, lane in enumerate(self._lanes):
            if lane.track is track and lane.group == group:
                self.labels_changed(index, start, stop)

    # time

    def seconds_at(self, frame: float) -> float:
        """Return the clip time of a frame: seconds since the first frame of the clip."""
        if self._times is None or self._times.size == 0:
            return frame / self.fps
        return float(np.interp(frame, np.arange(self._times.size), self._times) - self._times[0])

    def frame_at_seconds(self, seconds: float) -> float:
        """Return the (fractional) frame of a clip time: the inverse of `seconds_at`."""
        if self._times is None or self._times.size == 0:
            return seconds * self.fps
        return float(np.interp(seconds + self._times[0], self._times, np.arange(self._times.size)))

    def time_of_day(self, frame: float) -> datetime | None:
        """Return when a frame was recorded, if the start of the recording is known."""
        if self.recorded_at is None:
            return None
        if self._times is None or self._times.size == 0:
            before = self.start_of_clip / self.fps
        else:
            before = float(self._times[0])
        return self.recorded_at + timedelta(seconds=before + self.seconds_at(frame))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Light and dark stretches in time order."""
        return self._phases

    def set_phases(self, phases: Iterable[Phase]) -> None:
        """Show other light and dark stretches."""
        self._phases = tuple(phases)
        self.lanes_changed()

    def phase_at(self, frame: int) -> str:
        """Return ``light``, ``dark`` or an empty text where it is not known."""
        for phase in self._phases:
            if phase.start <= frame < phase.stop:
                return "dark" if phase.dark else "light"
        return ""

    # window

    @property
    def window(self) -> Window:
        """The visible frames."""
        return self._window

    def set_window(self, first: float, last: float) -> None:
        """Show ``[first, last)``, moved and widened where the clip asks for it."""
        self._show(self._window.showing(first, last))

    def zoom(self, factor: float, at_frame: float | None = None) -> None:
        """Zoom in (factor > 1) or out around a frame: by default the playhead if visible, else the middle."""
        if at_frame is None:
            visible = self._window.first <= self._playhead < self._window.last
            at_frame = self._playhead if visible else (self._window.first + self._window.last) / 2
        self._show(self._window.zoomed(factor, at_frame))

    def pan(self, frames: float) -> None:
        """Move the window by some frames."""
        self._show(self._window.moved(frames))

    def fit(self) -> None:
        """Show the whole clip."""
        self._show(Window(self.frames))

    def reveal(self, frame: int) -> None:
        """Move the window, if it must move, so that it shows a frame."""
        self._show(self._window.revealing(frame))

    def _show(self, window: Window) -> None:
        if window != self._window:
            self._window = window
            self.window_changed(window.first, window.last)

    @property
    def follow(self) -> str:
        """How the window follows the playhead: one of `FOLLOW_MODES`."""
        return self._follow

    @follow.setter
    def follow(self, mode: str) -> None:
        if mode not in FOLLOW_MODES:
            raise ValueError(f"follow is one of {', '.join(FOLLOW_MODES)}, not {mode!r}")
        if mode != self._follow:
            self._follow = mode
            self.follow_changed(mode)
            if mode != "off":
                self.reveal(self._playhead)

    # playhead, selection, open bouts

    @property
    def playhead(self) -> int:
        """The frame on the canvas."""
        return self._playhead

    @playhead.setter
    def playhead(self, frame: int) -> None:
        self.set_playhead(frame)

    def set_playhead(self, frame: int, *, reveal: bool = False) -> None:
        """Move the playhead.

        The window follows when the playhead leaves it. A playhead that was out of sight before (the user
        panned away) is left alone, unless `reveal` asks for it, as a jump to a bout should.
        """
        frame = min(max(int(frame), 0), max(0, self.frames - 1))
        if frame == self._playhead and not reveal:
            return
        previous, self._playhead = self._playhead, frame
        was_visible = self._window.shows(previous)
        if self._follow == "center" and was_visible:
            self._show(self._window.centered(frame))
        elif reveal or (self._follow == "page" and was_visible):
            self.reveal(frame)
        self.playhead_changed(frame, previous)

    @property
    def selection(self) -> tuple[int, int] | None:
        """The selected frames ``(start, stop)``, half open."""
        return self._selection

    @selection.setter
    def selection(self, selection: tuple[int, int] | None) -> None:
        if selection is not None:
            start, stop = sorted((int(selection[0]), int(selection[1])))
            start, stop = max(0, start), min(self.frames, stop)
            selection = (start, stop) if start < stop else None
        if selection != self._selection:
            self._selection = selection
            self.selection_changed(selection)

    @property
    def focus(self) -> tuple[int, int] | None:
        """The stretch ``(start, stop)`` that is being asked about, or None."""
        return self._focus

    @focus.setter
    def focus(self, focus: tuple[int, int] | None) -> None:
        if focus != self._focus:
            previous, self._focus = self._focus, focus
            self.focus_changed(previous, focus)

    def ask(self, focus: tuple[int, int], question: str) -> None:
        """Mark a stretch that is being asked about, and say why in a sentence."""
        self.question = question
        self.focus = focus

    @property
    def open_bouts(self) -> dict[int, OpenBout]:
        """Bouts that are being painted, by group."""
        return dict(self._open)

    def set_open_bout(self, group: int, start: int, stop: int, label: int) -> None:
        """Draw ``[start, stop)`` of a group as `label` without touching the track."""
        before = self._open.get(group)
        bout = OpenBout(max(0, start), min(self.frames, stop), label)
        if bout != before:
            self._open[group] = bout
            self._tell_open(group, before, bout)

    def clear_open_bout(self, group: int) -> None:
        """Stop drawing the open bout of a group: its labels are written now, or it was given up."""
        before = self._open.pop(group, None)
        if before is not None:
            self._tell_open(group, before, before)

    def _tell_open(self, group: int, before: OpenBout | None, after: OpenBout) -> None:
        before = before or after
        self.open_bout_changed(group, min(before.start, after.start), max(before.stop, after.stop))

    # what was seen, notes

    def set_seen(self, stretches: Iterable[tuple[int, int]]) -> None:
        """Replace what was seen at 1x or slower by these stretches ``(start, stop)``."""
        self.seen[:] = False
        for start, stop in stretches:
            self.seen[max(0, start) : max(0, stop)] = True
        self.seen_changed(0, self.frames)

    def mark_seen(self, start: int, stop: int) -> None:
        """Add frames that were really on the screen at 1x or slower."""
        stretch = self.seen[max(0, start) : max(0, stop)]
        if not stretch.all():
            stretch[:] = True
            self.seen_changed(start, stop)

    @property
    def markers(self) -> tuple[Marker, ...]:
        """Notes and flags of uncertainty."""
        return self._markers

    def set_markers(self, markers: Iterable[Marker]) -> None:
        """Show other notes and flags."""
        self._markers = tuple(markers)
        self.markers_changed()

    # what is where

    def bout_at(self, lane: Lane, frame: int) -> Bout:
        """Return what the row shows at a frame; an open bout counts on rows that can be edited."""
        open_bout = self._open.get(lane.group) if lane.editable else None
        if open_bout is not None and open_bout.start <= frame < open_bout.stop:
            return Bout(open_bout.start, open_bout.stop, open_bout.label, lane.group)
        return lane.track.bout_at(frame, lane.group)
