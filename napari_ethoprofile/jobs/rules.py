"""When a training starts by itself, and how several wishes become one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_KEY = "learn.start_rule"


@dataclass(frozen=True, slots=True)
class StartRule:
    """Starts a training when enough was labeled and nobody is at work.

    Attributes
    ----------
    on
        Whether it does so at all.
    clips
        Clips that were submitted, and stretches of a list that were answered, since the last training.
    idle
        Seconds in which nothing was labeled and the playhead did not move.
    """

    on: bool = False
    clips: int = 5
    idle: int = 30

    def due(self, fresh: int, idle: float) -> bool:
        """Return whether a training should start with so many fresh clips, idle for so many seconds."""
        return self.on and fresh >= self.clips and idle >= self.idle

    @classmethod
    def read(cls, settings: Any) -> StartRule:
        """Return the rule of a project from its settings."""
        return cls(**settings.get(_KEY, {}))

    def write(self, settings: Any) -> None:
        """Keep the rule in the settings of a project."""
        settings.set(_KEY, asdict(self))


@dataclass(frozen=True, slots=True)
class Wish:
    """A training that somebody wants.

    Attributes
    ----------
    reason
        Why, for the history of jobs.
    model, backbone, weights, seed
        As for `prepare_job`; the model's name may be empty.
    """

    reason: str
    model: str = ""
    backbone: str = "motion"
    weights: str = ""
    seed: int = 0


class Wishes:
    """The wishes that came while a training was being prepared or ran: all of them become the last one."""

    def __init__(self) -> None:
        self._last: Wish | None = None

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self._last is not None

    def add(self, wish: Wish) -> None:
        """Add a wish; a training learns from all labels, so it stands for those before as well."""
        self._last = wish

    def take(self) -> Wish | None:
        """Return what is wished for, once."""
        wish, self._last = self._last, None
        return wish

    def clear(self) -> None:
        """Forget them."""
        self._last = None
