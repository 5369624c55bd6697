"""Parts that take turns."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from napari_ethoprofile.training.turns import Turns

STEPS = 30


def played(parts: int, room: int) -> tuple[list[int], int]:
    """Return whose step began, in order, and how many were in a step at once at most."""
    turns, lock = Turns(range(parts), room), threading.Lock()
    order: list[int] = []
    inside, most = 0, 0

    def compute(part: int) -> None:
        nonlocal inside, most
        for step in range(STEPS):
            turns.take(part)
            with lock:
                inside += 1
                most = max(most, inside)
                order.append(part)
            time.sleep(0.0005 * (1 + (part + step) % 3))
            with lock:
                inside -= 1
        turns.leave(part)

    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(compute, range(parts)))
    return order, most


@pytest.mark.parametrize(("parts", "room"), [(3, 2), (4, 3), (5, 2), (2, 4)])
def test_no_more_compute_than_there_is_room_for(parts: int, room: int) -> None:
    order, most = played(parts, room)
    assert most <= room
    assert sorted(order) == sorted(list(range(parts)) * STEPS)


def test_those_that_are_behind_go_on_first() -> None:
    turns, begun, rounds = Turns(range(3), 2), queue.Queue[int](), 4
    ends = [threading.Semaphore(0) for _ in range(3)]

    def compute(part: int) -> None:
        for _ in range(rounds):
            turns.take(part)
            begun.put(part)
            ends[part].acquire(timeout=10)
        turns.leave(part)

    with ThreadPoolExecutor(3) as pool:
        found = pool.map(compute, range(3))
        assert {begun.get(timeout=10), begun.get(timeout=10)} == {0, 1}
        order = []
        for number in range(3 * rounds - 2):
            ends[number % 3].release()
            order.append(begun.get(timeout=10))
        for end in ends:
            end.release()
        list(found)
    assert order == [2, *[0, 1, 2] * (rounds - 1)]


def test_with_room_for_one_they_come_one_after_the_other() -> None:
    order, most = played(3, 1)
    assert most == 1
    assert order == [part for part in range(3) for _ in range(STEPS)]


def test_nobody_waits_for_a_part_that_was_given_up() -> None:
    turns, went_on = Turns([0, 1], 1), threading.Event()

    def second() -> None:
        turns.take(1)
        went_on.set()

    thread = threading.Thread(target=second)
    turns.take(0)
    thread.start()
    assert not went_on.wait(0.05)
    turns.leave(0)
    assert went_on.wait(10)
    thread.join()
