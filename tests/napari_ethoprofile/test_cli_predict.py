"""`ethoprofile predict` and `cache`: recordings, folders, projects; what is printed, and the exit status."""

import json
from pathlib import Path

import pytest
from lab_weights import write_weights
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.formats import read_labels
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.results import read_result
from small_project import create_project, write_recording

from napari_ethoprofile.cli import run


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_weights(tmp_path_factory.mktemp("lab") / "mouse_v5.model"))


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    from numbered_video import RECIPES, write_numbered

    folder = tmp_path / "videos"
    (folder / "more").mkdir(parents=True)
    for name in ("a", "more/b"):
        write_numbered(folder / f"{name}.mkv", RECIPES["h264-b.mkv"], 40)
    return folder


def test_a_folder_is_labeled(videos: Path, weights: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(videos), "--model", weights, "--device", "cpu", "--json"]) == 0
    items = json.loads(capsys.readouterr().out)
    assert [(item["state"], item["done"], item["total"]) for item in items] == [("done", 40, 40)] * 2
    assert [Path(item["result"]) for item in items] == [
        videos / "a_results_v5.csv", videos / "more" / "b_results_v5.csv",
    ]  # fmt: skip
    assert read_labels(items[0]["result"]).frames == 40
    assert run(["predict", str(videos), "--model", weights]) == 0
    assert len(list(videos.rglob("*.csv"))) == 2


