"""Everything beside a recording becomes passes: originals, reviews that know their base, predictions."""

from collections.abc import Iterator
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest
from label_files import HEADER_7, HEADER_10, clip_text, put
from napari_ethoprofile.annotation.beside import find_beside, import_beside
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Kind, Project

STEM, FRAMES = "01_20180418_1200_s45000_n40", 40


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A project of one cut clip whose pictures nobody looks at."""
    video = tmp_path / "data" / STEM
    video.mkdir(parents=True)
    imageio.imwrite(video / "0.png", np.zeros((8, 8), np.uint8))
    project = Project.create(tmp_path / "project", preset("home-cage"))
    project.add_annotator("Ada Lovelace", "AL")
    project.add_annotator("Rosa Stern", "RS")
    project.record_frames(project.add_video(video).id, FRAMES, 25.0, exact=True)
    yield project
    project.close()


@pytest.fixture
def data(tmp_path: Path, project: Project) -> Path:
    return tmp_path / "data"


def labels(data: Path, ending: str, code: int, **more: str) -> Path:
    return put(data, f"{STEM}{ending}.csv", clip_text([code] * FRAMES, **more))


def test_reviews_know_their_base_and_predictions_are_a_models(project: Project, data: Path) -> None:
    labels(data, "_map", 1)
    labels(data, "_map_new", 2)
    labels(data, "_map_new_v2", 3)
    put(data, f"{STEM}_results_v5.csv", clip_text([4] * 33, second="frame;annotation"))
    found = find_beside(project, STEM, "Ada Lovelace")
    assert [(c.companion.role, c.kind, c.counts, c.ready) for c in found] == [
        ("map", Kind.FIRST, False, True),
        ("map_new", Kind.REVIEW, False, True),
        ("map_new_v2", Kind.REVIEW, True, True),
        ("results_v5", Kind.MODEL, False, True),
    ]
    assert project.passes() == []
    first, second, third, model = (made.record for made in import_beside(project, found))
    assert (second.based_on, third.based_on, model.based_on) == (first.id, second.id, None)
    assert {first.annotator, second.annotator, third.annotator} == {"Ada Lovelace"}
    assert (model.annotator, model.kind) == ("DeepEthoProfile v5", Kind.MODEL)
    assert [b.label for b in project.door.labels(third.id, "Ada Lovelace").bouts()] == [4]


def test_a_second_time_nothing_is_imported_again(project: Project, data: Path) -> None:
    labels(data, "_map", 1)
    [made] = import_beside(project, find_beside(project, STEM, "Ada Lovelace"))
    labels(data, "_map_new", 2)
    known, new = find_beside(project, STEM, "Ada Lovelace")
    assert (known.known, known.ready) == (made.record.id, False)
    [review] = import_beside(project, [known, new])
    assert review.record.based_on == made.record.id


def test_two_first_labelings_of_one_person_are_told_and_the_last_one_wins(
    project: Project, data: Path
) -> None:
    labels(data, "", 1)
    labels(data, "_map", 2)
    labels(data, "_map_new", 3)
    plain, last, review = find_beside(project, STEM, "Ada Lovelace")
    assert "has a first pass on these frames already (01_20180418_1200_s45000_n40_map.csv)" in plain.problem
    assert last.ready
    assert review.ready
    plain, *_ = find_beside(project, STEM, "Ada Lovelace", by={"plain": "Ben"})
    assert (plain.annotator, plain.ready) == ("Ben", True)


def test_initials_are_those_of_people_who_are_known(project: Project, data: Path) -> None:
    labels(data, "_RS", 1)
    labels(data, "_PC", 1)
    assert [c.annotator for c in find_beside(project, STEM, "Ada Lovelace")] == ["PC", "Rosa Stern"]


def test_old_classes_are_read_as_todays_only_when_asked(project: Project, data: Path) -> None:
    labels(data, "_RS", 3, header=HEADER_10)
    put(data, f"{STEM}_results_v4.csv", clip_text([2] * 33, header=HEADER_7))
    for candidate in find_beside(project, STEM, "Ada Lovelace"):
        assert "--map-old-classes" in candidate.problem
    found = find_beside(project, STEM, "Ada Lovelace", map_old=True)
    people, model = (made.record for made in import_beside(project, found))
    groom = project.ethogram.by_name("groom")
    assert groom is not None
    assert [b.label for b in project.door.labels(people.id, None).bouts()] == [groom.id]
    assert project.door.labels(model.id, None).bouts() == []


def test_a_review_of_what_cannot_be_imported_waits_and_one_without_a_base_is_a_first_pass(
    project: Project, data: Path
) -> None:
    broken = put(data, f"{STEM}_map.csv", clip_text([1] * (FRAMES * 3)))
    labels(data, "_map_new", 2)
    original, review = find_beside(project, STEM, "Ada Lovelace")
    assert "120 rows for 40 frames" in original.problem
    assert "cannot be imported" in review.problem
    assert import_beside(project, [original, review]) == []
    broken.unlink()
    [alone] = find_beside(project, STEM, "Ada Lovelace")
    assert (alone.kind, alone.ready) == (Kind.FIRST, True)


def test_a_review_in_no_known_format_is_told(project: Project, data: Path) -> None:
    labels(data, "_map", 1)
    put(data, f"{STEM}_map_new.csv", "")
    put(data, f"{STEM}_notes.csv", "")
    original, review = find_beside(project, STEM, "Ada Lovelace")
    assert original.ready
    assert (review.kind, review.counts, review.ready) == (Kind.REVIEW, True, False)
    assert review.sentence == "is empty or in no format that is known here"
    [made] = import_beside(project, [original, review])
    assert made.record.source == f"{STEM}_map.csv"


def test_files_of_a_cut_clip_that_is_a_recording_itself_are_left_to_it(project: Project, data: Path) -> None:
    whole = data / "01_20180418_1200"
    whole.mkdir()
    imageio.imwrite(whole / "0.png", np.zeros((8, 8), np.uint8))
    video = project.add_video(whole)
    project.record_frames(video.id, 60000, 25.0, exact=True)
    labels(data, "_map", 1)
    put(data, "01_20180418_1200_s0_n40_map.csv", clip_text([2] * FRAMES))
    [own] = find_beside(project, video.id, "Ada Lovelace")
    assert own.path.name == "01_20180418_1200_s0_n40_map.csv"
    [made] = import_beside(project, [own])
    assert project.get_clip(made.record.clip).video == video.id
    assert [c.path.name for c in find_beside(project, STEM, "Ada Lovelace")] == [f"{STEM}_map.csv"]


def test_an_unknown_recording_is_refused(project: Project) -> None:
    with pytest.raises(ProjectError, match="no recording 'other'"):
        find_beside(project, "other", "Ada Lovelace")
