"""Work that runs in threads beside the caller: decoding ahead of it, small work behind it."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

# Items that go to a thread together, so that handing them over costs little, and such groups that may wait:
# few, because a decoded frame of a large picture takes many megabytes.
_TOGETHER, _GROUPS = 4, 3


def ahead(items: Iterable[Item], depth: int = 2) -> Iterator[Item]:
    """Yield `items`, which a thread of their own makes up to `depth` in advance.

    An error in the thread is raised here, after what came before it. A caller that stops early stops the
    thread too.
    """
    waiting: queue.Queue[tuple[str, object]] = queue.Queue(maxsize=depth)
    stopped = threading.Event()

    def put(kind: str, value: object) -> bool:
        while not stopped.is_set():
            try:
                waiting.put((kind, value), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in items:
                if not put("item", item):
                    return
        except BaseException as error:  # noqa: BLE001  # raised again where the items are used
            put("error", error)
        else:
            put("end", None)

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            kind, value = waiting.get()
            if kind == "end":
                return
            if isinstance(value, BaseException) and kind == "error":
                raise value
            yield value  # type: ignore[misc]
    finally:
        stopped.set()
        thread.join()


def beside(
    items: Iterable[Item], maker: Callable[[], Callable[[Item], Made]], threads: int = 2
) -> Iterator[Made]:
    """Yield what is made of every item, in order; the making runs in threads while the next items come.

    Parameters
    ----------
    items
        Drawn in the thread of the caller. An error in them is raised after what came before it.
    maker
        Returns what makes something of an item; asked once for every thread, which alone uses it.
    threads
        How many.
    """
    own = threading.local()

    def begin() -> None:
        own.make = maker()

    def made(group: list[Item]) -> list[Made]:
        return [own.make(item) for item in group]

    waiting: deque[Future[list[Made]]] = deque()
    group: list[Item] = []
    broken: Exception | None = None
    drawn = iter(items)
    with ThreadPoolExecutor(threads, "beside", begin) as pool:
        while True:
            try:
                group.append(next(drawn))
            except StopIteration:
                break
            except Exception as error:  # noqa: BLE001  # raised again after what came before it
                broken = error
                break
            if len(group) == _TOGETHER:
                waiting.append(pool.submit(made, group))
                group = []
            if len(waiting) > _GROUPS:
                yield from waiting.popleft().result()
        waiting.append(pool.submit(made, group))
        while waiting:
            yield from waiting.popleft().result()
    if broken is not None:
        raise broken
