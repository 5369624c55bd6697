"""The frames of one clip as an array that napari shows: rotated and flipped for display only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .annotation.video import Video


class ClipFrames:
    """Frames ``[start, stop)`` of a recording as a lazy array (frames, height, width[, 3]) of uint8.

    Frames whose place in the file is not confirmed yet are black: a wrong frame is never shown. So is every
    frame as long as `asleep`: nothing is decoded then.

    Parameters
    ----------
    video
        The recording.
    start, stop
        The clip.
    quarter_turns
        Counterclockwise turns by 90 degrees, for display only.
    mirrored
        Flip left and right, for display only.
    """

    def __init__(
        self, video: Video, start: int, stop: int, quarter_turns: int = 0, mirrored: bool = False
    ) -> None:
        self.video = video
        self.start, self.stop = start, stop
        self.quarter_turns = quarter_turns % 4
        self.mirrored = mirrored
        height, width = video.shape[1:3]
        size = (width, height) if self.quarter_turns % 2 else (height, width)
        self.shape: tuple[int, ...] = (stop - start, *size, *video.shape[3:])
        self.dtype = np.dtype(np.uint8)
        self.ndim = len(self.shape)
        self.size = int(np.prod(self.shape))
        self.asleep = False

    def __len__(self) -> int:
        return self.shape[0]

    def frame(self, number: int) -> np.ndarray:
        """Return frame `number` of the clip as it is shown."""
        if not 0 <= number < len(self):
            raise IndexError(f"frame {number} of a clip of {len(self)} frames")
        if self.asleep or self.start + number >= self.video.confirmed:
            return np.zeros(self.shape[1:], np.uint8)
        image = self.video[self.start + number]
        if self.quarter_turns:
            image = np.rot90(image, self.quarter_turns)
        return image[:, ::-1] if self.mirrored else image

    def __getitem__(self, index: Any) -> np.ndarray:
        first, rest = (index[0], index[1:]) if isinstance(index, tuple) else (index, ())
        if isinstance(first, slice):
            numbers = range(*first.indices(len(self)))
            if len(numbers) == 1:
                picked = self.frame(numbers[0])[np.newaxis]
            else:
                picked = (
                    np.stack([self.frame(n) for n in numbers]) if numbers else np.empty((0, *self.shape[1:]))
                )
            return picked[(slice(None), *rest)] if rest else picked
        number = int(first)
        picked = self.frame(number + len(self) if number < 0 else number)
        return picked[rest] if rest else picked

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype)
