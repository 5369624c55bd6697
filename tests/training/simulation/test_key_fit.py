"""The key log: what is read, what is counted, what is refused."""

from pathlib import Path

import pytest
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.training.simulation.effort import KeyModel
from napari_ethoprofile.training.simulation.key_fit import (
    LABEL,
    KeyEvent,
    fit_keys,
    read_log,
)

MOVES = {"step_forward", "set_start"}


def _pass(name: str, bouts: int, moves: int, seconds: float, start: float = 0.0) -> list[KeyEvent]:
    """Return the keys of a pass: a label a bout, and between two of them so many different moves."""
    kinds = [LABEL]
    for _ in range(bouts - 1):
        kinds += [*(("step_forward", "set_start")[n % 2] for n in range(moves)), LABEL]
    return [KeyEvent(start + seconds * n, kind, name, n) for n, kind in enumerate(kinds)]


def test_navigation_and_time_come_out_as_they_were_put_in() -> None:
    fit = fit_keys([*_pass("P1", 31, 3, 0.7), *_pass("P2", 41, 3, 0.7, 1e5)], MOVES)
    assert (fit.passes, fit.labels, fit.moves) == (2, 72, 210)
    assert fit.navigation == pytest.approx(3.0)
    assert fit.seconds_a_key == pytest.approx(0.7)
    assert fit.model(KeyModel()) == KeyModel(pytest.approx(3.0), 1, pytest.approx(0.7), 0.0)


def test_a_held_key_is_one_key() -> None:
    events = _pass("P1", 60, 1, 1.0)
    held = [KeyEvent(e.at + 0.03 * n, e.kind, e.pass_id, e.frame) for e in events for n in range(3)]
    assert fit_keys(held, MOVES).moves == fit_keys(events, MOVES).moves == 59


def test_breaks_are_not_work() -> None:
    events = _pass("P1", 60, 1, 1.0)
    later = [KeyEvent(e.at + 3600 * (n > 50), e.kind, e.pass_id, e.frame) for n, e in enumerate(events)]
    assert fit_keys(later, MOVES).seconds_a_key == pytest.approx(1.0)


def test_passes_corrected_from_proposals_say_nothing_about_scratch() -> None:
    other = [*_pass("P2", 80, 4, 1.0), KeyEvent(999, "accept_bout", "P2", 1)]
    fit = fit_keys([*_pass("P1", 60, 2, 1.0), *other], MOVES)
    assert fit.passes == 1
    assert fit.navigation == pytest.approx(2.0)


def test_a_short_log_is_refused_in_a_sentence() -> None:
    with pytest.raises(LearnError, match="holds 10 label keys"):
        fit_keys(_pass("P1", 10, 2, 1.0), MOVES).model(KeyModel())


def test_a_line_that_was_cut_off_is_skipped(tmp_path: Path) -> None:
    events = _pass("P1", 3, 2, 0.5)
    log = tmp_path / "key_log.jsonl"
    log.write_text("\n".join(e.to_line() for e in events) + '\n{"at": 3.5, "kin', encoding="utf-8")
    assert read_log(log) == events
    with pytest.raises(LearnError, match="no key log"):
        read_log(tmp_path / "other.jsonl")
