"""The strip's colors, all derived from three: background, text, highlight."""

from __future__ import annotations

from dataclasses import dataclass

from qtpy.QtGui import QColor, QPalette


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return `one` with a share (0 to 1) of `other` mixed in."""
    return QColor(
        *(round(a + (b - a) * share) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))
    )


def luminance(color: QColor) -> float:
    """Return the relative luminance of a color (WCAG 2.1), 0 to 1."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(color: QColor) -> QColor:
    """Return black or white, whichever reads better on a color."""
    return QColor("#16181c") if luminance(color) > 0.2 else QColor("#ffffff")


@dataclass(frozen=True)
class Theme:
    """Colors of the strip.

    Attributes
    ----------
    background, text, highlight
        The three that all others are mixed from.
    """

    background: QColor
    text: QColor
    highlight: QColor

    @classmethod
    def from_palette(cls, palette: QPalette) -> Theme:
        """Return the theme of a widget's palette."""
        role = QPalette.ColorRole
        return cls(palette.color(role.Window), palette.color(role.WindowText), palette.color(role.Highlight))

    @property
    def dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return luminance(self.background) < luminance(self.text)

    @property
    def dim(self) -> QColor:
        """Secondary text."""
        return mixed(self.background, self.text, 0.62)

    @property
    def line(self) -> QColor:
        """Ticks and borders."""
        return mixed(self.background, self.text, 0.28)

    @property
    def empty(self) -> QColor:
        """Ground of a row where nothing is labeled."""
        return mixed(self.background, self.text, 0.05)

    @property
    def hatch(self) -> QColor:
        """The fine diagonals of an unlabeled stretch."""
        return mixed(self.background, self.text, 0.26)

    @property
    def playhead(self) -> QColor:
        """The playhead: a red that no default behavior color comes near in brightness."""
        return QColor("#ff4d4f") if self.dark else QColor("#d90429")

    @property
    def light_phase(self) -> QColor:
        """Ground of the time of day while the lights are on."""
        return mixed(self.background, QColor("#ffd54a"), 0.34 if self.dark else 0.55)

    @property
    def dark_phase(self) -> QColor:
        """Ground of the time of day while the lights are off."""
        return mixed(self.background, QColor("#1b2a6b"), 0.75)

    @property
    def seen(self) -> QColor:
        """Frames that were on the screen at 1x or slower."""
        return mixed(self.background, self.text, 0.55)
