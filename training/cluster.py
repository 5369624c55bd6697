"""Work spread over processes or machines with dask.distributed: one task a recording or training job."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..annotation.errors import EthoprofileError
from .fitting import Cancelled, Progress
from .jobs.job import Job, read_job
from .jobs.running import run_job
from .jobs.standing import Standing
from .jobs.stopping import Stop, ask_to_stop, forget_stop
from .jobs.telling import Event, Listener
from .queue import Item, State

if TYPE_CHECKING:
    from distributed import Client

#: Stands for the cores of this machine instead of the address of a scheduler.
LOCAL = "local"
#: Seconds between two questions whether to stop.
_ASK_EVERY = 0.5


def predict_on_cluster(
    recordings: Sequence[Path],
    model: str,
    out: Path | None = None,
    *,
    stride: int | None = None,
    device: str = "auto",
    fps: float | None = None,
    address: str = LOCAL,
    timeout: float = 10.0,
    on_progress: Progress | None = None,
) -> tuple[Item, ...]:
    """Label recordings, each as a task of its own; every worker must see the same files.

    Parameters
    ----------
    recordings
        The files.
    model
        A model folder, or weights of DeepEthoProfile.
    out, fps
        As for `prediction.predict_recording`.
    stride, device
        As for `predictors.load_predictor`.
    address
        Of a dask scheduler, or ``local`` for processes on this machine.
    timeout
        Seconds to wait for the scheduler.
    on_progress
        Called with recordings done and recordings in all.

    Returns
    -------
    tuple of Item
        In the order of `recordings`.

    Raises
    ------
    EthoprofileError
        When the scheduler does not answer.
    """
    with connect(address, timeout) as client:
        return predict_with(
            client, recordings, model, out, stride=stride, device=device, fps=fps, on_progress=on_progress
        )


def predict_with(
    client: Client,
    recordings: Sequence[Path],
    model: str,
    out: Path | None = None,
    *,
    stride: int | None = None,
    device: str = "auto",
    fps: float | None = None,
    on_progress: Progress | None = None,
) -> tuple[Item, ...]:
    """Label recordings with a client that is connected; see `predict_on_cluster`."""
    from distributed import as_completed

    futures = [
        client.submit(
            _label,
            number,
            str(path.absolute()),
            str(Path(model).expanduser().absolute()),
            None if out is None else str(out.absolute()),
            stride,
            device,
            fps,
            pure=False,
        )
        for number, path in enumerate(recordings, start=1)
    ]
    for done, _ in enumerate(as_completed(futures), start=1):
        if on_progress is not None:
            on_progress(done, len(futures))
    return tuple(client.gather(futures))


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
        As for `predict_on_cluster`.

    Raises
    ------
    EthoprofileError
        When the scheduler does not answer.
    """
    with connect(address, timeout) as client:
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


def _label(
    number: int, path: str, model: str, out: str | None, stride: int | None, device: str, fps: float | None
) -> Item:
    """Label one recording in a worker; an error becomes the sentence of its item."""
    from .prediction import predict_recording
    from .predictors import load_predictor

    item: dict[str, Any] = {"id": number, "source": Path(path)}
    try:
        predictor = load_predictor(model, None, device, stride)
        result = predict_recording(path, predictor, out, fps=fps)
    except EthoprofileError as error:
        return Item(**item, state=State.FAILED, sentence=str(error))
    facts: dict[str, Any] = {"result": str(result.labels_file), "sentence": result.partial}
    frames: dict[str, Any] = {"done": result.probabilities.frames, "total": int(result.facts["frames"])}
    return Item(**item, **facts, **frames, state=State.PARTIAL if result.partial else State.DONE)


def connect(address: str = LOCAL, timeout: float = 10.0) -> Client:
    """Return a client of a scheduler, or of processes here that end with it; see `predict_on_cluster`."""
    from .models import require_learn

    require_learn("distributed")
    from distributed import Client, LocalCluster

    if address == LOCAL:
        # That a worker is slow to end is nothing that the user can do anything about.
        return Client(LocalCluster(threads_per_worker=1, dashboard_address=None, silence_logs=logging.ERROR))
    try:
        return Client(address, timeout=timeout)
    except (OSError, ValueError) as error:
        raise EthoprofileError(
            f"The dask scheduler at {address} does not answer; start it with 'dask scheduler', or use local."
        ) from error
