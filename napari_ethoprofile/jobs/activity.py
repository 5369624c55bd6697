"""The training in napari's activity dock."""

from __future__ import annotations

from napari.utils import progress

from .status import TrainingStatus

_STEPS = 100


class ActivityBar:
    """A bar while a training runs: what is being done, and how far that is.

    Parameters
    ----------
    status
        What the training is at.
    """

    def __init__(self, status: TrainingStatus) -> None:
        self._status = status
        self._bar: progress | None = None
        self._text = ""
        status.events.state.connect(self._show)
        status.events.stage.connect(self._show)
        status.events.fraction.connect(self._show)

    def close(self) -> None:
        """Take the bar away and look no more."""
        for signal in (self._status.events.state, self._status.events.stage, self._status.events.fraction):
            signal.disconnect(self._show)
        self._remove()

    def _show(self) -> None:
        status = self._status
        if not status.state.live:
            self._remove()
            return
        if self._bar is None:
            self._bar = progress(total=_STEPS, gui=True)  # nothing for the terminal
        bar, text = self._bar, f"Training {status.model}: {status.stage or 'starting'}"
        # Whatever it is told it draws at once, before the frame that somebody waits for: only what is new.
        if text != self._text:
            self._text = text
            bar.set_description(text)
        further = round(_STEPS * (status.fraction or 0.0)) - bar.n
        if further and self._bar is bar:  # telling it lets the window work, which can be closed meanwhile
            bar.update(further)

    def _remove(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar, self._text = None, ""
