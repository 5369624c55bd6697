"""The folds of an evaluation spread over processes or machines with dask.distributed, one task a fold."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...annotation.errors import EthoprofileError, LearnError
from ..batch_training import BatchRecipe
from ..cache import arrays_in
from ..features.backbone import RATE, Backbone
from ..features.extraction import cached_features
from ..features.registry import entry_of
from ..fitting import TrainingCanceledError
from ..frames import filled_cache, prepared_for
from ..interactive import Stages
from ..preprocessing import Preprocessing
from ..recordings import Recordings
from ..snapshots import Snapshot
from ..splits import Fold
from .learners import ModelLearner, Said

if TYPE_CHECKING:
    from distributed import Client, Future

#: Seconds between two questions whether to stop.
_ASK_EVERY = 0.5
# In a worker with several threads: the random numbers of torch are those of the whole process.
_one_fold = threading.Lock()


def spread_with(
    client: Client, learner: ModelLearner, data: Snapshot, folds: Sequence[Fold]
) -> list[list[Said]]:
    """Return what is said in every fold; the workers must see the same files.

    What all folds share is computed first, one task a recording, so that no two write the same array. Workers
    compute with as many threads of torch as this process has, because sums depend on it: the figures are
    those of one fold after the other.

    Parameters
    ----------
    client
        Connected to a scheduler; see `training.cluster.connect`.
    learner, data, folds
        As for `evaluation.Spread`.

    Raises
    ------
    LearnError
        As the learner does, and when a worker ends in the middle.
    TrainingCanceledError
        If the learner's `cancelled` said so.
    """
    import torch

    quiet = replace(learner, cache_folder=learner.cache_folder.absolute(), on_stage=None, cancelled=None)
    threads = torch.get_num_threads()
    numbers: dict[str, list[int]] = {}
    for number, stretch in enumerate(data.stretches):
        numbers.setdefault(stretch.path, []).append(number)
    recordings = [
        client.submit(_prepare, quiet, data.select(tuple(own)), pure=False) for own in numbers.values()
    ]
    _gathered(client, recordings, "recordings", learner)
    shared = client.scatter(data, broadcast=True)
    return _gathered(
        client,
        [client.submit(_say, quiet, shared, fold, threads, pure=False) for fold in folds],
        "folds",
        learner,
    )


def _gathered(client: Client, futures: list[Future], stage: str, learner: ModelLearner) -> list[Any]:
    """Return the results in order, and tell how many are there; a sentence among them is raised.

    Errors come as sentences: not every kind of them travels between processes, and dask would print them.
    """
    from distributed import wait
    from distributed.scheduler import KilledWorker

    tell: Stages = learner.on_stage or (lambda _stage, _done, _total: None)
    waiting = set(futures)
    while waiting:
        tell(stage, len(futures) - len(waiting), len(futures))
        try:
            waiting = wait(waiting, timeout=_ASK_EVERY, return_when="FIRST_COMPLETED").not_done
        except TimeoutError:
            if learner.cancelled is not None and learner.cancelled():
                client.cancel(futures)
                raise TrainingCanceledError from None
    try:
        results = list(client.gather(futures))
    except KilledWorker as error:
        raise LearnError(
            "A process of the cluster was ended again and again while it measured, most likely because "
            "memory ran out; measure without --cluster."
        ) from error
    for result in results:
        if isinstance(result, str):
            raise LearnError(result)
    return results


def _prepare(learner: ModelLearner, data: Snapshot) -> str | None:
    """Compute what every fold needs of one recording; return the sentence of what went wrong."""
    recordings, cache = Recordings(learner.cache_folder), learner.cache_folder
    try:
        preset, backbone = _shared(learner)
        for stretch in data.stretches:
            index, place = recordings.index_of(stretch), (stretch.start, stretch.stop)
            if backbone is not None:
                cached_features(cache, backbone, stretch.path, index, stretch.fps, RATE, place)
            if preset is not None:
                prepared = prepared_for(stretch.path, preset, index)
                filled_cache(arrays_in(cache), stretch.path, prepared, index, *place)
    except EthoprofileError as error:
        return str(error)
    return None


def _shared(learner: ModelLearner) -> tuple[Preprocessing | None, Backbone | None]:
    """Return how frames are made small, or the backbone, that all folds have in common."""
    if isinstance(learner.recipe, BatchRecipe):
        return learner.recipe.preprocessing, None
    entry = entry_of(learner.recipe.backbone)
    return (
        entry.frames(learner.recipe.options) if entry.frames is not None else None,
        entry.make(learner.recipe.options) if entry.make is not None else None,
    )


def _say(learner: ModelLearner, data: Snapshot, fold: Fold, threads: int) -> list[Said] | str:
    """Learn and say in a worker; return the sentence of what went wrong."""
    import torch

    with _one_fold:
        torch.set_num_threads(threads)
        try:
            return learner(data, fold)
        except EthoprofileError as error:
            return str(error)
