"""What a window hears of a prediction in a process of its own."""

import io
import json

import pytest
from napari_ethoprofile.annotation.errors import EthoprofileError

from napari_ethoprofile.prediction_process import _followed, _outcome


def lines(*events: dict[str, object]) -> io.StringIO:
    return io.StringIO("".join(f"{json.dumps(event)}\n" for event in events))


def test_that_memory_ran_out_stands_beside_the_result() -> None:
    done: list[tuple[int, int | None]] = []
    last, told = _followed(
        lines(
            {"state": "running", "done": 5, "total": 10},
            {"told": "The cuda is out of memory; going on with 64 stacks at once."},
            {"state": "done", "done": 10, "total": 10, "result": "a.csv", "sentence": ""},
        ),
        lambda frames, total: done.append((frames, total)),
    )
    assert done == [(5, 10), (10, 10)]
    outcome = _outcome(last, told, "")
    assert (outcome.result, outcome.partial) == ("a.csv", "")
    assert outcome.remark == "The cuda is out of memory; going on with 64 stacks at once."


def test_a_program_that_ends_early_is_told_with_its_last_sentence() -> None:
    with pytest.raises(EthoprofileError, match=r"^There is no model 'x'"):
        _outcome({}, [], "some warning\nethoprofile: There is no model 'x': train one.\n")
