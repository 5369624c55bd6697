"""Single edits from the command line: the window's functions, one journal, frames of the recording."""

import json
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.project import Project
from small_project import create_project, write_recording

from napari_ethoprofile.cli import run

FIRST = 50


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("recording") / "mouse.mp4")


@pytest.fixture
def folder(tmp_path: Path, recording: Path) -> Path:
    create_project(tmp_path / "project", recording).close()
    return tmp_path / "project"


@pytest.fixture
def pass_id(folder: Path) -> str:
    """A pass of Ada's over frames 50 to 100."""
    with Project.open(folder) as store:
        clip = next(c for c in store.clips() if c.start == FIRST)
        return store.start_pass(clip.id, "Ada").id


def bouts(folder: Path, pass_id: str) -> list[tuple[int, int, str]]:
    with Project.open(folder, read_only=True) as store:
        track, name = store.door.labels(pass_id, "Ada"), store.ethogram.label_name
        return [(FIRST + b.start, FIRST + b.stop, name(b.label)) for b in track.bouts()]


def ada(command: str, folder: Path, pass_id: str, *more: str) -> int:
    return run([command, str(folder), pass_id, "--annotator", "Ada", *more])


def label(folder: Path, pass_id: str, behavior: str, start: str, stop: str, *more: str) -> int:
    return ada("label", folder, pass_id, "--behavior", behavior, "--start", start, "--stop", stop, *more)


def test_a_stretch_gets_a_label_by_frames_and_by_times(folder: Path, pass_id: str, capfd) -> None:
    assert label(folder, pass_id, "Groom", "60", "3.2s", "--reason", "seen twice") == 0
    assert "frames 60 to 80: unlabeled 20 -> groom 20" in capfd.readouterr().out
    assert label(folder, pass_id, "none", "0:03.2", "90") == 0
    assert bouts(folder, pass_id) == [(60, 80, "groom"), (80, 90, "none")]
    capfd.readouterr()
    assert run(["history", str(folder), pass_id, "--json"]) == 0
    first, second = json.loads(capfd.readouterr().out)
    assert (first["start"], first["stop"], first["to"], first["reason"]) == (60, 80, "groom 20", "seen twice")
    assert (second["author"], second["from"]) == ("Ada", "unlabeled 10")


def test_the_bout_at_a_frame_gets_another_label(folder: Path, pass_id: str) -> None:
    label(folder, pass_id, "rest", "60", "80")
    assert ada("label", folder, pass_id, "--behavior", "walk", "--at", "70") == 0
    assert bouts(folder, pass_id) == [(60, 80, "walk")]
    assert ada("label", folder, pass_id, "--behavior", "unlabeled", "--at", "70") == 0
    assert bouts(folder, pass_id) == []


def test_boundaries_are_moved_and_set(folder: Path, pass_id: str) -> None:
    label(folder, pass_id, "rest", "60", "80")
    assert ada("boundary", folder, pass_id, "--at", "80", "--to", "75") == 0
    assert ada("boundary", folder, pass_id, "--start", "65") == 0
    assert bouts(folder, pass_id) == [(65, 75, "rest")]
    assert ada("boundary", folder, pass_id, "--end", "80") == 0
    assert bouts(folder, pass_id) == [(65, 81, "rest")]


def test_the_reason_of_a_change_is_kept(folder: Path, pass_id: str, capfd) -> None:
    label(folder, pass_id, "rest", "60", "80")
    assert ada("boundary", folder, pass_id, "--at", "80", "--to", "75", "--reason", "tail moved") == 0
    capfd.readouterr()
    assert run(["history", str(folder), pass_id, "--json"]) == 0
    assert [row["reason"] for row in json.loads(capfd.readouterr().out)] == [
        "",
        "tail moved (boundary moved)",
    ]


def test_undo_and_redo_go_through_the_journal(folder: Path, pass_id: str, capfd) -> None:
    label(folder, pass_id, "rest", "60", "80")
    label(folder, pass_id, "walk", "70", "90")
    capfd.readouterr()
    assert ada("undo", folder, pass_id) == 0
    assert "frames 70 to 90: walk 20 -> rest 10, unlabeled 10" in capfd.readouterr().out
    assert bouts(folder, pass_id) == [(60, 80, "rest")]
    assert ada("redo", folder, pass_id) == 0
    assert bouts(folder, pass_id) == [(60, 70, "rest"), (70, 90, "walk")]
    assert ada("redo", folder, pass_id) == 0
    assert "nothing to redo" in capfd.readouterr().out


