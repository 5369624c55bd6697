"""The bout state machine of the keyboard: keys and playhead in, bouts out. It knows neither Qt nor a track.

A bout is open between two presses (tap), or while its key is held and the playhead moves (hold). Its
preview covers the frames from its anchor to the last shown one and is a function of these two alone, so
no speed loses a frame, and going back and forth equals standing still. Nothing is written until it closes.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import TrackError
from ..tracks import UNLABELED
from .outcomes import Canceled, Cleared, Closed, Grown, Opened, Outcome, Reason

#: A key held for longer than this paints until it is released.
HOLD_MS = 250.0
#: ... once the playhead has moved by this many frames.
HOLD_FRAMES = 2


@dataclass(slots=True)
class _OpenBout:
    group: int
    label: int
    anchor: int
    pressed_frame: int
    pressed_ms: float
    held: bool = True


class Scorer:
    """Tap toggles, hold paints; labels of one group exclude each other, groups run in parallel.

    Parameters
    ----------
    stop
        Number of frames of the clip; frames are counted from the clip's first.
    hold_ms
        A key held for longer than this, in milliseconds, closes its bout when it is released.
    frame
        The frame that is shown at the beginning.
    """

    def __init__(self, stop: int, hold_ms: float = HOLD_MS, frame: int = 0) -> None:
        self.stop = stop
        self.hold_ms = hold_ms
        self.frame = frame
        self._open: dict[int, _OpenBout] = {}

    @property
    def previews(self) -> list[Grown]:
        """Extents of the open bouts as they are now, by group."""
        return [self._preview(bout) for _, bout in sorted(self._open.items())]

    def press(
        self,
        label: int,
        group: int,
        frame: int,
        at_ms: float,
        *,
        repeat: bool = False,
        onset: int | None = None,
    ) -> list[Outcome]:
        """Take a key press: open a bout, close the same one, or switch to another label of the group.

        Parameters
        ----------
        label
            A behavior id, `NONE`, or `UNLABELED`.
        group
            Index of its exclusive group.
        frame
            The shown frame.
        at_ms
            When the key went down, in milliseconds of any clock that `release` uses too.
        repeat
            The operating system repeats a held key: ignored.
        onset
            Where a new bout begins when that is not `frame` (reaction-time compensation). An open bout
            of the group keeps at least one frame.

        Raises
        ------
        TrackError
            When `frame` does not lie in the clip.
        """
        if repeat:
            return []
        if not 0 <= frame < self.stop:
            raise TrackError(f"Frame {frame} does not lie in a clip of {self.stop} frames.")
        outcomes = self.advance(frame)
        begin = min(frame, max(0, frame if onset is None else onset))
        current = self._open.get(group)
        if current is not None and current.label == label:
            return outcomes + self._close(current, frame, Reason.KEY)
        if current is not None:
            begin = min(frame, max(begin, current.anchor + 1))
            outcomes += self._close(current, begin, Reason.SWITCH)
        bout = self._open[group] = _OpenBout(group, label, begin, frame, at_ms)
        shown = self._preview(bout)
        return [*outcomes, Opened(group, label, shown.start, shown.stop)]

    def release(self, label: int, frame: int, at_ms: float) -> list[Outcome]:
        """Take a key release: a hold over moving frames closes its bout, after a tap it stays open.

        A hold that is released on the clip's last frame includes it, for the playhead can go no further.
        A tap on the key of `UNLABELED` clears the bout under it instead of staying open.
        """
        outcomes = self.advance(frame)
        for bout in [b for b in self._open.values() if b.label == label and b.held]:
            bout.held = False
            long = at_ms - bout.pressed_ms > self.hold_ms
            moved = abs(self.frame - bout.pressed_frame)
            if long and moved >= (1 if label == UNLABELED else HOLD_FRAMES):
                end = self.stop if self.frame == self.stop - 1 else self.frame
                outcomes += self._close(bout, end, Reason.RELEASE)
            elif label == UNLABELED:
                outcomes += [self._drop(bout, Reason.RELEASE), Cleared(bout.group, bout.pressed_frame)]
        return outcomes

    def advance(self, frame: int) -> list[Outcome]:
        """Take a move of the playhead by play or steps, by any number of frames and in either direction.

        A frame at or past the clip's end means that the clip was played or stepped to its end: open
        bouts close with the last frame.
        """
        before = self.frame
        self.frame = min(max(frame, 0), self.stop - 1)
        if frame >= self.stop:
            return self.interrupt(Reason.END)
        if self.frame == before:
            return []
        return [self._preview(bout) for bout in self._open.values() if max(before, self.frame) > bout.anchor]

    def seek(self, frame: int) -> list[Outcome]:
        """Take a jump of the playhead: open bouts close with the last frame that was shown before it."""
        outcomes = [] if frame == self.frame else self.interrupt(Reason.SEEK)
        self.frame = min(max(frame, 0), self.stop - 1)
        return outcomes

    def interrupt(self, reason: Reason = Reason.FOCUS) -> list[Outcome]:
        """Close every open bout with the last shown frame: focus loss, change of clip, end of clip."""
        bouts = list(self._open.values())
        return [o for bout in bouts for o in self._close(bout, self._preview(bout).stop, reason)]

    def cancel(self, group: int | None = None) -> list[Outcome]:
        """Drop every open bout, or that of one group; nothing is written."""
        bouts = [bout for bout in self._open.values() if group in (None, bout.group)]
        return [self._drop(bout, Reason.CANCEL) for bout in bouts]

    def _preview(self, bout: _OpenBout) -> Grown:
        return Grown(bout.group, bout.label, bout.anchor, max(bout.anchor, self.frame) + 1)

    def _close(self, bout: _OpenBout, stop: int, reason: Reason) -> list[Outcome]:
        if stop <= bout.anchor:
            return [self._drop(bout, reason)]
        del self._open[bout.group]
        return [Closed(bout.group, bout.label, bout.anchor, stop, reason)]

    def _drop(self, bout: _OpenBout, reason: Reason) -> Canceled:
        del self._open[bout.group]
        return Canceled(bout.group, bout.label, bout.anchor, reason)
