"""Presets that turn a decoded frame into the small gray frame that the networks see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import EthoprofileError, VideoError
from ..annotation.video.pixels import Crop, is_limited, luma_of

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Gray = NDArray[np.uint8]
Shrink = Callable[["VideoFrame | Gray"], Gray]

DEEPETHOPROFILE, DEFAULT = "deepethoprofile", "default"
#: Of the DeepEthoProfile network; also the default.
SIZE = (256, 256)
#: How long a stack of frames lasts: 11 frames at 25 frames/s.
STACK_MS = 440.0

# Raised whenever the pixels of a preset change: frames in caches are then made anew.
_VERSION = 1
# DeepEthoProfile: the rows that show the cage, the black rows above and below, and the stretched gray levels.
_FIRST_ROW, _LAST_ROW, _PADDING = 90, 440, 177
_BLACK, _WHITE = 10, 170
# Luma 16 to 235 spread over 0 to 255, value for value as swscale does it.
_EXPAND = np.clip(np.round((np.arange(256) - 16) * 255 / 219), 0, 255).astype(np.uint8)
# Gray levels apart that a recording must reach before its contrast is stretched.
_LEAST_CONTRAST = 10


@dataclass(frozen=True)
class Preprocessing:
    """How frames are made small.

    Attributes
    ----------
    name
        ``deepethoprofile``: exactly as published (full-range gray, rows 90 to 439, 177 black rows above and
        below, linear resize, gray levels 10 to 170 stretched; frames of 256x256 are only stretched).
        ``default``: the whole frame or a crop, resized by area, contrast of the recording stretched.
    size
        (height, width) of the small frames; the published preset is 256x256.
    crop
        (x, y, width, height) of the part that is used; ``default`` only.
    contrast
        Gray levels of the recording that become black and white, ``default`` only; None until they are
        measured (`frames.prepared_for`).
    stack_ms
        How long the stack of 11 frames of the batch tier lasts, milliseconds; None: 11 frames in a row at any
        frame rate, as published.

    Raises
    ------
    EthoprofileError
        For a preset that does not exist, or a choice that the published preset does not have.
    """

    name: str = DEFAULT
    size: tuple[int, int] = SIZE
    crop: Crop | None = None
    contrast: tuple[int, int] | None = None
    stack_ms: float | None = STACK_MS

    def __post_init__(self) -> None:
        if self.name not in (DEFAULT, DEEPETHOPROFILE):
            raise EthoprofileError(
                f"There is no preset '{self.name}'; the presets are {DEFAULT} and {DEEPETHOPROFILE}."
            )
        if self.name == DEEPETHOPROFILE and (self.crop or self.contrast or self.size != SIZE):
            raise EthoprofileError(
                "The deepethoprofile preset is fixed; use the default preset for another size or crop."
            )

    @classmethod
    def published(cls) -> Preprocessing:
        """Return the preset of the published network."""
        return cls(DEEPETHOPROFILE, stack_ms=None)

    @property
    def measures_contrast(self) -> bool:
        """Whether the contrast of the recording still has to be measured."""
        return self.name == DEFAULT and self.contrast is None

    @property
    def key(self) -> str:
        """Hash of everything that changes a pixel, for caches."""
        facts = {**asdict(self), "version": _VERSION}
        del facts["stack_ms"]
        text = json.dumps(facts, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Preprocessing:
        """Inverse of `to_dict`, also after JSON."""
        lists = {
            name: tuple(values[name]) if values.get(name) is not None else None
            for name in ("size", "crop", "contrast")
        }
        return cls(**{**values, **lists})

    def shrinker(self) -> Shrink:
        """Return a function that makes a decoded frame (or an image of a stack) small; for one thread."""
        if self.name == DEEPETHOPROFILE:
            return _shrink_as_published
        levels = None if self.contrast is None else _stretch(*self.contrast)
        shrink = _Shrinker(self.size, self.crop)
        return shrink if levels is None else lambda frame: levels[shrink(frame)]


def contrast_of(frames: Gray) -> tuple[int, int]:
    """Return the gray levels that become black and white: the 1st and the 99th percentile of `frames`.

    Where a recording has no contrast (a black one, say) nothing is stretched.
    """
    low, high = (int(level) for level in np.percentile(frames, (1, 99)))
    return (low, high) if high - low >= _LEAST_CONTRAST else (0, 255)


def gray_of(frame: VideoFrame | Gray) -> Gray:
    """Return a decoded frame (or an image of a stack) as full-range gray (height, width) uint8."""
    import cv2

    if isinstance(frame, np.ndarray):
        return frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    luma = luma_of(frame)
    if luma is None:
        gray: Gray = frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
        return gray
    return cv2.LUT(luma, _EXPAND) if is_limited(frame) else luma


def _stretch(black: int, white: int) -> Gray:
    """Return the table that spreads `black` to `white` over 0 to 255, truncated."""
    table = np.full(256, 255, np.uint8)
    table[:black] = 0
    table[black : white + 1] = np.linspace(0, 255, white - black + 1)
    return table


_PUBLISHED_LEVELS = _stretch(_BLACK, _WHITE)


def _shrink_as_published(frame: VideoFrame | Gray) -> Gray:
    import cv2

    height, width = frame.shape[:2] if isinstance(frame, np.ndarray) else (frame.height, frame.width)
    if (height, width) == SIZE:
        return cv2.LUT(gray_of(frame), _PUBLISHED_LEVELS)
    if height <= _FIRST_ROW:
        raise VideoError(
            f"The deepethoprofile preset uses rows {_FIRST_ROW} to {_LAST_ROW - 1} of a frame, but these are "
            f"only {height} pixels high; choose the default preset."
        )
    rows = _rows_of(frame)
    if height >= _LAST_ROW:
        return _resized_band(rows)
    padding = np.zeros((_PADDING, width), np.uint8)
    small = cv2.resize(np.vstack([padding, rows, padding]), SIZE[::-1])
    return cv2.LUT(small, _PUBLISHED_LEVELS)


def _rows_of(frame: VideoFrame | Gray) -> Gray:
    """Return rows 90 to 439 in full-range gray, expanding no other ones where the format allows that."""
    import cv2

    if isinstance(frame, np.ndarray):
        return gray_of(frame)[_FIRST_ROW:_LAST_ROW]
    luma = luma_of(frame)
    if luma is None:
        return gray_of(frame)[_FIRST_ROW:_LAST_ROW]
    rows = luma[_FIRST_ROW:_LAST_ROW]
    return cv2.LUT(rows, _EXPAND) if is_limited(frame) else rows


def _resized_band(rows: Gray) -> Gray:
    """Resize the 350 rows with one black row above and below: the rest of the padding stays black.

    Rows 64 to 191 of the small frame lie on rows 176 to 527 of the 704 padded ones (704 / 256 = 2.75), so
    that the same grid is sampled as by resizing everything.
    """
    import cv2

    band = np.zeros((len(rows) + 2, rows.shape[1]), np.uint8)
    band[1:-1] = rows
    small = np.zeros(SIZE, np.uint8)
    small[64:192] = cv2.LUT(cv2.resize(band, (SIZE[1], 128)), _PUBLISHED_LEVELS)
    return small


class _Shrinker:
    """Resizes by area: the whole frame within swscale, in the same call that makes it gray."""

    def __init__(self, size: tuple[int, int], crop: Crop | None):
        from av.video.reformatter import Interpolation, VideoReformatter

        self._size = size
        self._crop = crop
        self._reformatter = VideoReformatter()
        self._by_area = Interpolation.AREA

    def __call__(self, frame: VideoFrame | Gray) -> Gray:
        import cv2

        height, width = self._size
        if self._crop is None and not isinstance(frame, np.ndarray):
            small = self._reformatter.reformat(
                frame, width, height, "gray", interpolation=self._by_area, threads=1
            )
            return small.to_ndarray().astype(np.uint8, copy=False)
        image = gray_of(frame)
        if self._crop is not None:
            x, y, crop_width, crop_height = self._crop
            image = image[y : y + crop_height, x : x + crop_width]
        return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def with_contrast(preprocessing: Preprocessing, frames: Gray) -> Preprocessing:
    """Return the preset with its contrast measured on `frames`, which were made small without any."""
    return replace(preprocessing, contrast=contrast_of(frames))
