"""All of the strip that stays while the playhead moves, kept as one image and renewed part by part."""

from __future__ import annotations

import math

import numpy as np
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from .caps import draw_key_caps, key_caps_width
from .lane_image import LanePicture, draw_names, paint_lane, rgb
from .lanes import Lane
from .layout import Box, StripLayout
from .model import TimelineModel
from .sampling import sample_share
from .theme import Theme, ink_on, mixed
from .ticks import Tick, ruler_ticks
from .window import Window

_LABEL_GAP = 34


class Backdrop:
    """The cached image of ruler, rows, coverage and overview.

    Parameters
    ----------
    model
        What is shown.
    """

    def __init__(self, model: TimelineModel) -> None:
        self._model = model
        self._image = QImage()
        self._stale: set[str | int] = {"all"}

    def mark(self, part: str | int) -> None:
        """Renew a part before the next painting: ``all``, ``seen``, ``overview``, or the index of a row."""
        self._stale.add(part)

    def image(
        self, layout: StripLayout, theme: Theme, font: QFont, size: tuple[int, int], dpr: float
    ) -> QImage:
        """Return the image, renewed where it is stale.

        Parameters
        ----------
        layout, theme, font
            How to paint.
        size, dpr
            Logical width and height, and device pixels per logical pixel.
        """
        device = (math.ceil(size[0] * dpr), math.ceil(size[1] * dpr))
        if self._image.isNull() or (self._image.width(), self._image.height()) != device:
            self._image = QImage(*device, QImage.Format.Format_RGB32)
            self._stale = {"all"}
        if self._stale:
            self._image.setDevicePixelRatio(dpr)
            painter = QPainter(self._image)
            painter.setFont(font)
            self._paint(_Brush(painter, self._model, layout, theme, dpr))
            painter.end()
            self._stale = set()
        return self._image

    def _paint(self, brush: _Brush) -> None:
        everything = "all" in self._stale
        if everything:
            brush.ground(self._image.width(), self._image.height())
            brush.day(brush.ruler())
        for index, lane in enumerate(self._model.lanes):
            if everything or index in self._stale:
                brush.lane(index, lane, titled=everything)
        if everything or "seen" in self._stale:
            brush.seen()
        if everything or "overview" in self._stale:
            brush.overview()


def overview_lane(model: TimelineModel) -> int:
    """Return the index of the row that the overview repeats: the first that can be edited, else the first."""
    return next((index for index, lane in enumerate(model.lanes) if lane.editable), 0)


