"""Two other ways to score, with the methods of `Scorer`: label and advance, and select first."""

from __future__ import annotations

from typing import Literal

from .outcomes import Closed, Outcome, Reason, Selected, Step
from .scorer import HOLD_MS, Scorer

#: Names of the ways to score, as key presets give them.
ScoringMode = Literal["toggle", "advance", "select"]


class AdvancingScorer(Scorer):
    """Every press labels the shown frame and asks for a step to the next one; repeats of a held key too."""

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
        """Label `frame`; `at_ms`, `repeat` and `onset` change nothing."""
        self.advance(frame)
        labeled = Closed(group, label, self.frame, self.frame + 1)
        return [labeled] if self.frame == self.stop - 1 else [labeled, Step(1)]


class SelectingScorer(Scorer):
    """The first press starts a selection, the playhead stretches it either way, the next press labels it.

    A selection is no bout: it survives jumps and focus loss, and only a label key writes something.
    """

    def __init__(self, stop: int, hold_ms: float = HOLD_MS, frame: int = 0) -> None:
        super().__init__(stop, hold_ms, frame)
        self._anchor: int | None = None

    @property
    def selection(self) -> Selected | None:
        """The selection as it is now: both its ends are shown frames that belong to it."""
        if self._anchor is None:
            return None
        start, last = sorted((self._anchor, self.frame))
        return Selected(start, last + 1)

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
        """Start a selection at `frame`, or label the one there is; `at_ms` and `onset` change nothing."""
        if repeat:
            return []
        self.advance(frame)
        if self._anchor is None:
            self._anchor = self.frame
            return [Selected(self.frame, self.frame + 1)]
        start, last = sorted((self._anchor, self.frame))
        return [Closed(group, label, start, last + 1), *self.cancel()]

    def advance(self, frame: int) -> list[Outcome]:
        """Stretch the selection to `frame`."""
        self.frame = min(max(frame, 0), self.stop - 1)
        return [self.selection] if self.selection else []

    def seek(self, frame: int) -> list[Outcome]:
        """Stretch the selection to `frame`."""
        return self.advance(frame)

    def interrupt(self, reason: Reason = Reason.FOCUS) -> list[Outcome]:
        """Keep the selection unless the clip is left."""
        return self.cancel() if reason is Reason.CLIP else []

    def cancel(self, group: int | None = None) -> list[Outcome]:
        """Drop the selection, which belongs to no group."""
        if self._anchor is None:
            return []
        self._anchor = None
        return [Selected(self.frame, self.frame)]


def make_scorer(mode: ScoringMode, stop: int, hold_ms: float = HOLD_MS, frame: int = 0) -> Scorer:
    """Return the scorer of a mode for a clip of `stop` frames."""
    kinds: dict[ScoringMode, type[Scorer]] = {
        "toggle": Scorer,
        "advance": AdvancingScorer,
        "select": SelectingScorer,
    }
    return kinds[mode](stop, hold_ms, frame)
