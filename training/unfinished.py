"""Where the training of a network was: kept now and then, and taken up at that step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

    from .checkpoints import Checkpoints

#: Seconds of work that a training which is cut off may lose.
KEPT_EVERY = 10.0

_NETWORK, _OPTIMIZER, _CHANCE = "network/", "optimizer/", "chance/"


def draws_on(device: str) -> list[torch.Generator]:
    """Return where torch draws random numbers from while it trains on a device, such as ``cuda``."""
    import torch

    draws = [torch.default_generator]
    if device == "cuda":
        draws.append(torch.cuda.default_generators[torch.cuda.current_device()])
    return draws


@dataclass(eq=False)
class Loop:
    """All that decides how a training goes on from a step.

    Attributes
    ----------
    network, optimizer, schedule
        What is trained, and how.
    total
        Steps in all.
    draws
        Where random numbers come from, other than a seed and the number of the step.
    """

    network: torch.nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    total: int
    draws: Sequence[torch.Generator | np.random.Generator]

    def facts(self, step: int) -> dict[str, Any]:
        """Return what is no array, as plain data."""
        return {
            "step": step,
            "total": self.total,
            "groups": self.optimizer.state_dict()["param_groups"],
            "schedule": self.schedule.state_dict(),
            "draws": [
                d.bit_generator.state if isinstance(d, np.random.Generator) else None for d in self.draws
            ],
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return weights, the memory of the optimizer, and states of torch's random numbers."""
        import torch

        moments = {
            f"{_OPTIMIZER}{number}/{name}": value
            for number, state in self.optimizer.state_dict()["state"].items()
            for name, value in state.items()
        }
        states = {
            f"{_CHANCE}{number}": draw.get_state()
            for number, draw in enumerate(self.draws)
            if isinstance(draw, torch.Generator)
        }
        weights = {f"{_NETWORK}{name}": value for name, value in self.network.state_dict().items()}
        return {name: value.detach().cpu().numpy() for name, value in (weights | moments | states).items()}

    def restore(self, facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> int:
        """Make everything as it was, and return the step; 0 where that was another training."""
        import torch

        weights = _under(arrays, _NETWORK)
        own = {name: tuple(value.shape) for name, value in self.network.state_dict().items()}
        kept = {name: value.shape for name, value in weights.items()}
        if (facts["total"], len(facts["draws"]), kept) != (self.total, len(self.draws), own):
            return 0
        self.network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for key, value in _under(arrays, _OPTIMIZER).items():
            number, name = key.split("/")
            moments.setdefault(int(number), {})[name] = torch.from_numpy(value)
        self.optimizer.load_state_dict({"state": moments, "param_groups": facts["groups"]})
        self.schedule.load_state_dict(facts["schedule"])
        for place, (draw, state) in enumerate(zip(self.draws, facts["draws"], strict=True)):
            if isinstance(draw, np.random.Generator):
                draw.bit_generator.state = state
            else:
                draw.set_state(torch.from_numpy(arrays[f"{_CHANCE}{place}"]))
        return int(facts["step"])


@dataclass(eq=False)
class Unfinished:
    """One part of a model that is being trained.

    Attributes
    ----------
    checkpoints
        Where it is kept.
    name
        Of the part.
    every
        Seconds of work that may be lost: what is large is kept less often.
    """

    checkpoints: Checkpoints
    name: str
    every: float | None = None
    _kept: float = field(default_factory=time.monotonic)

    def take_up(self, loop: Loop) -> int:
        """Make a training as it was when it was cut off, and return the steps that are done."""
        found = self.checkpoints.unfinished(self.name)
        return loop.restore(*found) if found is not None else 0

    def keep(self, loop: Loop, step: int, *, now: bool = False) -> None:
        """Write how far it is after `step` steps, if that is due, or `now`."""
        if now or time.monotonic() - self._kept >= (KEPT_EVERY if self.every is None else self.every):
            self.checkpoints.keep_unfinished(self.name, step, loop.facts(step), loop.arrays())
            self._kept = time.monotonic()


def _under(arrays: dict[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}
