"""The key log: off unless a person switches it on for themselves, and no behavior in it."""

import json
from itertools import count
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.simulation.key_fit import LABEL, LOG_NAME, read_log
from quiet_desk import Desk

from napari_ethoprofile.cli import run
from napari_ethoprofile.key_log import KeyLog, log_keys_of, logged_people
from napari_ethoprofile.keyboard import Keyboard


@pytest.fixture
def keyboard(quiet_desk: Desk) -> Keyboard:
    return Keyboard(quiet_desk.session, quiet_desk.scoring, quiet_desk.commands, quiet_desk.player)


@pytest.fixture
def log(quiet_desk: Desk, keyboard: Keyboard) -> KeyLog:
    clock = count(1000)
    return KeyLog(quiet_desk.session, keyboard, lambda: float(next(clock)))


def _file(desk: Desk) -> Path:
    return desk.session.require_project().folder / LOG_NAME


def test_nothing_is_logged_until_it_is_switched_on(quiet_desk: Desk, keyboard: Keyboard, log: KeyLog) -> None:
    keyboard.key_typed("step_forward")
    log.flush()
    assert not log.on
    assert not _file(quiet_desk).exists()


def test_a_line_says_when_what_kind_which_pass_and_frame(
    quiet_desk: Desk, keyboard: Keyboard, log: KeyLog
) -> None:
    log.switch(True)
    keyboard.key_typed("step_forward")
    quiet_desk.session.advance(7)
    keyboard.key_typed(LABEL)
    log.flush()
    current = quiet_desk.session.current
    assert current is not None
    lines = [json.loads(line) for line in _file(quiet_desk).read_text(encoding="utf-8").splitlines()]
    assert lines == [
        {"at": 1000.0, "kind": "step_forward", "pass": current.record.id, "frame": 0},
        {"at": 1001.0, "kind": LABEL, "pass": current.record.id, "frame": 7},
    ]
    log.switch(False)
    keyboard.key_typed("step_forward")
    log.flush()
    assert len(read_log(_file(quiet_desk))) == 2


def test_what_was_typed_last_is_written_when_the_pass_closes(
    quiet_desk: Desk, keyboard: Keyboard, log: KeyLog
) -> None:
    log.switch(True)
    keyboard.key_typed("submit")
    path = _file(quiet_desk)
    quiet_desk.session.set_project(None)
    assert [event.kind for event in read_log(path)] == ["submit"]


def test_one_person_agreeing_logs_nobody_else(quiet_desk: Desk, log: KeyLog) -> None:
    project = quiet_desk.session.require_project()
    log.switch(True)
    project.add_annotator("Bob")
    quiet_desk.session.set_annotator("Bob")
    assert not log.on
    assert logged_people(project) == ("Ada",)
    log_keys_of(project, "Ada", False)
    assert logged_people(project) == ()


def test_a_folder_that_cannot_be_written_stops_the_log_and_nothing_else(
    quiet_desk: Desk, keyboard: Keyboard, log: KeyLog
) -> None:
    _file(quiet_desk).mkdir()
    log.switch(True)
    keyboard.key_typed("step_forward")
    log.flush()
    assert "Keys are not logged any more" in quiet_desk.messages[-1]


def test_the_log_is_switched_and_read_by_command(
    quiet_desk: Desk, keyboard: Keyboard, log: KeyLog, capsys: pytest.CaptureFixture[str]
) -> None:
    log.switch(True)
    for _ in range(60):
        for kind in ("step_forward", "next_boundary", "zoom_in", LABEL):
            keyboard.key_typed(kind)
    folder = quiet_desk.session.require_project().folder
    quiet_desk.session.set_project(None)
    assert run(["key-log", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["people"] == ["Ada"]
    # Zooming is no navigation; two moves before each of 60 labels, of which one begins the pass.
    assert told["fit"] == {
        "passes": 1, "labels": 60, "moves": 120, "navigation": pytest.approx(120 / 59),
        "seconds_a_key": pytest.approx(1.0),
    }  # fmt: skip
    assert run(["key-log", str(folder), "--off", "Ada"]) == 0
    assert "Keys are logged of: nobody." in capsys.readouterr().out
    assert run(["key-log", str(folder), "--on", "Nobody known"]) == 1
    with Project.open(folder) as project:
        assert logged_people(project) == ()
