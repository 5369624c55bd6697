"""The recordings that the labels of a snapshot belong to, with a look at whether they are still the same."""

from __future__ import annotations

from pathlib import Path

from ..annotation.errors import LearnError
from ..annotation.video.building import index_video
from ..annotation.video.index import FrameIndex
from .fitting import Cancelled
from .snapshots import LabeledStretch


class Recordings:
    """Indexes of recordings, each made or loaded once.

    Parameters
    ----------
    cache_folder
        Where indexes are kept.
    """

    def __init__(self, cache_folder: Path) -> None:
        self.cache_folder = cache_folder
        self._indexes: dict[str, FrameIndex] = {}

    def index_of(self, stretch: LabeledStretch, cancelled: Cancelled | None = None) -> FrameIndex:
        """Return the index of the recording of a stretch.

        Raises
        ------
        LearnError
            When the file is not the one that was labeled any more.
        VideoError
            When it is missing or cannot be read exactly.
        """
        found = self._indexes.get(stretch.path)
        if found is None:
            found = index_video(Path(stretch.path), self.cache_folder, cancelled=cancelled)
            mark = found.fingerprint
            if stretch.fingerprint != f"{mark.ends}-{mark.size:x}" or stretch.stop > found.frames:
                raise LearnError(
                    f"The recording '{stretch.video}' at {stretch.path} is not the file that was labeled; "
                    "link the right one with 'ethoprofile relink'."
                )
            self._indexes[stretch.path] = found
        return found
