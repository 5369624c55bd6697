"""One row of labels as an image: colors, stripes for the undecided and the proposed, names in wide bouts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QFontMetricsF, QImage, QPainter

from ..annotation.tracks import NONE, UNLABELED
from .lanes import Lane
from .layout import Box
from .model import TimelineModel
from .sampling import color_table, pixel_runs, sample_codes
from .theme import Theme, ink_on, mixed
from .window import Window

#: Diagonals of unlabeled stretches and of proposals: distance and width in logical pixels.
_HATCH_PERIOD, _STRIPE_PERIOD, _STRIPE_WIDTH = 7.0, 8.0, 3.0
#: Neighbors at least this wide (logical pixels) are parted by a line.
_PARTED_FROM = 5
_NAME_MARGIN, _LEAST_NAME = 5, 8


def rgb(color: QColor) -> int:
    """Return a color as ``0xffrrggbb``."""
    return 0xFF000000 | (color.rgb() & 0xFFFFFF)


def muted(color: QColor, theme: Theme) -> QColor:
    """Return the grey of an explicit none, kept apart from the ground in either theme."""
    return mixed(color, theme.background, 0.25 if theme.dark else 0.0)


def label_color(model: TimelineModel, code: int, theme: Theme) -> QColor:
    """Return the color that a code is painted in."""
    if code == UNLABELED:
        return theme.empty
    color = QColor(model.style(code).color)
    return muted(color, theme) if code == NONE else color


@dataclass(frozen=True)
class LanePicture:
    """A painted row.

    Attributes
    ----------
    columns, colors
        Code and color (``0xffrrggbb``, without stripes) of every device pixel column.
    image
        The row itself.
    striped
        Which columns are striped, so that names need a plate to stand on there.
    """

    columns: NDArray[np.int16]
    colors: NDArray[np.uint32]
    image: QImage
    striped: NDArray[np.bool_]


def paint_lane(
    model: TimelineModel, lane: Lane, window: Window, size: tuple[int, int], theme: Theme, dpr: float
) -> LanePicture:
    """Return the visible part of a row, `size` (width, height) device pixels large."""
    width, height = size
    least = max(2, round(2 * dpr))
    columns = sample_codes(lane.codes, window, width, least)
    proposed = np.zeros(columns.shape, bool)
    if lane.ghost is not None:
        ghost = sample_codes(lane.ghost.codes, window, width, least)
        proposed = (columns == UNLABELED) & (ghost != UNLABELED)
        columns = np.where(proposed, ghost, columns)
    table = color_table(lambda code: rgb(label_color(model, code, theme)), columns)
    colors = table[columns.astype(np.intp) + 1]
    if lane.opacity is not None and window.span > 0:
        colors = _faded(colors, columns, _opacity(lane.opacity, window, width), rgb(theme.empty))
    if lane.ghost is not None and proposed.any():
        faded = _faded(colors, columns, _opacity(lane.ghost.opacity, window, width), rgb(theme.empty))
        colors = np.where(proposed, faded, colors)
    pixels = np.broadcast_to(colors, (height, width)).copy()
    blank = columns == UNLABELED
    if blank.any() and not lane.gap:
        line = _diagonal(height, width) % round(_HATCH_PERIOD * dpr) < max(1, round(dpr))
        pixels[line & blank] = rgb(theme.hatch)
    striped = ~blank if lane.hatched else proposed
    if striped.any():
        stripe = _diagonal(height, width) % round(_STRIPE_PERIOD * dpr) < round(_STRIPE_WIDTH * dpr)
        lighter = _faded(colors, columns, np.full(width, 0.45, np.float32), rgb(theme.background))
        pixels = np.where(stripe & striped, lighter, pixels)
    for column in _parting_columns(columns, dpr):
        pixels[:, column : column + max(1, round(dpr))] = rgb(theme.background)
    # An image over bytes of Python does not keep them alive; the copy owns its memory.
    image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(dpr)
    return LanePicture(columns, colors, image, striped)


@lru_cache(maxsize=16)
def _diagonal(height: int, width: int) -> NDArray[np.int32]:
    """Return the number of the rising diagonal that every pixel lies on."""
    return np.add.outer(np.arange(height, dtype=np.int32)[::-1], np.arange(width, dtype=np.int32))


def draw_names(painter: QPainter, model: TimelineModel, picture: LanePicture, box: Box, dpr: float) -> None:
    """Write the behavior's name into every bout that has the room, from its visible start on."""
    metrics = QFontMetricsF(painter.font())
    if metrics.height() > box.h + 2:
        return
    widths: dict[int, float] = {}
    for left, right, code in pixel_runs(picture.columns):
        room = (right - left) / dpr - 2 * _NAME_MARGIN
        if code == UNLABELED or room < _LEAST_NAME:
            continue
        name = model.style(code).name
        if code not in widths:
            widths[code] = metrics.horizontalAdvance(name)
        wide = widths[code]
        if wide > room:
            name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            wide = metrics.horizontalAdvance(name)
            if len(name) < 4:
                continue
        place = QRectF(box.x + left / dpr + _NAME_MARGIN, box.y, wide + 1, box.h)
        ground = QColor(int(picture.colors[left]))
        if picture.striped[left]:
            painter.fillRect(place.adjusted(-3, 2, 3, -2), ground)
        painter.setPen(ink_on(ground))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


def _opacity(opacity: NDArray[np.floating], window: Window, width: int) -> NDArray[np.float32]:
    middles = window.first + window.span / width * (np.arange(width) + 0.5)
    frames = np.clip(np.floor(middles).astype(np.intp), 0, opacity.size - 1)
    return np.clip(opacity[frames], 0.0, 1.0).astype(np.float32)


def _faded(
    colors: NDArray[np.uint32], columns: NDArray[np.int16], share: NDArray[np.float32], ground: int
) -> NDArray[np.uint32]:
    """Return colors blended over a ground; unlabeled columns stay as they are."""
    result = np.full(colors.shape, 0xFF000000, np.uint32)
    for shift in (0, 8, 16):
        over = ((colors >> shift) & 0xFF).astype(np.float32)
        under = (ground >> shift) & 0xFF
        result |= np.round(under + (over - under) * share).astype(np.uint32) << shift
    return np.where(columns == UNLABELED, colors, result)


def _parting_columns(columns: NDArray[np.int16], dpr: float) -> list[int]:
    """Return where a line parts two bouts that are both wide enough to spare the room."""
    edges = np.flatnonzero(columns[1:] != columns[:-1]) + 1
    if edges.size == 0:
        return []
    widths = np.diff(np.concatenate(([0], edges, [columns.size])))
    wide = widths >= _PARTED_FROM * dpr
    labeled = (columns[edges] != UNLABELED) & (columns[edges - 1] != UNLABELED)
    return [int(edge) for edge in edges[wide[:-1] & wide[1:] & labeled]]
