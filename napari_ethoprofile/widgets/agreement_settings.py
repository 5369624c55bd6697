"""What a comparison of annotators is asked for: collar, tolerance, groupings, resampling."""

from __future__ import annotations

from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QWidget,
)

from ..annotation.agreement import Settings
from ..annotation.agreement.report.explanations import meaning_of
from .forms import tooltip

_GROUPINGS = ("subject", "strain", "phase", "week")
_MOST_SECONDS = 60.0
_MOST_SEED = 2**31 - 1


class AgreementSettings(QWidget):
    """A form for the settings of a report; the defaults are those of the command."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_settings")
        usual = Settings()
        self.collar = _seconds("agreement_collar", usual.collar, meaning_of("collar"), self)
        self.tolerance = _seconds("agreement_tolerance", usual.tolerance, meaning_of("tolerance"), self)
        self.seed = QSpinBox(self)
        self.seed.setObjectName("agreement_seed")
        self.seed.setRange(0, _MOST_SEED)
        self.seed.setToolTip("Of the resampling; the same seed gives the same intervals.")
        self.unit = QComboBox(self)
        self.unit.setObjectName("agreement_unit")
        self.unit.addItem("clips", "clip")
        self.unit.addItem("subjects", "subject")
        self.unit.setToolTip(
            "Intervals come from drawing these anew; subjects where few have many clips each."
        )
        self.by = {name: QCheckBox(name, self) for name in _GROUPINGS}
        groups = QGridLayout()  # two columns: the names fit into a narrow dock
        for number, (name, box) in enumerate(self.by.items()):
            box.setObjectName(f"agreement_by_{name}")
            box.setToolTip(f"Give the numbers apart by {name}, too.")
            groups.addWidget(box, *divmod(number, 2))
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Collar, tolerance", _row(self.collar, self.tolerance))
        form.addRow("Intervals from, seed", _row(self.unit, self.seed))
        form.addRow("Apart by", groups)

    def settings(self) -> Settings:
        """Return what was chosen."""
        return Settings(
            collar=self.collar.value(),
            tolerance=self.tolerance.value(),
            by=tuple(name for name, box in self.by.items() if box.isChecked()),  # type: ignore[misc]
            unit=self.unit.currentData(),
            seed=self.seed.value(),
        )


def _seconds(name: str, value: float, meaning: str, parent: QWidget) -> QDoubleSpinBox:
    box = QDoubleSpinBox(parent)
    box.setObjectName(name)
    box.setRange(0.0, _MOST_SECONDS)
    box.setSingleStep(0.05)
    box.setSuffix(" s")
    box.setValue(value)
    box.setToolTip(tooltip(meaning))
    return box


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
