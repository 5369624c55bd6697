"""Databases as they lie in a folder become projects, and going on with one sees what has changed."""

from pathlib import Path

import pytest
from label_files import clip_text, put
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.evaluation.folders import project_of_folder
from numbered_video import RECIPES, write_numbered

CLIP = "01_20180418_1200_s45000_n40"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A database in the layout of DeepEthoProfile: one cut clip with a label file."""
    folder = tmp_path / "database"
    folder.mkdir()
    write_numbered(folder / f"{CLIP}.avi", RECIPES["h264-b.avi"], 40)
    put(folder, f"{CLIP}_map.csv", clip_text([6] * 40, first=45000))
    return folder


def labels_in(folder: Path, layout: str, made: Path) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Return the names of the labels of every animal, and what was told."""
    _, sentences = project_of_folder(folder, layout, made)
    with Project.open(made) as project:
        found = take_snapshot(project)
        names = {
            s.subject: [project.ethogram.label_name(int(code)) for code in s.codes[:, 0]]
            for s in found.stretches
        }
    return names, sentences


def test_the_published_layout_becomes_a_project_whose_last_review_counts(tmp_path: Path) -> None:
    data = tmp_path / "database"
    data.mkdir()
    for number in (1, 2, 3):
        write_numbered(data / f"0{number}_20180418_1200_s0_n40.avi", RECIPES["h264-b.avi"], 40)
    put(data, "01_20180418_1200_s0_n40_map.csv", clip_text([6] * 40))
    put(data, "01_20180418_1200_s0_n40_map_new.csv", clip_text([1] * 40))
    put(data, "01_20180418_1200_s0_n40_map_new_v2.csv", clip_text([1] * 30 + [8] * 10))
    put(data, "02_20180418_1200_s0_n40_map.csv", clip_text([7] * 40))
    folder, sentences = project_of_folder(data, "deepethoprofile", tmp_path / "made")
    assert [s for s in sentences if "03_20180418" in s] == [
        "03_20180418_1200_s0_n40.avi was left out: no labels lie beside it."
    ]
    with Project.open(folder) as project:
        found = take_snapshot(project)
        eat, walk = (project.ethogram.by_name(name).id for name in ("eat", "walk"))  # type: ignore[union-attr]
    first, second = found.stretches
    assert (first.subject, second.subject) == ("01", "02")
    assert first.codes[:, 0].tolist() == [eat] * 30 + [0] * 10
    assert (second.codes == walk).all()
    again, _ = project_of_folder(data, "deepethoprofile", tmp_path / "made")
    with Project.open(again) as project:
        assert take_snapshot(project).hash == found.hash


def test_a_recording_an_animal_with_a_label_file_of_its_name(tmp_path: Path) -> None:
    for name in ("black mouse", "white mouse"):
        write_numbered(tmp_path / f"{name}.mp4", RECIPES["h264-b.mkv"], 20)
        (tmp_path / f"{name}.csv").write_text("frame,behavior\n" + "".join(f"{n},groom\n" for n in range(20)))
    folder, _ = project_of_folder(tmp_path, "jhuang", tmp_path / "made")
    with Project.open(folder) as project:
        assert take_snapshot(project).subjects == ("black mouse", "white mouse")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LearnError, match="holds no recordings"):
        project_of_folder(tmp_path / "empty", "jhuang", tmp_path / "other")


def test_the_usual_frame_column_of_a_cut_clip_is_not_told(data: Path, tmp_path: Path) -> None:
    assert labels_in(data, "deepethoprofile", tmp_path / "made")[1] == ()
    put(data, f"{CLIP}_map_new.csv", clip_text([1] * 40, first=7))
    assert labels_in(data, "deepethoprofile", tmp_path / "made")[1] == (
        f"{CLIP}_map_new.csv: The frame column begins at 7; rows are taken in their order.",
    )


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (clip_text([1] * 20 + ["x"] * 20), "has 'x' in line 23, which is no whole-number code"),
        ("", "is empty or in no format that is known here"),
        (clip_text([1] * 120), "has 120 rows for 40 frames, 80 too many; it may belong to another recording"),
    ],
)
def test_what_an_unreadable_review_corrected_does_not_count(
    data: Path, tmp_path: Path, broken: str, why: str
) -> None:
    stem = "02_20180418_1200_s0_n40"
    write_numbered(data / f"{stem}.avi", RECIPES["h264-b.avi"], 40)
    put(data, f"{stem}_map.csv", clip_text([6] * 40))
    made = tmp_path / "made"
    assert list(labels_in(data, "deepethoprofile", made)[0]) == ["01", "02"]
    put(data, f"{stem}_map_new.csv", broken)
    told = (
        f"{stem}.avi was left out: {stem}_map_new.csv: {why}; mend the file, or move it away if what it "
        "reviews shall count, and evaluate again."
    )
    assert [labels_in(data, "deepethoprofile", place) for place in (made, tmp_path / "fresh")] == [
        ({"01": ["rest"] * 40}, (told,))
    ] * 2
    put(data, f"{stem}_map_new.csv", clip_text([1] * 40))
    assert labels_in(data, "deepethoprofile", made) == ({"01": ["rest"] * 40, "02": ["eat"] * 40}, ())