def test_one_bad_file_does_not_stop_the_others(
    videos: Path, weights: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (videos / "a.mkv").write_bytes(b"")
    out = tmp_path / "out"
    assert run(["predict", str(videos), "--model", weights, "--out", str(out), "--stride", "5"]) == 1
    told = capsys.readouterr()
    assert told.out == f"{out / 'b_results_v5.csv'}\n"
    assert "a.mkv: failed." in told.err
    assert "1 item of 2 did not get whole results" in told.err
    assert sorted(path.name for path in out.iterdir()) == ["b_probabilities.zarr", "b_results_v5.csv"]


def test_events_are_json_lines(videos: Path, weights: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(videos / "a.mkv"), "--model", weights, "--events"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0]["state"] in ("waiting", "running")
    assert events[-1]["state"] == "done"


def test_clips_of_a_project_get_passes(
    tmp_path: Path, weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from numbered_video import RECIPES, write_numbered

    recording = write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 100)
    create_project(tmp_path / "project", recording).close()
    assert run(["predict", str(tmp_path / "project"), "--model", weights, "--json"]) == 0
    items = json.loads(capsys.readouterr().out)
    with Project.open(tmp_path / "project") as project:
        made = {record.id: record for record in project.passes()}
        assert [made[item["result"]].clip for item in items] == [clip.id for clip in project.clips()]
        for record in made.values():
            assert (record.kind, record.annotator) == ("model", "mouse_v5")
            assert (project.door.labels(record.id, None).codes > 0).all()
    assert run(["predict", str(tmp_path / "project"), "--model", weights]) == 0
    with Project.open(tmp_path / "project") as project:
        assert len(project.passes()) == 2


def test_only_the_clips_that_are_named_get_passes(
    tmp_path: Path, weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from numbered_video import RECIPES, write_numbered

    projects = []
    for name in "ab":
        recording = write_numbered(tmp_path / f"{name}.mkv", RECIPES["h264-b.mkv"], 100)
        projects.append(tmp_path / f"project {name}")
        create_project(projects[-1], recording).close()
    named = ["--clip", "b_s50_n50", "--clip", "a_s0_n50"]
    assert run(["predict", *map(str, projects), "--model", weights, *named, "--json"]) == 0
    items = json.loads(capsys.readouterr().out)
    assert [(Path(item["source"]), item["clip"]) for item in items] == [
        (projects[0], "a_s0_n50"), (projects[1], "b_s50_n50"),
    ]  # fmt: skip
    for folder, clip in zip(projects, ("a_s0_n50", "b_s50_n50"), strict=True):
        with Project.open(folder, read_only=True) as project:
            assert [record.clip for record in project.passes()] == [clip]


def test_a_clip_is_named_with_its_project(
    tmp_path: Path, weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "project"
    recording = write_recording(tmp_path / "a.mkv")
    create_project(home, recording).close()
    assert run(["predict", str(recording), "--model", weights, "--clip", "a_s0_n50"]) == 2
    assert "--clip names clips of a project; give the folder of that project, too." in " ".join(
        capsys.readouterr().err.replace("│", " ").split()
    )
    assert run(["predict", str(home), "--model", weights, "--clip", "a_s0_n50", "--clip", "nothing"]) == 1
    assert f"There is no clip 'nothing' in {home}" in capsys.readouterr().err
    with Project.open(home, read_only=True) as project:
        assert project.passes() == []
    assert not list(tmp_path.glob("*.csv"))


def test_behaviors_of_a_model_are_called_otherwise_in_a_project(
    tmp_path: Path, weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from numbered_video import RECIPES, write_numbered

    recording = write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 12)
    names = ["drink", "eat", "groom", "hang", "micromovement", "rear", "sleep", "walk"]
    with Project.create(tmp_path / "project", make_ethogram(names)) as project:
        video = project.add_video(recording)
        project.index_video(video.id)
        project.add_clips([Stretch(video.id, 0, 12)])
    command = ["predict", str(tmp_path / "project"), "--model", weights]
    assert run(command) == 1
    assert "say what each is called there, as with --map 'rest=NAME'" in capsys.readouterr().err
    assert run([*command, "--map", "rest=slep"]) == 1
    assert "has no behavior 'slep', as which 'rest' is to be read; it has" in capsys.readouterr().err
    assert run([*command, "--map", "rest=sleep"]) == 0
    assert ": pass p" in capsys.readouterr().out
    assert run([*command, "--cluster", "local", "--at-once", "2"]) == 2


def test_a_cluster_tells_lines_for_programs_and_takes_names(
    tmp_path: Path, weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed")
    from numbered_video import RECIPES, write_numbered

    write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 23)
    command = ["predict", str(tmp_path), "--model", weights, "--cluster", "local", "--events"]
    assert run([*command, "--map", "rest=sleep"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    states = [event["state"] for event in events]
    assert (states[0], states[-1]) == ("waiting", "done")
    assert "running" in states
    assert "sleep" in read_result(tmp_path / "a_probabilities.zarr").facts["groups"][0]["behaviors"]
    assert run([*command, "--map", "nothing=sleep"]) == 1
    assert "knows no behavior 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["predict", "nowhere.mkv", "--model", "WEIGHTS"], "There is no file nowhere.mkv"),
        (["predict", "FOLDER", "--model", "WEIGHTS"], "There is no recording in the folder"),
        (["predict", "FOLDER", "--model", "nothing"], "outside of a project give the folder of a model"),
        (["predict", "FOLDER", "--model", "FOLDER"], "is no model: it has no model.json"),
        (["predict", "PROJECT", "--model", "nothing"], "train one with 'ethoprofile train'"),
        (["predict", "PROJECT", "--model", "WEIGHTS", "--cluster", "local"], "not a project"),
    ],
)
def test_what_does_not_work_is_told_in_one_sentence(
    tmp_path: Path, weights: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    create_project(tmp_path / "project", write_recording(tmp_path / "a.mkv")).close()
    places = {"WEIGHTS": weights, "FOLDER": str(tmp_path / "empty"), "PROJECT": str(tmp_path / "project")}
    assert run([places.get(part, part) for part in arguments]) == 1
    assert sentence in capsys.readouterr().err


def test_options_that_would_do_nothing_are_refused_or_told(
    videos: Path, weights: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_project(tmp_path / "project", write_recording(tmp_path / "b.mkv")).close()
    assert run(["predict", str(tmp_path / "project"), "--model", weights, "--out", str(tmp_path)]) == 2
    assert "--out is for recordings" in capsys.readouterr().err
    assert run(["predict", str(videos / "a.mkv"), "--model", weights, "--fps", "30"]) == 0
    assert "a.mkv has 25 frames per second by its own account; 30 is not used." in capsys.readouterr().err


def test_the_cache_is_shown_limited_and_cleared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np
    from napari_ethoprofile.training.cache import arrays_in

    recording = write_recording(tmp_path / "a.mkv")
    with create_project(tmp_path / "project", recording) as project:
        cache = arrays_in(project.cache_folder)
        for name in ("frames-a", "features-b"):
            cache.open(name, (4, 3), np.uint8, 4, {}).write(0, np.ones((4, 3), np.uint8))
    folder = str(tmp_path / "project")
    assert run(["cache", folder, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["kinds"]) == {"frames", "features"}
    assert told["limit"] == 20_000_000_000
    assert told["bytes"] == sum(told["kinds"].values()) > 0
    assert run(["cache", folder, "--limit", "5"]) == 0
    assert "of at most 5 GB" in capsys.readouterr().out
    assert run(["cache", folder, "--clear", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["bytes"], told["limit"], told["freed"] > 0) == (0, 5_000_000_000, True)
    assert run(["cache", folder, "--limit", "0"]) == 2
