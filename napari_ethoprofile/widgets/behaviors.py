"""The ethogram as it is scored: key caps, colors, names, and how long each behavior lasted so far."""

from __future__ import annotations

from collections import Counter

import numpy as np
from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget
from superqt.utils import qthrottled

from ..annotation.ethogram import NONE_COLOR, NONE_NAME, Ethogram
from ..annotation.tracks import NONE, UNLABELED, LabelTrack
from ..session import Session
from .marks import swatch_icon


class BehaviorsPanel(QWidget):
    """One row a behavior; a click does what its key does.

    Attributes
    ----------
    behavior_clicked
        Emits the label code of the row that was clicked.
    """

    behavior_clicked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("behaviors_panel")
        self._session = session
        self._rows: dict[int, _Row] = {}
        self._keys: dict[int, tuple[str, ...]] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(1, 1)
        self._recount_soon = qthrottled(self.recount, timeout=250, leading=False)
        session.ethogram_changed.connect(self.show_ethogram)
        session.opened.connect(self._on_opened)
        session.labels_changed.connect(self._on_labels)
        session.moved.connect(self._on_moved)
        if session.project is not None:
            self.show_ethogram(session.project.ethogram)

    def show_ethogram(self, ethogram: Ethogram) -> None:
        """Rebuild the rows from an ethogram."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = {}
        entries = [(b.id, b.name, b.keys, b.color, b.definition) for b in ethogram.behaviors]
        entries.append(
            (NONE, NONE_NAME, ethogram.none_keys, NONE_COLOR, "Looked at, but no behavior can be determined.")
        )
        for number, (code, name, keys, color, definition) in enumerate(entries):
            shown = self._keys.get(code, ()) if self._keys is not None else keys
            row = _Row(code, name, shown, color, definition, self)
            row.add_to(self._grid, number)
            row.button.clicked.connect(lambda _checked=False, c=code: self.behavior_clicked.emit(c))
            self._rows[code] = row
        self.recount()

    def show_keys(self, keys: dict[int, tuple[str, ...]]) -> None:
        """Show the keys of the current key map instead of the ethogram's own."""
        self._keys = keys
        if self._session.project is not None:
            self.show_ethogram(self._session.project.ethogram)

    def recount(self) -> None:
        """Write how many seconds and bouts each behavior has on the open pass."""
        current, track = self._session.current, self._session.track
        if current is None or track is None:
            for row in self._rows.values():
                row.seconds.setText("")
            return
        frames, bouts = counts_of(track)
        for code, row in self._rows.items():
            row.seconds.setText(f"{frames[code] / current.fps:.1f} s" if frames[code] else "–")
            row.seconds.setToolTip(
                f"{frames[code]} frames in {bouts[code]} bouts" if code != NONE else f"{frames[code]} frames"
            )
        self._mark_current()

    def _mark_current(self) -> None:
        track = self._session.track
        here = (
            set(track.codes[self._session.playhead].tolist()) if track is not None and track.frames else set()
        )
        behaviors = {code for code in here if code > NONE}
        for code, row in self._rows.items():
            row.mark(code in (behaviors or here))

    def _on_opened(self, _current: object) -> None:
        self.recount()

    def _on_labels(self, _group: int, _start: int, _stop: int) -> None:
        self._mark_current()
        self._recount_soon()

    def _on_moved(self, _previous: int, _frame: int, _how: object) -> None:
        self._mark_current()


def counts_of(track: LabelTrack) -> tuple[Counter[int], Counter[int]]:
    """Count the frames and the bouts of every label; none counts where it holds in all groups."""
    frames: Counter[int] = Counter()
    bouts: Counter[int] = Counter()
    for column in track.codes.T:
        firsts = column[np.flatnonzero(np.diff(column, prepend=column[:1] - 1))]
        for counter, codes in ((frames, column), (bouts, firsts)):
            counter.update(dict(enumerate(np.bincount(codes - UNLABELED).tolist(), UNLABELED)))
    frames[NONE] = int((track.codes == NONE).all(axis=1).sum())
    return frames, bouts


class _Row:
    """The three cells of one behavior."""

    def __init__(
        self, code: int, name: str, keys: tuple[str, ...], color: str, definition: str, parent: QWidget
    ) -> None:
        self.code = code
        self.caps = QLabel("  ".join(key.upper() for key in keys), parent)
        self.caps.setObjectName(f"keys_{name}")
        self.caps.setStyleSheet(
            "QLabel { border: 1px solid palette(mid); border-radius: 3px; padding: 1px 5px; "
            "font-family: monospace; }"
        )
        self.caps.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caps.setToolTip(f"Keys that score {name}: tap to start and stop, or hold to paint.")
        self.button = QToolButton(parent)
        self.button.setObjectName(f"behavior_{name}")
        self.button.setText(name)
        self.button.setIcon(swatch_icon(color))
        self.button.setIconSize(QSize(14, 14))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setAutoRaise(True)
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.setToolTip(definition or name)
        self.seconds = QLabel("", parent)
        self.seconds.setObjectName(f"seconds_{name}")
        self.seconds.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def add_to(self, grid: QGridLayout, row: int) -> None:
        """Place the cells in a row of the grid."""
        grid.addWidget(self.caps, row, 0)
        grid.addWidget(self.button, row, 1)
        grid.addWidget(self.seconds, row, 2)

    def mark(self, here: bool) -> None:
        """Show whether this is the label under the playhead."""
        if self.button.isChecked() != here:
            self.button.setChecked(here)
            font = self.button.font()
            font.setBold(here)
            self.button.setFont(font)
