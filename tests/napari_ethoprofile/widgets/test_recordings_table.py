from datetime import datetime
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.clips import Source
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QModelIndex, Qt
from small_project import write_recording

from napari_ethoprofile.widgets.recordings_table import (
    FILE,
    LENGTH,
    PICTURE,
    STARTED,
    SUBJECT,
    RecordingsModel,
    recordings_in,
)


@pytest.fixture
def model(qtbot: QtBot):  # type: ignore[no-untyped-def]
    model = RecordingsModel()
    yield model
    model.close()


def add(model: RecordingsModel, qtbot: QtBot, *paths: Path) -> None:
    model.add(paths)
    qtbot.waitUntil(lambda: model.reading == 0, timeout=5000)


def text(model: RecordingsModel, row: int, column: int) -> str:
    return model.data(model.index(row, column))


def test_names_and_headers_fill_the_row(model: RecordingsModel, recording: Path, qtbot: QtBot) -> None:
    add(model, qtbot, recording)
    assert [text(model, 0, column) for column in (FILE, SUBJECT, STARTED, LENGTH, PICTURE)] == [
        "01_20180418_1200.mp4", "01", "2018-04-18 12:00:00", "4 s", "64 × 48, 25 fps, mpeg4",
    ]  # fmt: skip
    assert model.sources() == [Source("01_20180418_1200", 100, 25.0, "01")]


def test_a_cut_clip_starts_where_it_was_cut(model: RecordingsModel, tmp_path: Path, qtbot: QtBot) -> None:
    add(model, qtbot, write_recording(tmp_path / "02_20180418_1200_s45000_n7500.avi"))
    assert text(model, 0, STARTED) == "2018-04-18 12:30:00"
    assert model.rows[0].chosen().recorded_at is None  # the project works it out itself


def test_what_is_typed_goes_into_the_recipe(model: RecordingsModel, recording: Path, qtbot: QtBot) -> None:
    add(model, qtbot, recording)
    model.setData(model.index(0, SUBJECT), "mouse-7")
    model.setData(model.index(0, STARTED), "2020-01-02 03:04:05")
    chosen = model.rows[0].chosen()
    assert (chosen.subject, chosen.recorded_at) == ("mouse-7", datetime(2020, 1, 2, 3, 4, 5))
    model.setData(model.index(0, STARTED), "yesterday")
    assert "'yesterday' is not a date and time" in model.rows[0].problem


def test_only_subject_and_start_can_be_edited(model: RecordingsModel, recording: Path, qtbot: QtBot) -> None:
    add(model, qtbot, recording)
    editable = [
        column
        for column in range(model.columnCount())
        if model.flags(model.index(0, column)) & Qt.ItemFlag.ItemIsEditable
    ]
    assert editable == [SUBJECT, STARTED]
    assert model.rowCount(QModelIndex()) == 1


def test_a_file_that_is_no_recording_says_so(model: RecordingsModel, tmp_path: Path, qtbot: QtBot) -> None:
    bad = tmp_path / "notes.avi"
    bad.write_text("this is not a video", encoding="utf-8")
    add(model, qtbot, bad)
    assert text(model, 0, LENGTH) == "cannot be read"
    assert str(bad) in model.rows[0].problem
    assert model.sources() == []


def test_one_recording_is_listed_once_and_taken_off(
    model: RecordingsModel, recording: Path, qtbot: QtBot
) -> None:
    add(model, qtbot, recording, recording)
    assert model.add([recording]) == 0
    assert model.rowCount() == 1
    model.remove([0])
    assert model.rowCount() == 0


def test_two_files_of_one_name_get_the_ids_of_the_project(
    model: RecordingsModel, tmp_path: Path, qtbot: QtBot
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_recording(tmp_path / folder / "cage.mp4", frames=10)
    add(model, qtbot, tmp_path)
    assert [source.video for source in model.sources()] == ["cage", "cage-2"]


def test_folders_stand_for_their_videos_or_images(tmp_path: Path) -> None:
    for name in (
        "a/1.mkv",
        "a/deep/2.AVI",
        "a/notes.txt",
        "stack/001.png",
        "mix/1.png",
        "mix/2.jpg",
        "empty/readme.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = recordings_in([*(tmp_path / name for name in ("a", "stack", "mix", "empty")), Path("x.mp4")])
    assert found == [
        *(tmp_path / "a/1.mkv", tmp_path / "a/deep/2.AVI", tmp_path / "stack"),
        tmp_path / "mix",  # its row says what is wrong
        Path("x.mp4"),
    ]
