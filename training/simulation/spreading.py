"""A simulation over several processes of this machine: one held-out animal a task, the same result."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from typing import Any

from ..fitting import Cancelled
from ..interactive import Stages
from .material import Material
from .replay import Part, Plan, play_one

#: How often it is asked whether to stop, in seconds.
_ASKED = 0.5

_stop: Any = None


def spread(
    material: Material,
    plan: Plan,
    held_out: Sequence[str],
    processes: int,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> list[Part]:
    """Play every held-out animal in a process; see `replay.play`.

    Raises
    ------
    TrainingCanceledError
        If `cancelled` said so.
    """
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(min(processes, len(held_out)), context, _begin, (stop,)) as pool:
        futures = [pool.submit(_play, material, plan, subject) for subject in held_out]
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, _ASKED, FIRST_COMPLETED)
            if cancelled is not None and cancelled():
                stop.set()
            if done and on_stage is not None:
                on_stage("animals held out", len(futures) - len(waiting), len(futures))
        return [future.result() for future in futures]


def _begin(stop: Any) -> None:
    global _stop
    _stop = stop


def _play(material: Material, plan: Plan, subject: str) -> Part:
    return play_one(material, plan, subject, None, _stop.is_set)
