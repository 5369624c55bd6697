"""What moves on top of the backdrop: open bouts, selection, the boundary in hand, the playhead."""

from __future__ import annotations

from collections.abc import Iterable

from qtpy.QtCore import QPointF, QRect, QRectF, Qt
from qtpy.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from ..annotation.tracks import UNLABELED
from .lane_image import label_color
from .lanes import OpenBout
from .layout import Box, StripLayout
from .model import TimelineModel
from .theme import Theme, ink_on, mixed

_HANDLE = 5


class Overlays:
    """Paints the moving parts, and says which pixels each of them covers.

    Parameters
    ----------
    model, layout, theme
        What is shown, where, in which colors.
    """

    def __init__(self, model: TimelineModel, layout: StripLayout, theme: Theme) -> None:
        self._model, self._layout, self._theme = model, layout, theme

    def paint(
        self,
        painter: QPainter,
        held: tuple[int, OpenBout] | None,
        fresh: Iterable[tuple[int, OpenBout]] = (),
    ) -> None:
        """Paint all of them.

        Parameters
        ----------
        painter
            Paints on the strip.
        held
            The change that a dragged boundary would make: ``(group, bout)``.
        fresh
            Labels that their rows do not show yet: ``(index of the row, bout)``, in the order of writing.
        """
        if self._model.frames == 0:
            return
        plot = self._layout.plot
        reach = _HANDLE + 1  # the handle may stand out over the title of a row
        painter.setClipRect(QRectF(plot.x - reach, 0, plot.w + 2 * reach, self._layout.overview.bottom + 1))
        for lane, bout in fresh:
            self._bout(painter, self._model.lanes[lane].group, bout, edged=False)
        for group, bout in self._model.open_bouts.items():
            self._bout(painter, group, bout)
        if held is not None:
            self._bout(painter, *held)
        self._selection(painter)
        self._focus(painter)
        self._playhead(painter)

    def playhead_rects(self, frame: int) -> list[QRect]:
        """Return the pixels that the playhead covers when it is at a frame."""
        plot, overview = self._layout.plot, self._layout.overview
        left, right = self._x(frame), self._x(frame + 1)
        wide = max(right - left, 1) + 2 * _HANDLE + 4
        x = overview.x + frame / max(1, self._model.frames) * overview.w
        return [
            QRect(round(left) - _HANDLE - 2, plot.y, round(wide), plot.h),
            QRect(round(x) - 3, overview.y, 7, overview.h),
        ]

    def bout_rects(self, group: int, start: int, stop: int) -> list[QRect]:
        """Return the pixels that an open bout covers."""
        left, right = self._edges(start, stop)
        return [
            QRect(round(left) - 3, box.y - 1, round(right - left) + 7, box.h + 2) for box in self._rows(group)
        ]

    def selection_rect(self, selection: tuple[int, int]) -> QRect:
        """Return the pixels that a selection covers."""
        left, right = self._edges(*selection)
        plot = self._layout.plot
        return QRect(round(left) - 2, plot.y, round(right - left) + 5, plot.h)

    def focus_rect(self, stretch: tuple[int, int]) -> QRect:
        """Return the pixels that the frame around the stretch in question covers."""
        return self.selection_rect(stretch).adjusted(-3, 0, 3, 0)

    def _rows(self, group: int) -> list[Box]:
        return [
            self._layout.lanes[index]
            for index, lane in enumerate(self._model.lanes)
            if lane.editable and lane.group == group
        ]

    def _edges(self, start: float, stop: float) -> tuple[float, float]:
        """Return the left and right pixel of the visible part of a stretch."""
        plot = self._layout.ruler
        return max(self._x(start), float(plot.x)), min(self._x(stop), float(plot.right))

    def _x(self, frame: float) -> float:
        plot = self._layout.ruler
        return plot.x + self._model.window.x_of(frame, plot.w)

    def _bout(self, painter: QPainter, group: int, bout: OpenBout, *, edged: bool = True) -> None:
        """Paint a bout over its rows; one that is not written yet has edges above and below."""
        left, right = self._edges(bout.start, bout.stop)
        if right < left:
            return
        right = max(right, left + 2)
        color = label_color(self._model, bout.label, self._theme)
        for box in self._rows(group):
            rect = QRectF(left, box.y, right - left, box.h)
            painter.fillRect(rect, color)
            if bout.label == UNLABELED:
                painter.fillRect(rect, QBrush(self._theme.hatch, Qt.BrushStyle.BDiagPattern))
            if edged:
                ink = self._theme.text
                painter.fillRect(QRectF(left, box.y, right - left, 2), ink)
                painter.fillRect(QRectF(left, box.bottom - 2, right - left, 2), ink)
            name = self._model.style(bout.label).name
            if painter.fontMetrics().horizontalAdvance(name) + 10 <= right - left:
                painter.setPen(ink_on(color))
                inner = QRectF(left + 5, box.y, right - left - 8, box.h)
                painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, name)

    def _selection(self, painter: QPainter) -> None:
        if self._model.selection is None:
            return
        left, right = self._edges(*self._model.selection)
        if right < left:
            return
        top = (self._layout.day or self._layout.ruler).bottom
        height = self._layout.seen.bottom - top
        fill = QColor(self._theme.highlight)
        fill.setAlpha(70)
        painter.fillRect(QRectF(left, top, right - left, height), fill)
        for frame in self._model.selection:
            x = round(self._x(frame))
            if self._layout.plot.x <= x <= self._layout.plot.right:
                edge = mixed(self._theme.highlight, self._theme.text, 0.35)
                painter.fillRect(QRectF(x - 1, top, 2, height), edge)

    def _focus(self, painter: QPainter) -> None:
        """Draw a frame around all rows of the stretch that is being asked about."""
        if self._model.focus is None or not self._layout.lanes:
            return
        left, right = self._edges(*self._model.focus)
        if right < left:
            return
        top, bottom = self._layout.lanes[0].y - 2, self._layout.lanes[-1].bottom + 1
        frame = QRectF(round(left) - 1.5, top, max(round(right - left), 2) + 2, bottom - top)
        for color, width in ((self._theme.background, 4.0), (self._theme.text, 2.0)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame)

    def _playhead(self, painter: QPainter) -> None:
        frame, plot, theme = self._model.playhead, self._layout.plot, self._theme
        left, right = self._x(frame), self._x(frame + 1)
        if plot.x <= left + 1 and left < plot.right:
            top = self._layout.ruler.bottom
            if right - left >= 3:
                cell = QColor(theme.playhead)
                cell.setAlpha(60)
                painter.fillRect(QRectF(left, top, min(right, plot.right) - left, plot.bottom - top), cell)
            halo = QColor(theme.background)
            halo.setAlpha(150)
            x = round(left)
            painter.fillRect(QRectF(x - 1, top, 4, plot.bottom - top), halo)
            painter.fillRect(QRectF(x, top - 4, 2, plot.bottom - top + 4), theme.playhead)
            self._handle(painter, x + 1, self._layout.ruler.bottom)
        overview = self._layout.overview
        x = round(overview.x + frame / self._model.frames * overview.w)
        painter.fillRect(QRectF(x - 1, overview.y + 2, 3, overview.h - 4), theme.background)
        painter.fillRect(QRectF(x, overview.y + 2, 1, overview.h - 4), theme.playhead)

    def _handle(self, painter: QPainter, x: float, bottom: int) -> None:
        """Draw the handle of the playhead in the ruler."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self._theme.background, 1))
        painter.setBrush(self._theme.playhead)
        points = [(-_HANDLE, -9), (_HANDLE, -9), (_HANDLE, -4), (0, 2), (-_HANDLE, -4)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, bottom + dy) for dx, dy in points]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
