"""A queue of recordings to be labeled by a model: what waits, runs, is done, failed; order, pause, retry."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil
from psygnal import Signal

from ..annotation.errors import EthoprofileError
from .fitting import Cancelled, Progress, TrainingCanceledError
from .prediction import PredictionCanceledError

#: Memory that one recording takes while it is labeled, bytes.
MEMORY_EACH = 1_500_000_000
#: Cores below which a second recording at once would only slow the first one down.
_CORES_EACH = 4
# Shortest time between two signals about the progress of one item, seconds.
_TELL_EVERY = 0.2

_log = logging.getLogger(__name__)


class State(StrEnum):
    """How far an item is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    #: The recording breaks in the middle or was cut short: there is a result up to there, and it says so.
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the item unless it is asked for."""
        return self not in (State.WAITING, State.RUNNING)

    @property
    def may_go_on(self) -> bool:
        """Whether the item ended and is not done: it can be asked for again."""
        return self.ended and self is not State.DONE


@dataclass(frozen=True, slots=True)
class Item:
    """One recording or clip of the queue, as it was at one moment.

    Attributes
    ----------
    id
        Number within the queue.
    source
        The recording, or the project that the clip belongs to.
    clip
        Id of a clip; empty for a recording.
    state, sentence
        How far it is, and what the user should know about that.
    done, total
        Frames; 0 where not known yet.
    speed
        Frames per second since it began to run; 0 before.
    result
        File of labels, folder of probabilities or id of the pass that it has become; empty before.
    """

    id: int
    source: Path
    clip: str = ""
    state: State = State.WAITING
    sentence: str = ""
    done: int = 0
    total: int = 0
    speed: float = 0.0
    result: str = ""

    @property
    def title(self) -> str:
        """What to call it."""
        return self.clip or self.source.name

    @property
    def remaining(self) -> float | None:
        """Seconds until it is done; None where that is not known."""
        if self.state is not State.RUNNING or not self.speed or not self.total:
            return None
        return (self.total - self.done) / self.speed

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self) | {"source": str(self.source), "state": self.state.value}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item that did not fail: its result, why that ends early, what else is to be known."""

    result: str
    partial: str = ""
    remark: str = ""


#: Labels one item: told and asked on the way. Runs in a thread of the queue.
Work = Callable[[Item, Progress, Cancelled], Outcome]


