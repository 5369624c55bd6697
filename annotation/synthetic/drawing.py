"""Drawing on gray arrays: soft round cones, the one shape that mouse and cage are made of, and lettering."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Window = tuple[slice, slice]

#: Direction the light comes from (right, down, toward the camera): above, a little left, in front.
_LIGHT = (-0.22, -0.62, 0.75)
_FAR = 1e4


def window_of(cones: NDArray[np.floating], shape: tuple[int, ...], margin: float = 2.0) -> Window | None:
    """Return the rows and columns of an image that hold all `cones`, or None where none is in sight.

    Parameters
    ----------
    cones
        Array (n, 6) of ``x0, y0, r0, x1, y1, r1`` in pixels.
    shape
        Height and width of the image.
    margin
        Pixels kept around the cones.
    """
    radius = np.maximum(cones[:, 2], cones[:, 5]) + margin
    left = int((np.minimum(cones[:, 0], cones[:, 3]) - radius).min())
    right = int((np.maximum(cones[:, 0], cones[:, 3]) + radius).max()) + 1
    top = int((np.minimum(cones[:, 1], cones[:, 4]) - radius).min())
    bottom = int((np.maximum(cones[:, 1], cones[:, 4]) + radius).max()) + 1
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, shape[1]), min(bottom, shape[0])
    if left >= right or top >= bottom:
        return None
    return slice(top, bottom), slice(left, right)


def draw(
    image: Image,
    cones: NDArray[np.floating],
    tones: Iterable[float],
    *,
    merge: float = 0.0,
    edge: float = 1.0,
    opacity: float = 1.0,
    relief: float = 1.0,
    texture: Image | None = None,
) -> None:
    """Draw one layer of lit round cones over `image`, in place.

    Parameters
    ----------
    image
        Array (height, width) of gray levels.
    cones
        Array (n, 6) of ``x0, y0, r0, x1, y1, r1`` in pixels: two discs and what lies between them.
    tones
        Gray level of each cone's surface.
    merge
        Width in pixels over which neighboring cones flow into each other.
    edge
        Width in pixels of the soft outline.
    opacity
        How much of what lies behind is covered, 0 to 1.
    relief
        Strength of the shading: 0 draws flat shapes.
    texture
        Relative surface detail (height, width) around 0, such as fur.
    """
    window = window_of(cones, image.shape, 1.0 + edge + merge)
    if window is None:
        return
    top, left = window[0].start, window[1].start
    shape = (window[0].stop - top, window[1].stop - left)
    distance = np.full(shape, _FAR, np.float32)
    tone = np.zeros(shape, np.float32)
    shift = np.array((left, top, 0, left, top, 0), np.float32)
    for cone, level in zip((cones - shift).astype(np.float32), tones, strict=True):
        _join(distance, tone, cone, level, merge, relief)
    view = image[window]
    if texture is not None:
        detail = texture[window]
        tone *= 1.0 + detail
        distance += 2.0 * detail
    cover = np.clip(0.5 - distance / edge, 0.0, opacity)
    view += cover * (tone - view)


def _join(
    distance: Image, tone: Image, cone: NDArray[np.float32], level: float, merge: float, relief: float
) -> None:
    """Add one cone to the signed distance and the tone of a layer."""
    box = window_of(cone[None], distance.shape, 2.0 + merge)
    if box is None:
        return
    x0, y0, r0, x1, y1, r1 = cone.tolist()
    dx = np.arange(box[1].start, box[1].stop, dtype=np.float32) - np.float32(x0)
    dy = (np.arange(box[0].start, box[0].stop, dtype=np.float32) - np.float32(y0))[:, None]
    ax, ay = x1 - x0, y1 - y0
    length = max(ax * ax + ay * ay, 1e-6)
    along = np.clip(dx * (ax / length) + dy * (ay / length), 0.0, 1.0)
    dx = dx - along * ax
    dy = dy - along * ay
    radius = along * (r1 - r0) + r0
    squared = dx * dx + dy * dy
    new = np.sqrt(squared) - radius
    if relief:
        inverse = 1.0 / np.maximum(radius, 0.3)
        toward = np.sqrt(np.maximum(1.0 - squared * inverse * inverse, 0.0))
        lit = (dx * _LIGHT[0] + dy * _LIGHT[1]) * inverse + toward * _LIGHT[2]
        surface = level * (1.0 - relief * (0.42 - 0.62 * lit))
    else:
        surface = np.float32(level)
    old = distance[box]
    width = max(merge, 1.0)
    share = np.clip(0.5 + 0.5 * (old - new) / width, 0.0, 1.0)
    paint = tone[box]
    paint += share * (surface - paint)
    old += share * (new - old) - merge * share * (1.0 - share)


_GLYPHS = {
    "0": "0e11131519110e", "1": "040c040404040e", "2": "0e11010204081f", "3": "1f02040201110e",
    "4": "02060a121f0202", "5": "1f101e0101110e", "6": "0608101e11110e", "7": "1f010204080808",
    "8": "0e11110e11110e", "9": "0e11110f01020c", ":": "000c0c000c0c00", "-": "0000001f000000",
    "A": "0e11111f111111", "C": "0e11101010110e", "E": "1f10101e10101f", "H": "1111111f111111",
    "I": "0e04040404040e", "M": "111b1515111111", "N": "11191513111111", "O": "0e11111111110e",
    "S": "0f10100e01011e", "T": "1f040404040404", "U": "1111111111110e", "Y": "11110a04040404",
}  # fmt: skip


def lettering(text: str, scale: int) -> NDArray[np.bool_]:
    """Return `text` as a mask (7 scale, 6 scale letters) in a 5 x 7 dot font (digits and a few capitals)."""
    mask = np.zeros((7, 6 * len(text)), bool)
    for place, letter in enumerate(text):
        for row, bits in enumerate(bytes.fromhex(_GLYPHS.get(letter, "00" * 7))):
            for column in range(5):
                mask[row, 6 * place + column] = bits >> (4 - column) & 1
    return mask.repeat(scale, axis=0).repeat(scale, axis=1)
