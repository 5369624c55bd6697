"""Processes and machines that work is spread over with dask.distributed; a training job is one task there."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psutil

from ..annotation.errors import EthoprofileError
from .fitting import Cancelled
from .jobs.job import Job, read_job
from .jobs.running import run_job
from .jobs.standing import Standing
from .jobs.stopping import Stop, ask_to_stop, forget_stop
from .jobs.telling import Event, Listener
from .queue import MEMORY_EACH

if TYPE_CHECKING:
    from distributed import Client

#: Stands for the cores of this machine instead of the address of a scheduler.
LOCAL = "local"
#: Seconds between two questions whether to stop.
_ASK_EVERY = 0.5
# The environment variable by which a process sees some GPUs only.
_VISIBLE = "CUDA_VISIBLE_DEVICES"


@contextmanager
def connect(
    address: str = LOCAL, timeout: float = 10.0, *, tasks: int | None = None, cards: Sequence[str] = ()
) -> Iterator[Client]:
    """Yield a client of a scheduler, or of processes here that end with it.

    Parameters
    ----------
    address
        Of a dask scheduler, or ``local`` for processes on this machine. Workers of a scheduler use the GPUs
        that they are started with.
    timeout
        Seconds to wait for the scheduler.
    tasks
        How many tasks there will be: no more processes than these are started here.
    cards
        The GPUs of this machine that the work needs, see `gpus`: each process here gets one of its own.

    Raises
    ------
    EthoprofileError
        When the scheduler does not answer.
    """
    from .models import require_learn

    require_learn("distributed")
    import dask
    from distributed import Client, LocalCluster

    if address == LOCAL:
        # What ends a process ends the next one, too; that one is slow to end is nothing for the user.
        with (
            dask.config.set({"distributed.scheduler.allowed-failures": 1}),
            LocalCluster(
                n_workers=_processes(tasks, cards),
                threads_per_worker=1,
                dashboard_address=":0",
                silence_logs=logging.ERROR,
            ) as cluster,
            Client(cluster) as client,
        ):
            if cards:
                client.register_plugin(_own_card(tuple(cards)))
            yield client
        return
    try:
        client = Client(address, timeout=timeout)
    except (OSError, ValueError) as error:
        raise EthoprofileError(
            f"The dask scheduler at {address} does not answer; start it with 'dask scheduler', or use local."
        ) from error
    with client:
        yield client


def gpus() -> tuple[str, ...]:
    """Return the NVIDIA GPUs that this process may use, as the environment variable of CUDA names them."""
    import torch

    count = torch.cuda.device_count()
    chosen = [name.strip() for name in os.environ.get(_VISIBLE, "").split(",") if name.strip()]
    return tuple(chosen[:count] or map(str, range(count)))


def cards_for(backbone: str, device: str = "auto") -> tuple[str, ...]:
    """Return the GPUs of this machine that work makes use of; see `gpus`.

    Parameters
    ----------
    backbone
        What turns frames into features, or the network of the batch tier.
    device
        Where it is to run.
    """
    return gpus() if backbone != "motion" and device in ("auto", "cuda") else ()


def _processes(tasks: int | None, cards: Sequence[str]) -> int:
    """Return how many processes work here: as cores, memory and tasks allow, and one for every GPU."""
    cores = psutil.cpu_count() or 1
    memory = int(psutil.virtual_memory().available // MEMORY_EACH)
    wanted = [cores, memory, *([len(cards)] if cards else []), *([tasks] if tasks is not None else [])]
    return max(1, min(wanted))


def _own_card(cards: tuple[str, ...]) -> Any:
    """Return what shows each worker one GPU, before anything there asks which GPUs there are."""
    from distributed import WorkerPlugin

    class OwnCard(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            os.environ[_VISIBLE] = cards[int(worker.name) % len(cards)]

    return OwnCard()


def run_job_on_cluster(
    job: Job,
    listen: Listener,
    cancelled: Cancelled,
    *,
    address: str = LOCAL,
    timeout: float = 10.0,
) -> Standing:
    """Run a training job as one task; see `jobs.running.run_job`. The worker must see the same files.

    Parameters
    ----------
    job, listen, cancelled
        As for `run_job`.
    address, timeout
        As for `connect`.

    Raises
    ------
    EthoprofileError
        When the scheduler does not answer.
    """
    with connect(address, timeout, tasks=1) as client:
        return run_job_with(client, job, listen, cancelled)


def run_job_with(client: Client, job: Job, listen: Listener, cancelled: Cancelled) -> Standing:
    """Run a training job with a client that is connected; see `run_job_on_cluster`."""
    topic = f"training-{job.id}"

    def pass_on(event: tuple[float, Event]) -> None:
        listen(event[1])

    forget_stop(job)
    client.subscribe_topic(topic, pass_on)
    try:
        future = client.submit(_train, str(job.folder), topic, pure=False, retries=0)
        while True:
            try:
                return future.result(timeout=_ASK_EVERY)
            except TimeoutError:
                if cancelled():
                    ask_to_stop(job)
    finally:
        client.unsubscribe_topic(topic)


def _train(folder: str, topic: str) -> Standing:
    """Run a job in a worker."""
    from distributed import get_worker

    job = read_job(folder)
    worker = get_worker()
    return run_job(job, lambda event: worker.log_event(topic, event), Stop(job))
