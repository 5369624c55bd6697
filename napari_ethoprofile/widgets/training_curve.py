"""How the loss of a training falls, and the figures that came out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QPainter, QPen, QPolygonF
from qtpy.QtWidgets import QWidget

from ..plots.base import FIRST, MARGIN, REST, SECOND, THIRD, Mark, Plot, Scale, draw_line
from ..timeline.theme import Theme

_COLORS = (FIRST, SECOND, THIRD)
_LOSS = "loss of "
#: Points that a line has at most; more are thinned out.
_MOST_POINTS = 400


class TrainingCurve(Plot):
    """A line for the loss of every part that is trained, and the figures of the finished model in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("training_curve", "Loss by training step", parent)
        self.setMinimumHeight(120)
        self._lines: dict[str, list[tuple[int, float]]] = {}
        self._figures = ""

    @property
    def lines(self) -> dict[str, list[tuple[int, float]]]:
        """The ``(step, loss)`` of every part."""
        return self._lines

    def show_metrics(self, events: Sequence[dict]) -> None:
        """Show the figures that a job has told."""
        self._lines = {}
        figures = {}
        for event in events:
            if event["name"].startswith(_LOSS):
                line = self._lines.setdefault(event["name"].removeprefix(_LOSS), [])
                if line and event["step"] <= line[-1][0]:
                    line.clear()  # begun again after the training was cut off
                line.append((event["step"], event["value"]))
            else:
                figures[event["name"]] = event["value"]
        self._figures = ", ".join(f"{name} {value:.2f}" for name, value in figures.items())
        self.setAccessibleDescription(self._figures)
        self.update()

    def marks(self) -> list[Mark]:
        """Return one mark for the whole plot: what came out."""
        return [Mark(QRectF(self.rect()), self._figures)] if self._figures else []

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw axes, lines, and what they mean."""
        lines = {name: line for name, line in self._lines.items() if len(line) > 1}
        if not lines:
            self.say(painter, theme, self._figures or "The loss is drawn here while a model is trained.")
            return
        across, up = self._scales(lines)
        self._draw_axes(painter, theme, across, up)
        for number, (name, line) in enumerate(lines.items()):
            color = _COLORS[number] if number < len(_COLORS) else REST
            thinned = line[:: max(1, len(line) // _MOST_POINTS)]
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([QPointF(across.at(x), up.at(y)) for x, y in thinned]))
            place = QRectF(across.last - 90, up.last + number * self.line, 88, self.line)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)

    def _scales(self, lines: dict[str, list[tuple[int, float]]]) -> tuple[Scale, Scale]:
        top = max(value for line in lines.values() for _, value in line) or 1.0
        last = max(line[-1][0] for line in lines.values())
        left = MARGIN + self.text_width("0.00") + 6
        bottom = self.height() - MARGIN - 2.2 * self.line
        return Scale(0, last, left, self.width() - MARGIN), Scale(0.0, top, bottom, MARGIN + self.line / 2)

    def _draw_axes(self, painter: QPainter, theme: Theme, across: Scale, up: Scale) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in (0.0, up.high / 2, up.high):
            y = up.at(value)
            draw_line(painter, QPointF(across.first, y), QPointF(across.last, y), theme.line)
            painter.setPen(theme.dim)
            painter.drawText(QRectF(0, y - self.line / 2, across.first - 6, self.line), right, f"{value:.2f}")
        below = QRectF(across.first, up.first + 2, across.last - across.first, self.line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "loss by training step")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{across.high:g}")
        if self._figures:
            painter.setPen(theme.text)
            wide = QRectF(MARGIN, below.bottom(), self.width() - 2 * MARGIN, self.line)
            painter.drawText(wide, Qt.AlignmentFlag.AlignCenter, self.elided(self._figures, wide.width()))


def metrics_in(path: Path) -> list[dict]:
    """Return the figures in a file of JSON lines; a line that is being written is passed over."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
