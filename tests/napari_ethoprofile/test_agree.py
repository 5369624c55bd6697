"""`ethoprofile agree` as scripts meet it: files and passes, what it prints and writes, what it refuses."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from numbered_video import RECIPES, write_numbered
from rating_files import frames_file, rescored, scored
from realdata import realdata_file

from napari_ethoprofile.cli import run


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two raters of one recording."""
    ada = scored(400, 1)
    ben = rescored(ada, 2)
    return [
        str(frames_file(tmp_path, f"{name}.csv", labels)) for name, labels in (("ada", ada), ("ben", ben))
    ]


def answer(capfd: Any, *arguments: str) -> dict[str, Any]:
    assert run(["agree", *arguments, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def refusal(capfd: Any, *arguments: str, status: int = 1) -> str:
    assert run(["agree", *arguments]) == status
    out, error = capfd.readouterr()
    assert out == ""
    return error


def test_json_is_the_contract(files: list[str], capfd: Any) -> None:
    found = answer(capfd, *files, "--fps", "25")
    assert found["raters"] == ["ada", "ben"]
    [pair] = found["pairs"]
    assert found["frames"] == pair["frames"] == 400
    assert 0.5 < pair["kappa"] < 1
    assert pair["kappa_ci"] is None
    assert set(pair["behaviors"]) == {"rest", "walk", "groom"}


def test_the_terminal_shows_tables_and_says_what_is_assumed(files: list[str], capfd: Any) -> None:
    assert run(["agree", *files]) == 0
    out, error = capfd.readouterr()
    assert "ada – ben" in out
    assert "[1] not defined because there is only one clip, so nothing can be resampled." in out
    assert "25 were assumed for everything in seconds" in error


def test_page_table_and_figures_are_written_and_nothing_is_replaced(
    files: list[str], tmp_path: Path, capfd: Any
) -> None:
    page, table, figures = tmp_path / "a.html", tmp_path / "a.csv", tmp_path / "figures"
    options = ["--html", str(page), "--csv", str(table), "--figures", str(figures)]
    assert run(["agree", *files, *options]) == 0
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert len(list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))) == 4
    assert (figures / "confusion_ada_ben.svg").exists()
    capfd.readouterr()
    assert "exists already" in refusal(capfd, *files, "--html", str(page))
    assert "exists already" in refusal(capfd, *files, "--figures", str(figures))
    assert "There is no folder" in refusal(capfd, *files, "--csv", str(tmp_path / "absent" / "a.csv"))


def test_options_reach_the_numbers(files: list[str], capfd: Any) -> None:
    found = answer(
        capfd,
        *files,
        "--fps",
        "50",
        "--map",
        "groom=rest",
        "--collar",
        "0.1",
        "--tolerance",
        "1",
        "--seed",
        "3",
    )
    assert found["settings"]["seed"] == 3
    assert found["clips"][0]["fps"] == 50
    [pair] = found["pairs"]
    assert set(pair["behaviors"]) == {"rest", "walk"}
    assert (pair["collar"]["seconds"], pair["tolerance"]["seconds"]) == (0.1, 1.0)


def test_the_published_file_of_three_raters(capfd: Any) -> None:
    path = realdata_file("sturman_oft/AllLabDataOFT_final.csv")
    found = answer(capfd, "--format", "dlcanalyzer", str(path))
    assert [round(pair["kappa"], 6) for pair in found["pairs"]] == [0.778913, 0.792596, 0.819806]
    assert [round(pair["agreement"], 6) for pair in found["pairs"]] == [0.900905, 0.905292, 0.916594]
    assert (round(found["fleiss_kappa"], 4), round(found["unanimous"], 4)) == (0.7973, 0.8634)
    assert all(pair["kappa_ci"][0] < pair["kappa"] < pair["kappa_ci"][1] for pair in found["pairs"])
    apart = answer(capfd, str(path), "--priority", "apart")
    assert [pair["group"] for pair in apart["pairs"][:3]] == ["Supported"] * 3


