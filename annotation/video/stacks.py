"""Image stacks: a multi-page TIFF or a folder of images, one image a frame."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import VideoError
from ..recordings import STACK_ENDINGS
from .pixels import NEUTRAL, SAMPLES, Pixels

_IMAGES = (".png", ".jpg", ".jpeg", ".bmp", *STACK_ENDINGS)


def holds_images(folder: Path) -> bool:
    """Return whether a folder holds images; of several kinds they are no stack, which `images_in` tells."""
    return any(map(_is_image, folder.iterdir()))


def images_in(folder: Path) -> list[Path]:
    """List the images of a folder in natural order (img2 before img10).

    Raises
    ------
    VideoError
        If there are none, or they are of several kinds, so that their order in time is not clear.
    """
    try:
        images = [path for path in folder.iterdir() if _is_image(path)]
    except OSError as error:
        raise VideoError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    if not images:
        raise VideoError(
            f"The folder {folder} holds no PNG, JPEG, BMP or TIFF images: choose the folder of one stack."
        )
    kinds = sorted({path.suffix.lower() for path in images})
    if len(kinds) > 1:
        raise VideoError(
            f"The folder {folder} mixes kinds of images ({', '.join(kinds)}): keep one stack a folder."
        )
    return sorted(images, key=_natural)


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in _IMAGES and path.name[0] != "."


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", path.name.lower())
    return [(1, int(part), part) if part.isdigit() else (0, 0, part) for part in parts if part]


class ImageStack:
    """Frames of an image stack as uint8, (height, width) if the sampled images are gray, else (..., 3).

    Images of more than 8 bits are brought to 8 by one factor for the whole stack, which follows from the
    brightest value of the sampled images.

    Attributes
    ----------
    frames, height, width
        Size of the stack.
    gray
        Whether all sampled images are gray.
    codec
        ``"tiff"``, ``"png"``, ``"jpg"`` ...
    """

    def __init__(self, path: Path):
        self._path = path
        self._lock = threading.Lock()
        self._pages: Any = _Folder(path) if path.is_dir() else _Tiff(path)
        self.codec: str = self._pages.codec
        self.frames = len(self._pages)
        try:
            samples = self._samples()
        except VideoError:
            self.close()
            raise
        self.height, self.width = samples[0].shape[:2]
        self.gray = all(_is_gray(sample) for sample in samples)
        self._bits = max(8, max(int(sample.max()).bit_length() for sample in samples))

    def read(self, number: int) -> Pixels:
        """Read frame `number`; may be called from several threads."""
        image = self._raw(number)
        if image.shape[:2] != (self.height, self.width):
            raise VideoError(
                f"Image {number} of {self._path} is {image.shape[1]}x{image.shape[0]} pixels, the others are "
                f"{self.width}x{self.height}: keep one stack a folder."
            )
        if self._bits > 8:
            image = np.minimum(image >> (self._bits - 8), 255)
        image = image.astype(np.uint8)
        if image.ndim == 2:
            return image if self.gray else np.repeat(image[..., np.newaxis], 3, axis=2)
        return np.ascontiguousarray(image[..., 0] if self.gray else image[..., :3])

    def close(self) -> None:
        """Close the file."""
        self._pages.close()

    def __enter__(self) -> ImageStack:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _samples(self) -> list[NDArray[Any]]:
        spread = [self.frames * part // SAMPLES for part in range(SAMPLES)]
        return [self._raw(number) for number in sorted(set(spread))]

    def _raw(self, number: int) -> NDArray[Any]:
        try:
            with self._lock:
                image = np.asarray(self._pages.read(number))
        except (OSError, ValueError, IndexError, RuntimeError) as error:
            raise VideoError(f"Image {number} of {self._path} cannot be read: {error}.") from error
        if image.dtype == np.bool_:
            return image.astype(np.uint8) * 255
        if image.dtype not in (np.uint8, np.uint16) or image.ndim not in (2, 3):
            raise VideoError(
                f"Images of {self._path} are {image.dtype} {image.shape}: save them as 8- or 16-bit gray or "
                "RGB."
            )
        if image.ndim == 3 and image.shape[2] <= 2:
            return image[..., 0]
        return image


def _is_gray(image: NDArray[Any]) -> bool:
    if image.ndim == 2:
        return True
    colors = image[..., :3].astype(np.int32)
    return int((colors.max(axis=2) - colors.min(axis=2)).max()) <= NEUTRAL


class _Folder:
    def __init__(self, path: Path):
        self._images = images_in(path)
        self.codec = self._images[0].suffix.lower().lstrip(".")

    def __len__(self) -> int:
        return len(self._images)

    def read(self, number: int) -> NDArray[Any]:
        import imageio.v3

        return imageio.v3.imread(self._images[number])

    def close(self) -> None:
        pass


class _Tiff:
    codec = "tiff"

    def __init__(self, path: Path):
        import tifffile

        try:
            self._file = tifffile.TiffFile(path)
        except (tifffile.TiffFileError, OSError) as error:
            raise VideoError(f"{path} is not a TIFF stack that can be read: {error}.") from error
        self._pages = self._file.pages
        self._block = None
        series = self._file.series[0]
        # A stack that was written in one block has one page only: map it instead of reading it whole.
        if len(self._pages) == 1 and series.dataoffset is not None and len(series.shape) > 2:
            self._block = tifffile.memmap(path, mode="r").reshape(-1, *_frame_shape(series))

    def __len__(self) -> int:
        return len(self._pages) if self._block is None else len(self._block)

    def read(self, number: int) -> NDArray[Any]:
        if self._block is not None:
            return self._block[number]
        return self._pages[number].asarray()

    def close(self) -> None:
        self._block = None
        self._file.close()


def _frame_shape(series: Any) -> tuple[int, ...]:
    """Rows, columns and colors of one frame of a series."""
    return series.shape[-3:] if series.axes.endswith("S") else series.shape[-2:]
