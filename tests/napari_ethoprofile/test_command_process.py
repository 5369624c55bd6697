"""A command in a process of its own: what it answers, what it says, and that it can be stopped."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from napari_ethoprofile.command_process import CommandProcess


def test_what_is_wrong_comes_back_as_the_sentence_of_the_command(qtbot: QtBot, tmp_path: Path) -> None:
    process = CommandProcess()
    with qtbot.waitSignal(process.failed, timeout=120_000) as told:
        process.start("status", str(tmp_path / "nowhere"))
        assert process.running
    assert "nowhere" in told.args[0]
    assert not told.args[0].startswith("ethoprofile")
    assert not process.running


def test_stages_and_sentences_are_told_apart(qtbot: QtBot) -> None:
    process = CommandProcess()
    with qtbot.waitSignal(process.staged) as told:
        process._take('{"stage": "features", "done": 3, "total": null}')
    assert told.args == ["features", 3, 0]
    process._take("3")
    process._take("rest has too few frames.")
    assert process._sentences == ["3", "rest has too few frames."]


def test_a_command_can_be_stopped_and_another_started(qtbot: QtBot, tmp_path: Path) -> None:
    process = CommandProcess()
    with qtbot.waitSignal(process.stopped, timeout=120_000):
        process.start("status", str(tmp_path))
        process.stop()
    assert not process.running
    with qtbot.waitSignal(process.failed, timeout=120_000):
        process.start("status", str(tmp_path))


def test_closing_ends_it_without_a_word(qtbot: QtBot, tmp_path: Path) -> None:
    process = CommandProcess()
    with qtbot.assertNotEmitted(process.failed, wait=200), qtbot.assertNotEmitted(process.stopped):
        process.start("status", str(tmp_path))
        process.close()
    assert not process.running
