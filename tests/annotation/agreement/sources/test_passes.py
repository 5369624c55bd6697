"""Passes of a project laid together: whose count where, what they began from, and what stays blind."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.agreement.sources import material_of_passes
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import AgreementError, BlindError, ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack
from numbered_video import RECIPES, write_numbered


def filled(label: int, frames: int = 20) -> LabelTrack:
    return LabelTrack.from_bouts([Bout(0, frames, label)], frames)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A home-cage project with a recording of 40 frames and two clips; Ada and Ben have scored nothing."""
    store = Project.create(tmp_path / "project", preset("home-cage"))
    video = store.add_video(write_numbered(tmp_path / "01_20180418_1200.avi", RECIPES["mjpeg.avi"], 40))
    store.record_frames(video.id, 40, 25.0, exact=True)
    store.add_clips([Stretch(video.id, 0, 20), Stretch(video.id, 20, 40)])
    for name in ("Ada", "Ben"):
        store.add_annotator(name)
    yield store
    store.close(discard=True)


def submitted(project: Project, clip: str, name: str, kind: str, label: int, **more: object) -> str:
    record = project.start_pass(clip, name, kind, **more)  # type: ignore[arg-type]
    with project.edit(record.id, name) as editor:
        if kind != "review":
            editor.commit(Edit.paint(editor.track, 0, 20, label))
        editor.submit()
    return record.id


def test_annotators_meet_where_both_have_passes(project: Project) -> None:
    first, second = (clip.id for clip in project.clips())
    project.import_track(first, "Ada", filled(1))
    project.import_track(second, "Ada", filled(2))
    project.import_track(first, "Ben", filled(1))
    material = material_of_passes(project, ["Ada", "Ben"])
    assert material.raters == ("Ada", "Ben")
    assert [clip.id for clip in material.clips] == [first]
    assert material.unshared == {"one_rater_only": 20}
    assert material.clips[0].subject == "01"
    assert np.array_equal(material.codes(material.clips[0], 0), np.ones((2, 20)))
    assert material_of_passes(project, []).raters == ("Ada", "Ben")


def test_clips_that_overlap_in_part_are_compared_where_they_do(project: Project) -> None:
    video = project.clips()[0].video
    project.import_track(Stretch(video, 0, 30), "Ada", filled(1, 30))
    project.import_track(Stretch(video, 10, 40), "Ben", filled(1, 30))
    material = material_of_passes(project, ["Ada", "Ben"])
    assert [(clip.start, clip.stop) for clip in material.clips] == [(10, 30)]
    assert material.unshared == {"one_rater_only": 20}


def test_the_first_pass_counts_unless_a_kind_is_named(project: Project) -> None:
    clip = project.clips()[0].id
    project.import_track(clip, "Ada", filled(1))
    submitted(project, clip, "Ada", "blind", 2)
    project.import_track(clip, "Ben", filled(3))
    for name, label in (("Ada", 1), ("Ada:first", 1), ("Ada:blind", 2)):
        material = material_of_passes(project, [name, "Ben"], "Ada")
        assert material.raters == (name, "Ben")
        assert set(np.unique(material.codes(material.clips[0], 0))) == {label, 3}


def test_how_a_pair_came_about_is_known(project: Project) -> None:
    clip = project.clips()[0].id
    first = submitted(project, clip, "Ada", "first", 1)
    submitted(project, clip, "Ben", "blind", 1)
    review = submitted(project, clip, "Ben", "review", 1, based_on=first)
    blind = material_of_passes(project, ["Ada", "Ben:blind"]).clips[0].codings
    assert blind[0].origin(blind[1]) == "blind"
    assert blind[0].coded_at is not None
    anchored = material_of_passes(project, [first, review]).clips[0].codings
    assert anchored[0].origin(anchored[1]) == "anchored"
    again = submitted(project, clip, "Ada", "blind", 1, based_on=first)
    intra = material_of_passes(project, [first, again])
    assert intra.raters == ("Ada", "Ada (blind)")
    assert intra.clips[0].codings[0].origin(intra.clips[0].codings[1]) == "blind"
    assert intra.clips[0].week(["Ada"]) is not None


def test_blind_labels_from_a_file_were_not_guarded_by_the_project(project: Project) -> None:
    clip = project.clips()[0].id
    submitted(project, clip, "Ada", "first", 1)
    project.import_track(clip, "Ben", filled(1), "blind", source="ben.csv")
    codings = material_of_passes(project, ["Ada", "Ben:blind"], "Ada").clips[0].codings
    assert codings[0].origin(codings[1]) == "separate"


def test_labels_accepted_from_proposals_are_pre_labeled(project: Project) -> None:
    clip = project.clips()[0].id
    project.import_track(clip, "Ada", filled(1), provenance="accepted")
    project.import_track(clip, "Ben", filled(1))
    one, other = material_of_passes(project, ["Ada", "Ben"]).clips[0].codings
    assert (one.prelabeled, other.prelabeled) == (1.0, 0.0)
    assert one.origin(other) == "pre-labeled"
    assert one.coded_at is not None


def test_open_blind_work_stays_blind(project: Project) -> None:
    clip = project.clips()[0].id
    project.import_track(clip, "Ada", filled(1))
    project.start_pass(clip, "Ben", "blind")
    for acting in ("Ben", None):
        with pytest.raises(BlindError):
            material_of_passes(project, ["Ada", "Ben"], acting)


def test_a_silent_repeat_is_not_given_away(project: Project) -> None:
    clip = project.clips()[0].id
    first = submitted(project, clip, "Ada", "first", 1)
    submitted(project, clip, "Ben", "first", 1)
    project.assign("Ada", [clip], "first", repeats={clip: first})
    with pytest.raises(ProjectError, match="Ada has no pass in this project"):
        material_of_passes(project, ["Ada", "Ben"], "Ada")
    with pytest.raises(ProjectError, match=f"no annotator '{first}'"):
        material_of_passes(project, [first, "Ben"], "Ada")
    assert material_of_passes(project, ["Ada", "Ben"], "Ben").raters == ("Ada", "Ben")


def test_passes_that_do_not_meet_are_refused(project: Project) -> None:
    first, second = (clip.id for clip in project.clips())
    project.import_track(first, "Ada", filled(1))
    project.import_track(second, "Ben", filled(1))
    with pytest.raises(AgreementError, match="Ada and Ben have coded no frames in common"):
        material_of_passes(project, ["Ada", "Ben"])
    with pytest.raises(AgreementError, match="named twice"):
        material_of_passes(project, ["Ada", "Ada"])
    with pytest.raises(ProjectError, match="Ben has no blind pass in this project"):
        material_of_passes(project, ["Ada", "Ben:blind"])
    with pytest.raises(ProjectError, match="no annotator"):
        material_of_passes(project, ["Ada", "Cleo"])


def test_an_empty_pass_is_refused_and_an_open_one_is_named(project: Project) -> None:
    clip = project.clips()[0].id
    project.import_track(clip, "Ada", filled(1))
    project.start_pass(clip, "Ben")
    with pytest.raises(AgreementError, match="Ben has labeled nothing"):
        material_of_passes(project, ["Ada", "Ben"])
    project.import_track(clip, "Cleo", filled(2))
    notes = material_of_passes(project, ["Ada", "Cleo"]).notes
    assert any("2 passes are not submitted yet" in sentence for sentence in notes)
