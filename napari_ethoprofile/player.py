"""The player: its own clock, so that no frame is dropped behind the scorer's back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import Enum

from qtpy.QtCore import QObject, Qt, QTimer, Signal

#: The speeds that `faster` and `slower` go through.
SPEEDS = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0, 16.0)
#: In real time frames are not shown faster than screens can (seconds); at high speeds the rest is skipped.
SHORTEST_INTERVAL = 1 / 60


class PlayMode(Enum):
    """What gives way when decoding is late."""

    EVERY_FRAME = "every frame"
    """The pace: each frame is shown, play slows down."""
    REAL_TIME = "real time"
    """The frames: late ones are skipped, and reported as passed over."""


class Player(QObject):
    """Moves a playhead over a clip at a steady pace.

    Frames count from the first frame of the clip. At every tick the player emits `frame_requested`, calls
    `show`, then emits `advanced`: what follows the playhead sees an unbroken chain of steps, in which the
    frames between `previous` and `frame` were passed over, not lost.

    Signals
    -------
    frame_requested : (frame, previous)
        Before a frame is shown.
    advanced : (previous, frame)
        After a frame was shown: play went over everything between, in either direction.
    jumped : (previous, frame)
        After a loop began anew: nothing between was passed over.
    state_changed : (playing)
    speed_changed : (speed)
    ended : ()
        Play reached the end (backward: the start) of the clip and stopped there.

    Parameters
    ----------
    show
        Shows a frame and returns when it is ready to be painted.
    clock
        Seconds that never run backward; for tests.

    Attributes
    ----------
    shown_frames, late_frames, skipped_frames
        Since `play`: frames shown; those shown late by more than one period; those passed over in real time.
    """

    frame_requested = Signal(int, int)
    advanced = Signal(int, int)
    jumped = Signal(int, int)
    state_changed = Signal(bool)
    speed_changed = Signal(float)
    ended = Signal()

    def __init__(
        self,
        show: Callable[[int], object],
        *,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._show = show
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self.frames = 0
        self.fps = 25.0
        self.frame = 0
        self.playing = False
        self.mode = PlayMode.EVERY_FRAME
        self._speed = 1.0
        self._direction = 1
        self._loop: tuple[int, int] | None = None
        self._due = 0.0
        self.shown_frames = self.late_frames = self.skipped_frames = 0

    # what to play

    def set_clip(self, frames: int, fps: float) -> None:
        """Stop, and be at the first frame of another clip."""
        self.pause()
        self.frames, self.fps, self.frame, self._loop = frames, fps, 0, None

    def set_frames(self, frames: int) -> None:
        """Let play go further (or less far): as the index of a recording grows."""
        self.frames = frames

    def seek(self, frame: int) -> None:
        """Be at a frame, without showing it; play goes on from there."""
        if frame != self.frame:
            self.frame = frame
            self._restart_clock()

    def set_mode(self, mode: PlayMode) -> None:
        """Choose what gives way when decoding is late."""
        self.mode = mode
        self._restart_clock()

    # speed, direction, loop

    @property
    def speed(self) -> float:
        """Multiple of the recording's own pace, always positive."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Play at another pace, from now on."""
        if speed <= 0:
            raise ValueError(f"the speed of play must be above 0, not {speed}")
        if speed != self._speed:
            self._speed = speed
            self._restart_clock()
            self.speed_changed.emit(speed)

    def faster(self) -> None:
        """Go to the next higher speed of `SPEEDS`."""
        self.set_speed(min((s for s in SPEEDS if s > self._speed), default=self._speed))

    def slower(self) -> None:
        """Go to the next lower speed of `SPEEDS`."""
        self.set_speed(max((s for s in SPEEDS if s < self._speed), default=self._speed))

    @property
    def reverse(self) -> bool:
        """Whether play goes backward."""
        return self._direction < 0

    def set_reverse(self, reverse: bool) -> None:
        """Choose the direction of play."""
        self._direction = -1 if reverse else 1
        self._restart_clock()

    @property
    def loop(self) -> tuple[int, int] | None:
        """The frames ``[start, stop)`` that play repeats, margins included, or None."""
        return self._loop

    def set_loop(self, start: int, stop: int, margin: int = 0) -> None:
        """Repeat ``[start, stop)`` with `margin` frames before and after, as far as the clip reaches."""
        first, last = max(0, start - margin), min(self.frames, stop + margin)
        if first >= last:
            raise ValueError(f"there is nothing to loop in the frames {start} to {stop}")
        self._loop = (first, last)

    def clear_loop(self) -> None:
        """Play to the end of the clip again."""
        self._loop = None

    # play

    def toggle(self) -> None:
        """Play if paused, pause if playing."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Start the clock; at the end of the clip there is nothing to play, and `ended` says so again."""
        if self.playing or self.frames <= 0:
            return
        if self._at_end:
            self.ended.emit()
            return
        self.shown_frames = self.late_frames = self.skipped_frames = 0
        self.playing = True
        self._restart_clock()
        self.state_changed.emit(True)

    def pause(self) -> None:
        """Stop the clock; the playhead stays."""
        if not self.playing:
            return
        self.playing = False
        self._timer.stop()
        self.state_changed.emit(False)

    @property
    def period(self) -> float:
        """Seconds between two frames at the present speed."""
        return 1.0 / (self.fps * self._speed)

    @property
    def _range(self) -> tuple[int, int]:
        return self._loop or (0, self.frames)

    @property
    def _ahead(self) -> int:
        """Frames left to play in this direction; negative where the playhead is outside the range."""
        start, stop = self._range
        if not start <= self.frame < stop:
            return -1
        return stop - 1 - self.frame if self._direction > 0 else self.frame - start

    @property
    def _at_end(self) -> bool:
        return self._loop is None and self._ahead <= 0

    @property
    def _stride(self) -> int:
        """Frames from one shown frame to the next when nothing is late."""
        if self.mode is PlayMode.EVERY_FRAME:
            return 1
        return max(1, math.ceil(SHORTEST_INTERVAL / self.period))

    def _restart_clock(self) -> None:
        """Make the next frame due one stride from now."""
        if self.playing:
            self._due = self._clock() + self._stride * self.period
            self._arm()

    def _arm(self) -> None:
        self._timer.start(max(0, math.ceil((self._due - self._clock()) * 1000)))

    def tick(self) -> None:
        """Show what is due now; the timer calls this."""
        if not self.playing:
            return
        if self._clock() < self._due:
            self._arm()
            return
        if self._at_end:
            self._end()
            return
        begins_anew = self._loop is not None and self._ahead <= 0
        steps = 1 if begins_anew else self._steps_due()
        start, stop = self._range
        first = start if self._direction > 0 else stop - 1
        self._due += (steps - self._stride) * self.period
        if self._display(first if begins_anew else self.frame + steps * self._direction, begins_anew):
            self._count(steps)
            self._go_on()

    def _steps_due(self) -> int:
        """Return how far away the frame is that is due now; the last one of the range is never skipped."""
        steps = self._stride
        if self.mode is PlayMode.REAL_TIME:
            steps += int((self._clock() - self._due) / self.period)
        return max(1, min(steps, self._ahead))

    def _display(self, target: int, begins_anew: bool) -> bool:
        """Show a frame and tell; return False when whoever shows it sent the playhead elsewhere instead."""
        previous, self.frame = self.frame, target
        self.frame_requested.emit(target, previous)
        try:
            self._show(target)
        except Exception:
            self.frame = previous
            self.pause()
            raise
        if self.frame != target:
            return False
        (self.jumped if begins_anew else self.advanced).emit(previous, target)
        return self.frame == target

    def _count(self, steps: int) -> None:
        late_from = max(self.period, SHORTEST_INTERVAL if self.mode is PlayMode.REAL_TIME else 0.0)
        self.shown_frames += 1
        self.skipped_frames += steps - 1
        self.late_frames += self._clock() - self._due > late_from

    def _go_on(self) -> None:
        """Make the next frame due, or stop at the end."""
        if not self.playing:  # whoever listens may have paused
            return
        if self._at_end:
            self._end()
            return
        self._due += self._stride * self.period
        if self.mode is PlayMode.EVERY_FRAME and self._clock() - self._due > self.period:
            self._due = (
                self._clock()
            )  # too slow for this pace: go on from here instead of rushing to catch up
        self._arm()

    def _end(self) -> None:
        self.pause()
        self.ended.emit()
