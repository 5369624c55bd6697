"""The queue: states, order, pause, cancel, retry, several at once; one bad file never ends it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.training.fitting import Cancelled, Progress
from napari_ethoprofile.training.prediction import PredictionCanceledError
from napari_ethoprofile.training.queue import Item, Outcome, PredictionQueue, State, workers_for


class Desk:
    """Work that waits until it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.broken: set[str] = set()
        self.most, self._now, self._lock = 0, 0, threading.Lock()

    def work(self, item: Item, on_progress: Progress, cancelled: Cancelled) -> Outcome:
        name = item.source.stem
        self.begun.append(name)
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            on_progress(10, 100)
            gate = self.gates.get(name)
            while gate is not None and not gate.wait(0.01):
                if cancelled():
                    raise PredictionCanceledError("stopped")
            if name in self.broken:
                raise VideoError("a.mkv is empty.")
            if name == "odd":
                raise ZeroDivisionError
            on_progress(100, 100)
            return Outcome(f"{name}.csv", "it breaks" if name == "half" else "")
        finally:
            with self._lock:
                self._now -= 1


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def queue(desk: Desk) -> Iterator[PredictionQueue]:
    queue = PredictionQueue(desk.work)
    yield queue
    queue.close()


def until(answer: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not answer():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def states(queue: PredictionQueue) -> dict[str, State]:
    return {item.source.stem: item.state for item in queue.items}


def test_items_end_as_what_they_are(queue: PredictionQueue, desk: Desk) -> None:
    desk.broken.add("bad")
    for name in ("good", "bad", "odd", "half"):
        queue.add(Path(f"{name}.mkv"))
    queue.start()
    assert queue.wait(20)
    assert states(queue) == {
        "good": State.DONE, "bad": State.FAILED, "odd": State.FAILED, "half": State.PARTIAL,
    }  # fmt: skip
    good, bad, odd, half = queue.items
    assert (good.result, good.done, good.total) == ("good.csv", 100, 100)
    assert bad.sentence == "a.mkv is empty."
    assert "ZeroDivisionError" in odd.sentence
    assert (half.sentence, half.result) == ("it breaks", "half.csv")


def test_order_pause_and_remove(queue: PredictionQueue, desk: Desk) -> None:
    queue.pause()
    items = [queue.add(Path(f"{name}.mkv")) for name in "abcd"]
    assert queue.add(Path("a.mkv")) == items[0]
    queue.move(items[3].id, 0)
    queue.remove(items[1].id)
    queue.start()
    assert not queue.wait(0.1)
    queue.resume()
    assert queue.wait(20)
    assert desk.begun == ["d", "a", "c"]


def test_cancel_and_retry(queue: PredictionQueue, desk: Desk) -> None:
    desk.gates["a"] = threading.Event()
    first, second = queue.add(Path("a.mkv")), queue.add(Path("b.mkv"))
    queue.start()
    until(lambda: states(queue)["a"] is State.RUNNING)
    queue.cancel(second.id)
    queue.cancel(first.id)
    assert queue.wait(20)
    assert states(queue) == {"a": State.CANCELED, "b": State.CANCELED}
    assert desk.begun == ["a"]
    desk.gates["a"].set()
    queue.retry(first.id)
    assert queue.wait(20)
    assert states(queue) == {"a": State.DONE, "b": State.CANCELED}


def test_what_is_done_is_not_worked_on_again(queue: PredictionQueue, desk: Desk) -> None:
    desk.broken.add("bad")
    items = [queue.add(Path(f"{name}.mkv")) for name in ("good", "bad", "half")]
    queue.start()
    assert queue.wait(20)
    desk.broken.clear()
    for item in items:
        queue.retry(item.id)
    assert queue.wait(20)
    assert desk.begun == ["good", "bad", "half", "bad", "half"]
    assert queue.items[0].result == "good.csv"


def test_a_running_item_that_is_removed_is_stopped(queue: PredictionQueue, desk: Desk) -> None:
    desk.gates["a"] = threading.Event()
    item = queue.add(Path("a.mkv"))
    queue.add(Path("b.mkv"))
    queue.start()
    until(lambda: states(queue)["a"] is State.RUNNING)
    queue.remove(item.id)
    assert queue.wait(20)
    assert states(queue) == {"b": State.DONE}


def test_speed_and_remaining_time(queue: PredictionQueue, desk: Desk) -> None:
    item = Item(1, Path("a.mkv"), state=State.RUNNING, done=25, total=100, speed=5.0)
    assert item.remaining == 15
    assert Item(1, Path("a.mkv"), clip="a_s0_n5").title == "a_s0_n5"
    assert Item(1, Path("a.mkv")).remaining is None


def test_several_at_once(desk: Desk) -> None:
    queue = PredictionQueue(desk.work, workers=2)
    for name in "abc":
        desk.gates[name] = threading.Event()
        queue.add(Path(f"{name}.mkv"))
    queue.start()
    until(lambda: len(desk.begun) == 2)
    for gate in desk.gates.values():
        gate.set()
    assert queue.wait(20)
    queue.close()
    assert desk.most == 2


def test_changes_are_told(queue: PredictionQueue) -> None:
    seen: list[State] = []
    queue.changed.connect(lambda: seen.extend(item.state for item in queue.items))
    queue.add(Path("a.mkv"))
    queue.start()
    assert queue.wait(20)
    until(lambda: State.DONE in seen)
    assert seen.index(State.WAITING) < seen.index(State.RUNNING) < seen.index(State.DONE)


def test_memory_and_cores_limit_how_many_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    import psutil

    monkeypatch.setattr(psutil, "cpu_count", lambda: 16)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=5_000_000_000))
    assert workers_for(10) == 3
    assert workers_for(2) == 2
    monkeypatch.setattr(psutil, "cpu_count", lambda: 2)
    assert workers_for(10) == 1