class _Brush:
    """Paints the parts of the backdrop."""

    def __init__(
        self, painter: QPainter, model: TimelineModel, layout: StripLayout, theme: Theme, dpr: float
    ) -> None:
        self.painter, self.model, self.layout, self.theme, self.dpr = painter, model, layout, theme, dpr
        self.font = painter.font()
        self.small = QFont(self.font)
        self.small.setPointSizeF(max(6.5, self.font.pointSizeF() * 0.86))

    def ground(self, width: int, height: int) -> None:
        """Fill the background and write the titles of the thin rows."""
        self.painter.fillRect(QRectF(0, 0, width, height), self.theme.background)
        self.painter.setFont(self.small)
        self.painter.setPen(self.theme.dim)
        titled = [("time  frame", self.layout.ruler), ("whole clip", self.layout.overview)]
        if self.layout.day is not None:
            titled.append(("time of day" if self.model.recorded_at else "light / dark", self.layout.day))
        for title, box in titled:
            self._right_aligned(title, box)
        self.painter.setFont(self.font)

    def _right_aligned(self, text: str, box: Box) -> None:
        self.painter.drawText(
            QRectF(0, box.y - 2, box.x - 8, box.h + 4),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            text,
        )

    def ruler(self) -> list[Tick]:
        """Draw ticks with clip time and, dimmer, the frame number; return them."""
        box, theme = self.layout.ruler, self.theme
        metrics, small = QFontMetricsF(self.font), QFontMetricsF(self.small)
        width = metrics.horizontalAdvance("00:00.00") + small.horizontalAdvance("000000") + _LABEL_GAP
        ticks = ruler_ticks(self.model, box.w, width)
        self._clip(box)
        for tick in ticks:
            x = self._x(tick.frame)
            top = box.y + 2 if tick.major else box.bottom - 5
            self.painter.fillRect(QRectF(x, top, 1 / round(self.dpr), box.bottom - top), theme.line)
            if tick.major:
                self._text(tick.time, x + 4, box, theme.text, self.font)
                after = x + 10 + metrics.horizontalAdvance(tick.time)
                self._text(tick.number, after, box, theme.dim, self.small)
        self.painter.setClipping(False)
        self.painter.fillRect(QRectF(box.x, box.bottom - 1, box.w, 1), theme.line)
        return ticks

    def day(self, ticks: list[Tick]) -> None:
        """Draw light and dark phase with the time of day on them."""
        box = self.layout.day
        if box is None:
            return
        self.painter.fillRect(QRectF(box.x, box.y, box.w, box.h), self.theme.empty)
        self._clip(box)
        for phase in self.model.phases:
            left, right = self._x(phase.start), self._x(phase.stop)
            color = self.theme.dark_phase if phase.dark else self.theme.light_phase
            self.painter.fillRect(QRectF(left, box.y, right - left, box.h), color)
        for tick in ticks:
            if tick.day:
                x = self._x(tick.frame)
                phase_name = self.model.phase_at(min(int(tick.frame), self.model.frames - 1))
                ground = {"dark": self.theme.dark_phase, "light": self.theme.light_phase}.get(phase_name)
                color = mixed(ink_on(ground), ground, 0.2) if ground is not None else self.theme.dim
                self._text(tick.day, x + 4, box, color, self.small)
        self.painter.setClipping(False)

    def lane(self, index: int, lane: Lane, *, titled: bool) -> None:
        """Draw one row: title and key caps, which labels do not change, then labels, names, markers."""
        box = self.layout.lanes[index]
        left = 0 if titled else box.x
        self.painter.fillRect(QRectF(left, box.y - 1, box.right + 2 - left, box.h + 2), self.theme.background)
        if titled:
            self._lane_title(lane, box)
        picture = self._labels(lane, self.model.window, box)
        self.painter.setFont(self.font if box.h >= 20 else self.small)
        self._clip(box)
        draw_names(self.painter, self.model, picture, box, self.dpr)
        for marker in self.model.markers:
            if lane.editable and marker.group == lane.group:
                self._marker(marker.start, marker.stop, box, uncertain=marker.uncertain)
        self.painter.setClipping(False)
        self.painter.setFont(self.font)

    def _labels(self, lane: Lane, window: Window, box: Box) -> LanePicture:
        """Draw the labels of a row into a box, exactly on device pixels."""
        left, top = round(box.x * self.dpr), round(box.y * self.dpr)
        size = round(box.right * self.dpr) - left, round(box.bottom * self.dpr) - top
        picture = paint_lane(self.model, lane, window, size, self.theme, self.dpr)
        self.painter.drawImage(QPointF(left / self.dpr, top / self.dpr), picture.image)
        return picture

    def _lane_title(self, lane: Lane, box: Box) -> None:
        """Write the title; key caps go below it where the row is high enough, else beside it if all fit."""
        metrics, small = QFontMetricsF(self.font), QFontMetricsF(self.small)
        line, caps_line = round(metrics.height()), round(small.height())
        caps_width = key_caps_width(small, lane.keys)
        title, caps = Box(8, box.y, box.x - 16, box.h), None
        if lane.keys and box.h > line + caps_line:
            top = box.y + (box.h - line - caps_line - 1) // 2
            title, caps = Box(8, top, title.w, line), Box(8, top + line + 1, box.x - 12, caps_line)
        elif lane.keys and caps_width <= title.w // 2:
            room = min(round(metrics.horizontalAdvance(lane.title)) + 6, title.w - caps_width)
            title, caps = Box(8, box.y, room, box.h), Box(8 + room, box.y, caps_width + 4, box.h)
        self.painter.setPen(self.theme.text if lane.editable else self.theme.dim)
        text = metrics.elidedText(lane.title, Qt.TextElideMode.ElideRight, title.w)
        place = QRectF(title.x, title.y, title.w + 4, title.h)
        self.painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        if caps is not None:
            self.painter.setFont(self.small)
            self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            draw_key_caps(self.painter, self.model, lane, caps, self.theme)
            self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self.painter.setFont(self.font)

    def _marker(self, start: int, stop: int, box: Box, *, uncertain: bool) -> None:
        """Draw a note as a folded corner, uncertainty as a dotted line along the bottom."""
        left, right = self._x(start), max(self._x(stop), self._x(start) + 2)
        outline = self.theme.background
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if uncertain:
            y = box.bottom - 3.5
            for color, width in ((outline, 4.0), (self.theme.text, 2.0)):
                pen = QPen(color, width, Qt.PenStyle.DotLine, Qt.PenCapStyle.FlatCap)
                if width > 2:
                    pen.setStyle(Qt.PenStyle.SolidLine)
                self.painter.setPen(pen)
                self.painter.drawLine(QPointF(left, y), QPointF(right, y))
        else:
            corner = QPolygonF([QPointF(left, box.y), QPointF(left + 9, box.y), QPointF(left, box.y + 9)])
            self.painter.setPen(QPen(outline, 1.5))
            self.painter.setBrush(self.theme.text)
            self.painter.drawPolygon(corner)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def seen(self) -> None:
        """Draw the coverage strip: solid where every frame was on the screen at 1x or slower."""
        box = self.layout.seen
        left, right = round(box.x * self.dpr), round(box.right * self.dpr)
        share = sample_share(self.model.seen, self.model.window, right - left)
        seen, ground = self.theme.seen, self.theme.empty
        table = np.array([rgb(mixed(ground, seen, step)) for step in (0.0, 0.35, 1.0)], np.uint32)
        levels = (share > 0).astype(np.intp) + (share >= 1)
        row = table[levels].tobytes()  # kept until it is drawn: the image does not own it
        image = QImage(row, levels.size, 1, len(row), QImage.Format.Format_RGB32)
        self.painter.drawImage(QRectF(left / self.dpr, box.y, (right - left) / self.dpr, box.h), image)

    def overview(self) -> None:
        """Draw the whole clip with the window in it."""
        box, window = self.layout.overview, self.model.window
        self.painter.fillRect(QRectF(box.x - 3, box.y - 2, box.w + 6, box.h + 4), self.theme.background)
        inner = Box(box.x, box.y + 3, box.w, box.h - 6)
        if self.model.lanes:
            self._labels(self.model.lanes[overview_lane(self.model)], Window(self.model.frames), inner)
        else:
            self.painter.fillRect(QRectF(inner.x, inner.y, inner.w, inner.h), self.theme.empty)
        if self.model.frames == 0:
            return
        left = box.x + window.first / window.frames * box.w
        right = box.x + window.last / window.frames * box.w
        shade = QColor(self.theme.background)
        shade.setAlpha(150)
        self.painter.fillRect(QRectF(box.x, inner.y, left - box.x, inner.h), shade)
        self.painter.fillRect(QRectF(right, inner.y, box.right - right, inner.h), shade)
        self._window_frame(round(left), round(max(right, left + 6)), box)

    def _window_frame(self, left: int, right: int, box: Box) -> None:
        color = self.theme.text
        self.painter.fillRect(QRectF(left, box.y, right - left, 2), color)
        self.painter.fillRect(QRectF(left, box.bottom - 2, right - left, 2), color)
        self.painter.fillRect(QRectF(left - 1, box.y, 3, box.h), color)
        self.painter.fillRect(QRectF(right - 2, box.y, 3, box.h), color)

    def _x(self, frame: float) -> float:
        """Return the left edge of a frame, on a device pixel."""
        plot = self.layout.ruler
        return round((plot.x + self.model.window.x_of(frame, plot.w)) * self.dpr) / self.dpr

    def _clip(self, box: Box) -> None:
        self.painter.setClipRect(QRectF(box.x, box.y, box.w, box.h))

    def _text(self, text: str, x: float, box: Box, color: QColor, font: QFont) -> None:
        self.painter.setFont(font)
        self.painter.setPen(color)
        self.painter.drawText(QRectF(x, box.y, 200, box.h), Qt.AlignmentFlag.AlignVCenter, text)
        self.painter.setFont(self.font)
