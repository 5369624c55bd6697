"""The command line as scripts meet it: what it prints, what it refuses, with which exit status."""

import json
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import read_truth, record

from napari_ethoprofile.cli import run

SECONDS = 6


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recordings") / "01_20260105_1200_synthetic.mkv"
    record(path, seconds=SECONDS, size=(352, 288))
    return path


@pytest.fixture
def project(tmp_path: Path, recording: Path, capfd) -> Path:
    folder = tmp_path / "project"
    assert run(["new", str(folder), "--lights", "06:00-18:00"]) == 0
    assert run(["add", str(folder), str(recording)]) == 0
    assert run(["clips", str(folder), "--whole"]) == 0
    capfd.readouterr()
    return folder


def status_of(project: Path, capfd) -> dict:
    assert run(["status", str(project), "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def test_status_tells_recordings_clips_and_passes(project: Path, recording: Path, capfd) -> None:
    status = status_of(project, capfd)
    frames = SECONDS * 25
    [video], [clip] = status["videos"], status["clips"]
    assert (video["frames"], video["fps"]) == (frames, 25)
    assert Path(video["path"]).samefile(recording)
    assert (clip["video"], clip["start"], clip["stop"], clip["passes"]) == (video["id"], 0, frames, [])


def test_what_a_name_says_is_kept(project: Path) -> None:
    with Project.open(project, read_only=True) as store:
        [video] = store.videos()
        assert video.subject == "01"
        assert video.recorded_at is not None
        assert video.recorded_at.isoformat() == "2026-01-05T12:00:00"
        assert store.phase_at(video.id, 0) == "light"


def test_info_is_the_contract(recording: Path, capfd) -> None:
    assert run(["info", str(recording), "--json"]) == 0
    info = json.loads(capfd.readouterr().out)
    assert info == {
        "frames": SECONDS * 25,
        "fps": 25.0,
        "width": 352,
        "height": 288,
        "codec": "h264",
        "exact": True,
    }


def test_labels_go_in_and_come_out(project: Path, recording: Path, tmp_path: Path, capfd) -> None:
    video = status_of(project, capfd)["videos"][0]["id"]
    truth = recording.with_name(recording.stem + "_truth.csv")
    command = ["import", str(project), str(truth), "--video", video, "--annotator", "Ada"]
    assert run(command) == 0
    with Project.open(project, read_only=True) as store:
        [record_] = store.passes()
        assert store.door.labels(record_.id, acting="Ada") == read_truth(recording)
    out = tmp_path / "labels"
    capfd.readouterr()
    assert run(["export", str(project), "--out", str(out), "--format", "deepethoprofile"]) == 0
    written = Path(capfd.readouterr().out.strip())
    lines = written.read_text().splitlines()
    assert lines[0].startswith("0:drink; 1:eat; 2:groom; 3:hang; ")
    assert len(lines) == 2 + SECONDS * 25
    table = tmp_path / "again.csv"
    assert run(["convert", str(written), str(table), "--to", "bouts", "--fps", "25"]) == 0
    assert "start_frame" in table.read_text()


def test_a_preview_creates_nothing(project: Path, capfd) -> None:
    before = status_of(project, capfd)
    assert run(["clips", str(project), "--length", "1s", "--every", "2s", "--preview"]) == 0
    assert "3 clips" in capfd.readouterr().out
    assert status_of(project, capfd) == before


def test_transcoding_keeps_every_frame_and_overwrites_nothing(recording: Path, tmp_path: Path, capfd) -> None:
    out = tmp_path / "copy.mkv"
    assert run(["transcode", str(recording), str(out)]) == 0
    assert f"{SECONDS * 25} frames" in capfd.readouterr().out
    assert run(["transcode", str(recording), str(out)]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["clips"],
        ["new"],
        ["clips", "x", "--whole", "--random", "3"],
        ["new", "x", "--lights", "6"],
    ],
)
def test_wrong_usage_has_status_2(arguments: list[str], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "nowhere"],
        ["info", "nowhere.mkv"],
        ["convert", "nowhere.csv", "out.csv", "--to", "bouts"],
        ["new", "p", "--ethogram", "nowhere.yaml"],
        ["new", "p", "--ethogram", "no-such-preset"],
    ],
)
def test_everything_else_has_status_1_and_one_sentence(
    arguments: list[str], tmp_path: Path, monkeypatch, capfd
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 1
    said = capfd.readouterr().err.strip()
    assert said.startswith("ethoprofile: ")
    assert len(said.splitlines()) == 1
    assert said.endswith(".")


@pytest.mark.parametrize(
    "command",
    ["new", "add", "clips", "info", "status", "import", "export", "convert", "transcode", "annotate", "demo"],
)
def test_every_command_has_help_with_an_example(command: str, capfd) -> None:
    assert run([command, "--help"]) == 0
    assert f"ethoprofile {command}" in " ".join(capfd.readouterr().out.split())