def test_labels_that_are_added_or_changed_later_are_seen_and_what_is_odd_is_told_again(
    data: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    put(data, f"{CLIP}_map.csv", clip_text([6] * 38))
    odd = (f"{CLIP}_map.csv: The file ends after 38 of 40 frames; the last 2 are unlabeled.",)
    first = labels_in(data, "deepethoprofile", made)
    assert first == ({"01": ["rest"] * 38 + ["unlabeled"] * 2}, odd)
    with Project.open(made) as project:
        before = [record.id for record in project.passes()]
    assert labels_in(data, "deepethoprofile", made) == first
    put(data, f"{CLIP}_map_new.csv", clip_text([1] * 40))
    assert labels_in(data, "deepethoprofile", made) == ({"01": ["eat"] * 40}, odd)
    with Project.open(made) as project:
        original, review = project.passes()
        assert ([original.id], review.based_on) == (before, original.id)
    put(data, f"{CLIP}_map.csv", clip_text([7] * 40))
    assert labels_in(data, "deepethoprofile", made) == ({"01": ["eat"] * 40}, ())
    (data / f"{CLIP}_map_new.csv").unlink()
    assert labels_in(data, "deepethoprofile", made)[0] == {"01": ["walk"] * 40}
    with Project.open(made) as project:
        assert len(project.passes()) == 1


def test_another_person_whose_labels_cannot_be_read_takes_nothing_from_the_others(
    data: Path, tmp_path: Path
) -> None:
    put(data, f"{CLIP}_BE.csv", clip_text(["x"] * 40))
    assert labels_in(data, "deepethoprofile", tmp_path / "made") == (
        {"01": ["rest"] * 40},
        (f"{CLIP}_BE.csv: has 'x' in line 3, which is no whole-number code; its labels were left out.",),
    )


def test_a_project_of_an_earlier_version_goes_on(data: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    labels_in(data, "deepethoprofile", made)
    with Project.open(made) as project:
        [kept] = project.passes()
        project.settings.update(dict.fromkeys(k for k in project.settings.all() if k.startswith("database/")))
    assert labels_in(data, "deepethoprofile", made)[0] == {"01": ["rest"] * 40}
    with Project.open(made) as project:
        assert [record.id for record in project.passes()] == [kept.id]
        project.settings.update(dict.fromkeys(k for k in project.settings.all() if k.startswith("database/")))
    put(data, f"{CLIP}_map.csv", clip_text([7] * 40))
    assert labels_in(data, "deepethoprofile", made)[0] == {"01": ["walk"] * 40}


def test_a_project_of_something_else_is_refused_and_stays_as_it_is(data: Path, tmp_path: Path) -> None:
    other = Project.create(tmp_path / "other", preset("home-cage"))
    other.close()
    with pytest.raises(LearnError, match=r"was not made of .*database \(deepethoprofile\); keep the project"):
        project_of_folder(data, "deepethoprofile", tmp_path / "other")
    with Project.open(tmp_path / "other") as project:
        assert (project.videos(), project.settings.all()) == ([], {})
    project_of_folder(data, "deepethoprofile", tmp_path / "made")
    with pytest.raises(LearnError, match=r"\(jhuang\), but of .*database \(deepethoprofile\); keep"):
        project_of_folder(data, "jhuang", tmp_path / "made")


def test_the_behaviors_are_those_of_all_label_files(tmp_path: Path) -> None:
    data, made = tmp_path / "database", tmp_path / "made"
    data.mkdir()
    for name in ("a", "b", "c"):
        write_numbered(data / f"{name}.mp4", RECIPES["h264-b.mkv"], 20)
    put(data, "a.csv", "frame,behavior\n" + "".join(f"{n},groom\n" for n in range(20)))
    put(data, "b.csv", "behavior,start_s,stop_s\nrest,0,0.4\nGroom,0.4,0.8\n")
    names, sentences = labels_in(data, "jhuang", made)
    assert {animal: set(labels) for animal, labels in names.items()} == {
        "a": {"groom"},
        "b": {"rest", "groom"},
    }
    assert "c.mp4 was left out: no label file c{.csv,.tsv,.txt} lies beside it." in sentences
    put(data, "c.txt", "frame,behavior\n" + "".join(f"{n},drink\n" for n in range(20)))
    assert set(labels_in(data, "jhuang", made)[0]["c"]) == {"drink"}
    put(data, "c.txt", "frame,behavior\n" + "".join(f"{n},drink\n" for n in range(90)))
    names, sentences = labels_in(data, "jhuang", made)
    assert set(names) == {"a", "b"}
    assert (
        "c.mp4 was left out: c.txt: has 90 rows for 20 frames, 70 too many; it may belong to another "
        "recording; mend the file, and evaluate again."
    ) in sentences


def test_an_empty_folder_takes_the_project(data: Path, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    names, _ = labels_in(data, "deepethoprofile", tmp_path / "made")
    assert names == {"01": ["rest"] * 40}


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    put(tmp_path, "file", "")
    with pytest.raises(LearnError, match=r"There is no folder .*nosuch; check"):
        project_of_folder(tmp_path / "nosuch", "jhuang", tmp_path / "made")
    with pytest.raises(LearnError, match="file is a file; give the folder"):
        project_of_folder(tmp_path / "file", "jhuang", tmp_path / "made")