def test_bad_usage_is_one_sentence(files: list[str], tmp_path: Path, capfd: Any) -> None:
    assert "Name the label files" in refusal(capfd, status=2)
    assert "--by can be subject, strain" in refusal(capfd, *files, "--by", "moon", status=2)
    assert "--gaps can be none, unlabeled" in refusal(capfd, *files, "--gaps", "x", status=2)
    assert "--as belongs to passes" in refusal(capfd, *files, "--as", "Ada", status=2)
    assert "There is no label file" in refusal(capfd, files[0], str(tmp_path / "absent.csv"))
    assert "Nothing says the strain of any clip" in refusal(capfd, *files, "--by", "strain")
    assert "only ada has labels" in refusal(capfd, files[0])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two clips: Ada's first passes, Ben's blind ones, and Cleo's review of the first clip."""
    folder = tmp_path / "project"
    with Project.create(folder, preset("home-cage")) as store:
        video = store.add_video(write_numbered(tmp_path / "01_20180418_1200.avi", RECIPES["mjpeg.avi"], 80))
        store.record_frames(video.id, 80, 25.0, exact=True)
        clips = store.add_clips([Stretch(video.id, 0, 40), Stretch(video.id, 40, 80)])
        store.set_lights("06:00", "18:00")
        for name in ("Ada", "Ben", "Cleo"):
            store.add_annotator(name)
        for clip in clips:
            own = _scored(store, clip.id, "Ada", "first", [(0, 20, 1), (20, 40, 7)])
            _scored(store, clip.id, "Ben", "blind", [(0, 22, 1), (22, 40, 7)])
        _scored(store, clips[1].id, "Cleo", "review", [], own)
    return folder


def _scored(
    store: Project,
    clip: str,
    name: str,
    kind: str,
    bouts: list[tuple[int, int, int]],
    base: str | None = None,
) -> str:
    record = store.start_pass(clip, name, kind, base)
    with store.edit(record.id, name) as editor:
        for start, stop, label in bouts:
            editor.commit(Edit.paint(editor.track, start, stop, label))
        editor.submit()
    return record.id


def test_passes_are_compared_by_annotator_and_their_origin_is_told(project: Path, capfd: Any) -> None:
    found = answer(capfd, "Ada", "Ben", "--project", str(project), "--by", "phase", "--by", "pair")
    [pair] = found["pairs"]
    assert (pair["frames"], pair["agreement"]) == (80, pytest.approx(76 / 80))
    assert pair["behaviors"]["drink"]["bouts_a"] == 2
    assert [row["origin"] for row in found["origins"]] == ["blind"]
    assert [(row["by"], row["name"]) for row in pair["by"]] == [("phase", "light")]
    anchored = answer(capfd, "Ada", "Cleo", "--project", str(project))
    assert [row["origin"] for row in anchored["origins"]] == ["anchored"]
    assert anchored["excluded"]["one_rater_only"] == 40
    assert run(["agree", "--project", str(project)]) == 0
    assert "blind" in capfd.readouterr().out


def test_work_that_is_blind_stays_so(project: Path, capfd: Any) -> None:
    with Project.open(project) as store:
        store.add_annotator("Dan")
        first, second = (clip.id for clip in store.clips())
        store.start_pass(first, "Dan", "blind")
    for more, whom in (([], "whoever does not say who asks"), (["--as", "Dan"], "Dan")):
        assert run(["agree", "Ada", "Ben", "--project", str(project), "--json", *more]) == 0
        out, error = capfd.readouterr()
        found = json.loads(out)
        assert (found["frames"], [clip["clip"] for clip in found["clips"]]) == (40, [second])
        assert f"2 passes are closed to {whom}" in error
    assert answer(capfd, "Ada", "Ben", "--project", str(project), "--as", "Ada")["frames"] == 80
    with Project.open(project) as store:
        store.start_pass(second, "Dan", "blind")
        [named] = [record.id for record in store.passes(clip=first, annotator="Ada")]
    for rater in ("Ada", named):
        assert "Dan has a blind pass open" in refusal(
            capfd, rater, "Ben", "--project", str(project), "--as", "Dan"
        )


def test_what_belongs_to_files_is_refused_for_passes(project: Path, capfd: Any) -> None:
    assert "--fps is for label files" in refusal(capfd, "--project", str(project), "--fps", "25", status=2)
    assert "no annotator" in refusal(capfd, "Ada", "Zoe", "--project", str(project))


def test_a_pass_without_labels_is_refused(project: Path, capfd: Any) -> None:
    with Project.open(project) as store:
        store.import_track(store.clips()[0].id, "Eve", LabelTrack.blank(40))
    assert "Eve has labeled nothing" in refusal(capfd, "Ada", "Eve", "--project", str(project))
