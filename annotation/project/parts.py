"""What every part of a project shares: its folder, its database, whether it may be written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .database import Database
from .folders import CACHE_NAME

if TYPE_CHECKING:
    from .ethograms import EthogramState


class ProjectPart:
    """Base of the parts that make up `Project`, each a chapter of its methods.

    Attributes
    ----------
    folder
        The project folder.
    database
        Its database.
    read_only
        Whether every change is refused.
    """

    folder: Path
    database: Database
    read_only: bool

    @property
    def cache_folder(self) -> Path:
        """Folder of derived data, which may be deleted at any time."""
        folder = self.folder / CACHE_NAME
        if not self.read_only:
            folder.mkdir(exist_ok=True)
        return folder

    def ethogram_state(self) -> EthogramState:
        """Return the present version of the ethogram with what translates the journal to it."""
        raise NotImplementedError
