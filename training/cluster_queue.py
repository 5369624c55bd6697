"""Recordings labeled by the workers of a cluster, a task each, and told here like a queue of this process."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from ..annotation.errors import EthoprofileError
from .prediction_work import Labeling
from .queue import Item, State, Watch

if TYPE_CHECKING:
    from distributed import Client

_LOST = (
    "The process that labels it ended again and again, most likely because memory ran out; what was computed "
    "is kept, so label it without --cluster."
)


class ClusterQueue:
    """Labels recordings with the workers of a cluster, which must see the same files.

    Parameters
    ----------
    client
        Connected to a scheduler; see `cluster.connect`.
    recordings
        The files.
    labeling
        How they are labeled.
    tell
        Called with one sentence when a device of a worker runs out of memory; it also stands beside the
        result. Like `changed`, in a thread of the client.

    Attributes
    ----------
    changed
        Emitted, without arguments, when something changed; look at `items` then.
    """

    changed = Signal()

    def __init__(
        self, client: Client, recordings: Sequence[Path], labeling: Labeling, tell: Callable[[str], None]
    ) -> None:
        self._client, self._tell = client, tell
        # Workers stand in other folders.
        self._labeling = replace(
            labeling,
            model=str(Path(labeling.model).expanduser().absolute()),
            out=None if labeling.out is None else labeling.out.absolute(),
        )
        self._state = threading.Lock()
        self._items = {number: Item(number, path.absolute()) for number, path in enumerate(recordings, 1)}

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of the recordings."""
        with self._state:
            return tuple(self._items.values())

    def run(self) -> tuple[Item, ...]:
        """Label all of them, and return what became of each."""
        topic = f"labeling-{uuid.uuid4().hex}"
        self._client.subscribe_topic(topic, lambda event: self._hear(event[1]))
        try:
            # A process that ends takes others with it that only waited for it: each has a try of its own.
            for item in self._lost(self.items, topic):
                for lost in self._lost([item], topic):
                    self._put(replace(lost, state=State.FAILED, sentence=_LOST))
        finally:
            self._client.unsubscribe_topic(topic)
        return self.items

    def _lost(self, items: Sequence[Item], topic: str) -> list[Item]:
        """Label some items, and return those whose processes ended before they were done."""
        from distributed import KilledWorker, as_completed

        found = {self._client.submit(_label, item, self._labeling, topic, pure=False): item for item in items}
        lost = []
        for future in as_completed(found):
            error, item = future.exception(), found[future]
            if isinstance(error, KilledWorker):
                lost.append(item)
            elif error is not None:
                self._put(replace(item, state=State.FAILED, sentence=f"It failed unexpectedly: {error!r}."))
            else:
                self._put(future.result())
        return sorted(lost, key=lambda item: item.id)

    def _hear(self, event: dict[str, Any]) -> None:
        """Take what a worker tells on the way, beside which stands which worker it is."""
        if "told" in event:
            self._tell(event["told"])
            return
        with self._state:
            item = self._items[event["id"]]
            if item.state not in (State.WAITING, State.RUNNING):
                return  # what comes late changes nothing
            self._items[item.id] = replace(item, state=State.RUNNING, **event["progress"])
        self.changed.emit()

    def _put(self, item: Item) -> None:
        with self._state:
            self._items[item.id] = item
        self.changed.emit()


def _label(item: Item, labeling: Labeling, topic: str) -> Item:
    """Label one recording in a worker; an error becomes the sentence of its item."""
    from distributed import get_worker

    from .heard import heard
    from .prediction import predict_recording
    from .predictors import load_predictor

    worker, told = get_worker(), []

    def tell_progress(done: int, total: int, speed: float) -> None:
        progress = {"done": done, "total": total, "speed": speed}
        worker.log_event(topic, {"id": item.id, "progress": progress})

    def tell(sentence: str) -> None:
        told.append(sentence)
        worker.log_event(topic, {"told": f"{item.title}: {sentence}"})

    tell_progress(0, 0, 0.0)
    try:
        with heard(tell):
            predictor = load_predictor(
                labeling.model, None, labeling.device, labeling.stride, tell, labeling.names
            )
            result = predict_recording(
                item.source, predictor, labeling.out, fps=labeling.fps, on_progress=Watch(tell_progress).tell
            )
    except EthoprofileError as error:
        return replace(item, state=State.FAILED, sentence=str(error))
    except MemoryError:
        return replace(
            item, state=State.FAILED, sentence="The memory is not enough; label it without --cluster."
        )
    return replace(
        item,
        state=State.PARTIAL if result.partial else State.DONE,
        sentence=" ".join(filter(None, [result.partial, *told])),
        done=result.probabilities.frames,
        total=int(result.facts["frames"]),
        result=str(result.labels_file),
    )
