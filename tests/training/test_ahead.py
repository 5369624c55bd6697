"""Work in threads beside the caller: the order stays, errors come after what was before them."""

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.training.ahead import ahead, beside


def squares() -> Callable[[int], int]:
    return lambda number: number * number


@given(st.lists(st.integers(0, 99)), st.integers(1, 3))
def test_what_is_made_beside_comes_in_the_order_of_the_items(numbers: list[int], threads: int) -> None:
    assert list(beside(numbers, squares, threads)) == [number * number for number in numbers]


@given(st.integers(0, 20))
def test_an_error_comes_after_what_was_before_it(count: int) -> None:
    def numbers() -> Iterator[int]:
        yield from range(count)
        raise ValueError("broken")

    def drawn(made: Iterator[int], found: list[int]) -> None:
        for number in made:
            found.append(number)  # what came before the error counts

    for made in (beside(numbers(), squares), ahead(number * number for number in numbers())):
        found: list[int] = []
        with pytest.raises(ValueError, match="broken"):
            drawn(made, found)
        assert found == [number * number for number in range(count)]


def test_every_thread_has_a_maker_of_its_own_and_ends_with_the_caller() -> None:
    makers: list[int] = []

    def maker() -> Callable[[int], int]:
        makers.append(threading.get_ident())
        return lambda number: threading.get_ident()

    assert set(beside(range(100), maker, 2)) <= set(makers)
    assert len(makers) == len(set(makers))
    some = beside(iter(range(1000)), maker)
    next(some)
    some.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("beside")]


def test_an_error_of_the_maker_reaches_the_caller() -> None:
    def fail() -> Callable[[int], float]:
        return lambda number: 1 / (number - 3)

    with pytest.raises(ZeroDivisionError):
        list(beside(range(10), fail))
