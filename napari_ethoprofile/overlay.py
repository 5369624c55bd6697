"""The behavior under the playhead, or what is proposed, written on the canvas clear of the feeder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QTimer

from .annotation.tracks import NONE, UNLABELED
from .preferences import label_corner
from .proposing import Proposing
from .scoring import Scoring
from .session import Session

if TYPE_CHECKING:
    import napari

FONT_SIZE = 16
#: Later than the timeline paints a label, too soon for an eye to notice.
AFTER_PAINTING_MS = 20
_GREY = "#C8C8C8"


class BehaviorOverlay:
    """Writes the current label and what is being painted on the canvas.

    Parameters
    ----------
    viewer
        The napari viewer; its text overlay is used.
    session, scoring, proposing
        Watched for what to write.
    """

    def __init__(
        self, viewer: napari.Viewer, session: Session, scoring: Scoring, proposing: Proposing
    ) -> None:
        self._overlay: Any = viewer.canvas.overlays.text
        self._session = session
        self._scoring = scoring
        self._proposing = proposing
        self._shown = ("", "")
        self._later = QTimer()  # kept: making a timer takes longer than painting a label
        self._later.setSingleShot(True)
        self._later.setInterval(AFTER_PAINTING_MS)
        self._later.timeout.connect(self._write)
        session.opened.connect(lambda _current: self.refresh())
        session.moved.connect(lambda _previous, _frame, _how: self.refresh())
        session.labels_changed.connect(lambda _group, _start, _stop: self.refresh())
        session.ethogram_changed.connect(lambda _ethogram: self.refresh())
        scoring.open_changed.connect(lambda _bouts: self.refresh())
        proposing.decided.connect(self.refresh)

    def refresh(self) -> None:
        """Write what holds at the playhead, once the timeline has been painted.

        A new text makes napari draw its whole canvas again; the label on the timeline must not wait for it.
        """
        if not self._later.isActive():
            self._later.start()

    def _write(self) -> None:
        """Touch the overlay only when what it says has changed."""
        text, color = self._text()
        if (text, color) == self._shown:
            return
        self._shown = (text, color)
        if not text:
            self._overlay.visible = False
            return
        self._overlay.color = lightened(color)
        self._overlay.text = text
        if not self._overlay.visible:
            self._overlay.font_size = FONT_SIZE
            self._overlay.position = label_corner()
            self._overlay.box_color = "black"  # behavior colors are lightened for a dark ground, in any theme
            self._overlay.visible = True

    def _text(self) -> tuple[str, str]:
        session, track = self._session, self._session.track
        if session.project is None or track is None or not track.frames:
            return "", ""
        ethogram = session.project.ethogram
        open_labels = {bout.group: bout.label for bout in self._scoring.open_bouts}
        if open_labels:
            names = [ethogram.label_name(label) for label in dict.fromkeys(open_labels.values())]
            return f"● {' + '.join(names)}", ethogram.label_color(max(open_labels.values()))
        labels = sorted(set(track.codes[session.playhead].tolist()), reverse=True)
        behaviors = [label for label in labels if label > NONE]
        if behaviors:
            return " + ".join(ethogram.label_name(b) for b in behaviors), ethogram.label_color(behaviors[0])
        if UNLABELED not in labels:
            return "none", _GREY
        # In grey and after "unlabeled": what is proposed is no label, and must not look like one.
        proposed = self._proposing.here
        name = "" if proposed is None else f" (proposed: {ethogram.label_name(proposed.label)})"
        return f"unlabeled{name}", _GREY


def lightened(color: str) -> str:
    """Return a color mixed with white, readable on dark video and on the overlay's dark box."""
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    mixed = np.round(parts + (255 - parts) * 0.45).astype(int)
    return "#{:02X}{:02X}{:02X}".format(*mixed)