def test_notes_are_put_on_bouts_listed_and_taken_away(folder: Path, pass_id: str, capfd) -> None:
    label(folder, pass_id, "rest", "60", "80")
    assert ada("notes", folder, pass_id, "--at", "70", "--text", "eyes shut?") == 0
    assert ada("notes", folder, pass_id, "--at", "61", "--uncertain") == 0
    capfd.readouterr()
    assert run(["notes", str(folder), pass_id, "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == [
        {"start": 60, "stop": 80, "group": "behavior", "uncertain": True, "text": "eyes shut?"}
    ]
    assert ada("notes", folder, pass_id, "--at", "70", "--text", "", "--certain") == 0
    capfd.readouterr()
    assert run(["notes", str(folder), pass_id, "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == []


def test_groups_are_named_where_several_could_be_meant(tmp_path: Path, recording: Path, capfd) -> None:
    from napari_ethoprofile.annotation.ethogram import make_ethogram

    folder = tmp_path / "groups"
    with Project.create(folder, make_ethogram(["rear", "sniff"], exclusive=False)) as store:
        store.add_annotator("Ada")
        video = store.add_video(recording)
        store.index_video(video.id)
        store.add_clips([Stretch(video.id, FIRST, 100)])
        made = store.start_pass(store.clips()[0].id, "Ada").id
    assert label(folder, made, "sniff", "60", "80") == 0
    assert label(folder, made, "none", "60", "70", "--group", "rear") == 0
    with Project.open(folder, read_only=True) as store:
        track = store.door.labels(made, "Ada")
        assert [(b.start, b.stop, b.label) for b in track.bouts(0)] == [(10, 20, 0)]
        assert [(b.start, b.stop, b.label) for b in track.bouts(1)] == [(10, 30, 2)]
    assert label(folder, made, "sniff", "60", "80", "--group", "rear") == 1
    assert "of the group 'sniff', not of 'rear'" in capfd.readouterr().err
    assert ada("boundary", folder, made, "--at", "80", "--to", "81") == 1
    assert "Say which group" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("command", "more", "said"),
    [
        ("label", ["--behavior", "fly", "--start", "60", "--stop", "70"], "no behavior 'fly'"),
        ("label", ["--behavior", "rest", "--start", "10", "--stop", "70"], "has the frames 50 to 100"),
        ("boundary", ["--at", "70", "--to", "75"], "frame 20. (Frames are counted here from frame 50"),
        ("notes", ["--at", "70", "--text", "x"], "no bout at frame 70"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    folder: Path, pass_id: str, command: str, more: list[str], said: str, capfd
) -> None:
    assert ada(command, folder, pass_id, *more) == 1
    assert said in capfd.readouterr().err
    assert bouts(folder, pass_id) == []


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("label", ["--behavior", "rest", "--start", "60"]),
        ("label", ["--behavior", "rest", "--start", "60", "--stop", "70", "--at", "65"]),
        ("label", ["--behavior", "rest", "--start", "soon", "--stop", "70"]),
        ("boundary", ["--at", "60"]),
        ("boundary", []),
        ("notes", ["--at", "60"]),
    ],
)
def test_half_a_command_is_wrong_usage(folder: Path, pass_id: str, command: str, more: list[str]) -> None:
    assert ada(command, folder, pass_id, *more) == 2


def test_nobody_edits_somebody_elses_pass_nor_one_that_a_window_holds(
    folder: Path, pass_id: str, capfd
) -> None:
    run(["annotators", str(folder), "--add", "Ben"])
    command = ["label", str(folder), pass_id, "--behavior", "rest", "--start", "60", "--stop", "70"]
    assert run([*command, "--annotator", "Ben"]) == 1
    assert "This is the pass of Ada" in capfd.readouterr().err
    with Project.open(folder) as window, window.edit(pass_id, "Ada"):
        assert run([*command, "--annotator", "Ada"]) == 1
        assert "Ada" in capfd.readouterr().err
    assert bouts(folder, pass_id) == []


def test_contrast_and_gamma_are_set_for_one_recording_or_for_all(folder: Path, capfd) -> None:
    assert run(["display", str(folder), "--contrast", "20,180", "--gamma", "0.8"]) == 0
    assert capfd.readouterr().out.strip() == "mouse: contrast [20.0, 180.0], gamma 0.8"
    assert run(["display", str(folder), "mouse", "--contrast", "none", "--crop", "0,0,20,20"]) == 0
    assert capfd.readouterr().out.strip() == "mouse: gamma 0.8, crop [0, 0, 20, 20]"
    assert run(["display", str(folder), "mouse", "--crop", "none", "--gamma", "none"]) == 0
    assert capfd.readouterr().out.strip() == "mouse: as it was recorded"
    for wrong in (["--contrast", "180,20"], ["--gamma", "9"], ["--contrast", "dark"], ["--gamma", "x"]):
        assert run(["display", str(folder), *wrong]) == 2
