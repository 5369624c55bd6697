"""The line that says when a training starts by itself."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from ..jobs.rules import StartRule

_MOST_CLIPS, _MOST_SECONDS = 999, 3600


class StartRuleLine(QWidget):
    """A check box and two numbers.

    Signals
    -------
    changed : (StartRule)
        The user set another rule.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.on = QCheckBox("Train after", self)
        self.on.setObjectName("rule_on")
        self.on.setToolTip("Start a training by itself when enough was submitted and nobody is scoring.")
        self.clips = self._number(
            "rule_clips",
            _MOST_CLIPS,
            "Clips submitted, or stretches of a list labeled, since the last training.",
        )
        self.idle = self._number(
            "rule_idle", _MOST_SECONDS, "Seconds without scoring or moving the playhead."
        )
        self.idle.setSuffix(" s")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        for widget in (self.on, self.clips, QLabel("clips, idle for", self), self.idle):
            line.addWidget(widget)
        line.addStretch(1)
        self.on.toggled.connect(self._tell)
        self.clips.valueChanged.connect(self._tell)
        self.idle.valueChanged.connect(self._tell)

    def show_rule(self, rule: StartRule) -> None:
        """Show a rule."""
        for widget in (self.on, self.clips, self.idle):
            widget.blockSignals(True)
        self.on.setChecked(rule.on)
        self.clips.setValue(rule.clips)
        self.idle.setValue(rule.idle)
        for widget in (self.on, self.clips, self.idle):
            widget.blockSignals(False)

    def _number(self, name: str, most: int, tip: str) -> QSpinBox:
        box = QSpinBox(self)
        box.setObjectName(name)
        box.setRange(1, most)
        box.setToolTip(tip)
        return box

    def _tell(self) -> None:
        self.changed.emit(StartRule(self.on.isChecked(), self.clips.value(), self.idle.value()))
