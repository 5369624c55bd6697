"""Drag and drop: what we take, what we leave to others, and what then happens in a window."""

from pathlib import Path

import napari
import pytest
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.recordings import VIDEO_ENDINGS
from npe2 import PluginManifest

from napari_ethoprofile._reader import LABEL_ENDINGS, get_reader
from napari_ethoprofile.workspace import workspace_of


@pytest.fixture
def project_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    Project.create(folder, preset("home-cage")).close()
    return folder


def test_projects_recordings_and_label_files_are_taken(project_folder: Path, small_recording: Path) -> None:
    truth = small_recording.with_name(small_recording.stem + "_truth.csv")
    assert get_reader(str(project_folder)) is not None
    assert get_reader(str(project_folder / "project.ethoprofile")) is not None
    assert get_reader(str(small_recording)) is not None
    assert get_reader([str(small_recording), str(small_recording)]) is not None
    assert get_reader(str(truth)) is not None


def test_label_files_of_other_tools_are_told_by_their_content(tmp_path: Path) -> None:
    ours = {
        "a.boris": '{"project_name": "p", "behaviors_conf": {}, "observations": {}}',
        "a.annot": "Bento annotation file\n",
        "a.txt": "Caltech Behavior Annotator - Annotation File\n",
        "a.json": '{"num_frames": 3, "labels": {}}',
        "a.eaf": "<ANNOTATION_DOCUMENT/>",
    }
    for name, text in ours.items():
        (tmp_path / name).write_text(text)
        assert get_reader(str(tmp_path / name)) is not None, name
    others = {
        "b.txt": "Dear diary\n",
        "b.json": '{"shapes": []}',
        "b.mat": "MATLAB 5.0 MAT-file\0",
        "b.nwb": "\0",
    }
    for name, text in others.items():
        (tmp_path / name).write_text(text)
        assert get_reader(str(tmp_path / name)) is None, name


def test_napari_asks_about_every_file_that_we_take() -> None:
    manifest = PluginManifest.from_distribution("napari-ethoprofile")
    [reader] = manifest.contributions.readers or []
    asked = {pattern.removeprefix("*.").split(".")[-1] for pattern in reader.filename_patterns}
    ours = {ending.removeprefix(".") for ending in (*VIDEO_ENDINGS, *LABEL_ENDINGS)}
    assert asked == ours | {"ethoprofile"}


def test_what_is_not_ours_is_left_to_others(tmp_path: Path) -> None:
    table = tmp_path / "measurements.csv"
    table.write_text("length,width\n1.5,2\n")
    for path in (tmp_path, table, tmp_path / "cells.tif", tmp_path / "nothing.csv"):
        assert get_reader(str(path)) is None
    assert get_reader([]) is None


@pytest.mark.window
def test_a_dropped_recording_is_shown_as_a_layer(viewer: napari.Viewer, small_recording: Path) -> None:
    [layer] = viewer.open(str(small_recording), plugin="napari-ethoprofile")
    assert layer.data.shape == (150, 288, 352)


@pytest.mark.window
def test_a_dropped_project_opens_the_desk_and_takes_recordings(
    viewer: napari.Viewer, project_folder: Path, small_recording: Path, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr("napari_ethoprofile.widgets.main.MainWidget.ask_annotator", lambda _dock: "Ada")
    viewer.open(str(project_folder), plugin="napari-ethoprofile")
    workspace = workspace_of(viewer)
    assert workspace is not None
    project = workspace.session.project
    assert project is not None
    assert workspace.session.annotator == "Ada"
    viewer.open(str(small_recording), plugin="napari-ethoprofile")
    qtbot.waitUntil(lambda: [video.frames for video in project.videos()] == [150], timeout=20_000)
    workspace.close()


@pytest.mark.window
def test_the_sample_recording_opens(viewer: napari.Viewer) -> None:
    [layer] = viewer.open_sample("napari-ethoprofile", "synthetic-recording")
    assert layer.data.shape[0] == 500


@pytest.mark.window
def test_labels_that_are_dropped_without_a_project_are_one_sentence(
    viewer: napari.Viewer, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("start_frame,stop_frame,behavior\n0,10,rest\n")
    viewer.open(str(labels), plugin="napari-ethoprofile")
    workspace = workspace_of(viewer)
    assert workspace is not None
    assert workspace.dock.message.text().startswith("No project is open;")
    workspace.close()