class PredictionQueue:
    """Items and the threads that work on them; all methods may be called from any thread.

    Parameters
    ----------
    work
        What labels an item. An `EthoprofileError` that it raises becomes the sentence of a failed item.
    workers
        Items at once.

    Attributes
    ----------
    workers
        May be set until the queue is started.
    changed
        Emitted in the thread that changed something, without arguments; look at `items` then.
    """

    changed = Signal()

    def __init__(self, work: Work, workers: int = 1) -> None:
        self._work = work
        self.workers = workers
        self._state = threading.Condition()
        self._items: list[Item] = []
        self._unwanted: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._paused = False
        self._closed = False
        self._next = 1

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of work."""
        with self._state:
            return tuple(self._items)

    @property
    def paused(self) -> bool:
        """Whether no further item is begun."""
        return self._paused

    def add(self, source: Path, clip: str = "") -> Item:
        """Put an item at the end; one that waits or runs already is returned as it is."""
        with self._state:
            for known in self._items:
                if (known.source, known.clip) == (source, clip) and not known.state.ended:
                    return known
            item = Item(self._next, source, clip)
            self._next += 1
            self._items.append(item)
            self._state.notify_all()
        self.changed.emit()
        return item

    def remove(self, number: int) -> None:
        """Take an item out of the queue; one that runs is stopped first. Its results stay."""
        self.cancel(number)
        with self._state:
            self._items = [item for item in self._items if item.id != number]
        self.changed.emit()

    def move(self, number: int, place: int) -> None:
        """Put an item at another place in the order."""
        with self._state:
            item = self._find(number)
            if item is None:
                return
            self._items.remove(item)
            self._items.insert(place, item)
        self.changed.emit()

    def cancel(self, number: int) -> None:
        """Stop an item, or never begin it; what was computed is kept."""
        with self._state:
            item = self._find(number)
            if item is None or item.state.ended:
                return
            self._unwanted.add(number)
            if item.state is State.WAITING:
                self._put(replace(item, state=State.CANCELED))
        self.changed.emit()

    def retry(self, number: int) -> None:
        """Let an item that ended and is not done wait again; it goes on where it was."""
        with self._state:
            item = self._find(number)
            if item is None or not item.state.may_go_on:
                return
            self._unwanted.discard(number)
            self._put(Item(item.id, item.source, item.clip))
            self._state.notify_all()
        self.changed.emit()

    def pause(self) -> None:
        """Begin no further item; those that run go on."""
        self._paused = True
        self.changed.emit()

    def resume(self) -> None:
        """Begin items again."""
        with self._state:
            self._paused = False
            self._state.notify_all()
        self.changed.emit()

    def start(self) -> None:
        """Start working in threads of the queue's own."""
        for number in range(len(self._threads), self.workers):
            thread = threading.Thread(target=self._run, name=f"prediction {number + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing waits or runs; False when the time is over first."""
        with self._state:
            return self._state.wait_for(lambda: all(item.state.ended for item in self._items), timeout)

    def close(self) -> None:
        """Stop what runs and end the threads."""
        with self._state:
            self._closed = True
            self._unwanted.update(item.id for item in self._items)
            self._state.notify_all()
        for thread in self._threads:
            thread.join()

    # -- the threads' side --------------------------------------------------------------------------------

    def _run(self) -> None:
        while (item := self._begin()) is not None:
            self.changed.emit()
            ended = self._ended(item)
            with self._state:
                if self._find(item.id) is not None:
                    self._put(ended)
                self._state.notify_all()
            self.changed.emit()

    def _begin(self) -> Item | None:
        """Take the next item that waits; None when the queue is closed."""
        with self._state:
            while not self._closed:
                waiting = None if self._paused else next(
                    (item for item in self._items if item.state is State.WAITING), None
                )  # fmt: skip
                if waiting is not None:
                    return self._put(replace(waiting, state=State.RUNNING))
                self._state.wait()
        return None

    def _ended(self, item: Item) -> Item:
        """Work on an item and return what became of it."""
        watch = Watch(lambda done, total, speed: self._tell(item.id, done, total, speed))

        def latest(**changes: Any) -> Item:
            return replace(self._find(item.id) or item, **changes)

        try:
            outcome = self._work(item, watch.tell, lambda: item.id in self._unwanted)
        except (PredictionCanceledError, TrainingCanceledError) as error:
            return latest(state=State.CANCELED, sentence=str(error))
        except EthoprofileError as error:
            return latest(state=State.FAILED, sentence=str(error))
        except MemoryError:
            return latest(state=State.FAILED, sentence="The memory is not enough; label fewer files at once.")
        except Exception as error:  # noqa: BLE001  # one file must not end the queue; the log has the rest
            _log.exception("labeling %s failed", item.source)
            return latest(state=State.FAILED, sentence=f"It failed unexpectedly: {error!r}.")
        state = State.PARTIAL if outcome.partial else State.DONE
        total = item.total or latest().total
        done = latest().done if outcome.partial else total
        sentence = outcome.partial or outcome.remark
        return latest(state=state, sentence=sentence, result=outcome.result, done=done)

    def _tell(self, number: int, done: int, total: int, speed: float) -> None:
        with self._state:
            item = self._find(number)
            if item is None:
                return
            self._put(replace(item, done=done, total=total, speed=speed))
        self.changed.emit()

    def _find(self, number: int) -> Item | None:
        return next((item for item in self._items if item.id == number), None)

    def _put(self, item: Item) -> Item:
        self._items = [item if known.id == item.id else known for known in self._items]
        return item


class Watch:
    """Measures the speed of one item, and passes its progress on now and then.

    Parameters
    ----------
    pass_on
        Called with frames done, frames in all (0 where that is not known) and frames per second.
    """

    def __init__(self, pass_on: Callable[[int, int, float], None]) -> None:
        self._pass_on = pass_on
        self._begun: tuple[float, int] | None = None
        self._told = 0.0

    def tell(self, done: int, total: int | None) -> None:
        """Take how far the item is; a `prediction.Progress`."""
        now = time.monotonic()
        if self._begun is None:
            # What a run before has computed does not count as fast.
            self._begun = (now, done)
        if now - self._told < _TELL_EVERY and done != total:
            return
        self._told = now
        seconds, frames = now - self._begun[0], done - self._begun[1]
        self._pass_on(done, total or 0, frames / seconds if seconds > 0 else 0.0)


def workers_for(items: int) -> int:
    """Return how many recordings are labeled at once: as memory and cores allow."""
    memory = int(psutil.virtual_memory().available // MEMORY_EACH)
    cores = (psutil.cpu_count() or 1) // _CORES_EACH
    return max(1, min(items, memory, cores))
