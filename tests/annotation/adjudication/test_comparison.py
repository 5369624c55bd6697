"""Passes side by side, read through the door, and the consensus pass that begins with what they share."""

import pytest
from compared_passes import FRAMES, add_pass, labels
from napari_ethoprofile.annotation.adjudication import (
    Standing,
    begin_consensus,
    compare_passes,
    find_consensus,
    finish_consensus,
    leave,
    ruling_on,
    take,
)
from napari_ethoprofile.annotation.errors import BlindError, ProjectError
from napari_ethoprofile.annotation.project import Project


def test_disagreements_and_frames_of_every_pair(project: Project, two: list[str]) -> None:
    comparison = compare_passes(project, two, "Dora")
    found = [(item.start, item.stop, item.labels) for item in comparison.disagreements]
    assert found == [(40, 50, (1, 2)), (60, 70, (2, 5)), (90, 100, (3, -1))]
    assert comparison.confusion() == {
        (1, 1): 40, (1, 2): 10, (2, 2): 20, (2, 5): 10, (3, 3): 10, (3, -1): 10,
    }  # fmt: skip


def test_a_consensus_begins_with_what_all_share_and_is_found_again(project: Project, two: list[str]) -> None:
    comparison = compare_passes(project, two, "Dora")
    assert find_consensus(project, comparison, "Dora") is None
    record = begin_consensus(project, comparison, "Dora")
    assert (record.annotator, record.kind) == ("Dora", "consensus")
    runs = project.door.provenance(record.id, "Dora")
    assert [(run.start, run.stop, run.provenance) for run in runs] == [
        (0, 40, "agreed"), (40, 50, ""), (50, 60, "agreed"), (60, 70, ""), (70, 90, "agreed"), (90, 100, ""),
    ]  # fmt: skip
    again = compare_passes(project, two[::-1], "dora")
    assert begin_consensus(project, again, "dora") == record
    assert begin_consensus(project, again, "Cora") != record


def test_decisions_are_written_into_the_consensus_pass_only(project: Project, two: list[str]) -> None:
    comparison = compare_passes(project, two, "Dora")
    before = [project.door.history(pass_id, "Dora") for pass_id in two]
    record = begin_consensus(project, comparison, "Dora")
    ada = comparison.raters[0]
    with project.edit(record.id, "Dora") as editor:
        for item in comparison.disagreements:
            editor.commit_all(take(item, editor, ada.track, ada.verdict("clearer")))
    assert project.door.labels(record.id, "Dora") == ada.track
    assert [project.door.history(pass_id, "Dora") for pass_id in two] == before
    with project.edit(record.id, "Dora", read_only=True) as editor:
        rulings = [ruling_on(item, editor) for item in comparison.disagreements]
        assert {ruling.standing for ruling in rulings} == {Standing.RESOLVED}
        assert {(r.verdict.pass_id, r.verdict.reason, r.author) for r in rulings} == {
            (two[0], "clearer", "Dora")
        }


def test_a_model_can_be_followed_but_does_not_vote(project: Project, two: list[str]) -> None:
    model = add_pass(project, "mobile-3", labels((0, FRAMES, 7)), "model")
    comparison = compare_passes(project, [*two, model], "Dora")
    assert list(comparison.sources) == ["A", "B", "model"]
    assert len(comparison.disagreements) == 3
    against = compare_passes(project, [two[0], model], "Dora")
    assert list(against.sources) == ["A", "B"]


def test_what_a_model_says_is_not_shown_where_models_are_tested(project: Project, two: list[str]) -> None:
    model = add_pass(project, "mobile-3", labels((0, FRAMES, 7)), "model")
    [video] = project.videos()
    project.add_subject("07")
    project.set_video(video.id, subject="07")
    project.keep_subjects("champion", ["07"])
    with pytest.raises(ProjectError, match="kept apart to test models: compare the passes of people only"):
        compare_passes(project, [*two, model], "Dora")
    assert list(compare_passes(project, two, "Dora").sources) == ["A", "B"]


def test_nobody_with_an_open_blind_pass_sees_a_comparison(project: Project, two: list[str]) -> None:
    [clip] = project.clips()
    project.start_pass(clip.id, "Dora", "blind")
    comparison = compare_passes(project, two, "Cora")
    with pytest.raises(BlindError):
        compare_passes(project, two, "Dora")
    with pytest.raises(BlindError):
        begin_consensus(project, comparison, "Dora")
    with pytest.raises(BlindError):
        compare_passes(project, two, None)


def test_what_cannot_be_compared_is_told(project: Project, two: list[str]) -> None:
    [clip] = project.clips()
    open_pass = project.start_pass(clip.id, "Cora")
    with pytest.raises(ProjectError, match="two or more"):
        compare_passes(project, [two[0], two[0]], "Dora")
    with pytest.raises(ProjectError, match="not submitted"):
        compare_passes(project, [two[0], open_pass.id], "Dora")
    consensus = begin_consensus(project, compare_passes(project, two, "Dora"), "Dora")
    with pytest.raises(ProjectError, match="is a consensus"):
        compare_passes(project, [two[0], consensus.id], "Dora")


def test_a_consensus_is_finished_when_everything_is_decided(project: Project, two: list[str]) -> None:
    comparison = compare_passes(project, two, "Dora")
    record = begin_consensus(project, comparison, "Dora")
    assert {project.get_pass(pass_id).state for pass_id in two} == {"compared"}
    with project.edit(record.id, "Dora") as editor:
        first, *rest = comparison.disagreements
        for item in rest:
            editor.commit_all(leave(item, editor))
        with pytest.raises(ProjectError, match="1 of 3 disagreements"):
            finish_consensus(project, comparison, editor)
        editor.commit_all(leave(first, editor))
        finish_consensus(project, comparison, editor)
    assert {project.get_pass(pass_id).state for pass_id in [*two, record.id]} == {"adjudicated"}
