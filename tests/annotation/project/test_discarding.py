"""Discarded passes count no more and can be restored; nothing is deleted."""

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.exchange import export_passes
from napari_ethoprofile.annotation.project import PassRecord, Project, State


@pytest.fixture
def submitted(project: Project, clip: str) -> PassRecord:
    """A submitted first pass of Ada's with one bout."""
    record = project.start_pass(clip, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, 1))
        editor.submit()
    return project.get_pass(record.id)


def test_a_discarded_pass_is_out_of_lists_exports_and_copies_but_keeps_its_journal(
    project: Project, clip: str, submitted: PassRecord, tmp_path
) -> None:
    assert project.discard_pass(submitted.id, "Ada").state is State.DISCARDED
    assert project.passes() == []
    assert project.discarded_passes() == [project.get_pass(submitted.id)]
    assert [c["passes"] for c in project.status()["clips"]] == [[], []]
    assert list((project.folder / "labels").glob("*.csv")) == []
    with pytest.raises(ProjectError, match="nothing to export"):
        export_passes(project, tmp_path / "out", "bouts")
    assert [b.stop for b in project.door.labels(submitted.id, "Ada").bouts()] == [10]
    with project.edit(submitted.id, "Ada") as editor:
        assert "was discarded" in editor.read_only
    for forbidden in (
        lambda: project.reopen_pass(submitted.id, "Ada"),
        lambda: project.discard_pass(submitted.id, "Ada"),
        lambda: project.freeze_passes([submitted.id], "test", "Ada"),
        lambda: project.start_pass(clip, "Bob", "review", submitted.id),
    ):
        with pytest.raises(ProjectError):
            forbidden()


def test_its_frames_are_free_for_a_new_first_pass_and_it_comes_back_only_when_they_are_free_again(
    project: Project, clip: str, submitted: PassRecord
) -> None:
    project.discard_pass(submitted.id, "Ada")
    second = project.start_pass(clip, "Ada")
    with pytest.raises(ProjectError, match="has a first pass"):
        project.restore_pass(submitted.id, "Ada")
    project.discard_pass(second.id, "Ada")
    back = project.restore_pass(submitted.id, "Ada")
    assert back == submitted
    assert project.passes() == [submitted]
    assert len(list((project.folder / "labels").glob("*.csv"))) == 1
    states = [(change.state, change.author) for change in project.pass_states(submitted.id)]
    assert states == [("open", "Ada"), ("submitted", "Ada"), ("discarded", "Ada"), ("submitted", "Ada")]
    with pytest.raises(ProjectError, match="was not discarded"):
        project.restore_pass(submitted.id, "Ada")


def test_an_open_pass_comes_back_open(project: Project, clip: str) -> None:
    record = project.start_pass(clip, "Ada")
    project.discard_pass(record.id, "Ada")
    assert project.restore_pass(record.id, "Ada") == record
    with project.edit(record.id, "Ada") as editor:
        assert editor.read_only == ""


def test_nobody_discards_the_work_of_another_person_or_what_is_frozen_or_open(
    project: Project, clip: str, submitted: PassRecord
) -> None:
    with pytest.raises(ProjectError, match="only they can discard"):
        project.discard_pass(submitted.id, "Bob")
    second = project.start_pass(project.clips()[1].id, "Ada")
    with project.edit(second.id, "Ada"), pytest.raises(ProjectError, match="has this pass open"):
        project.discard_pass(second.id, "Ada")
    project.freeze_passes([submitted.id], "training", "Ada")
    with pytest.raises(ProjectError, match="is frozen"):
        project.discard_pass(submitted.id, "Ada")


def test_anybody_discards_the_pass_of_a_model(project: Project, clip: str) -> None:
    project.add_annotator("net 3")
    record = project.start_pass(clip, "net 3", "model")
    assert project.discard_pass(record.id, "Bob").state is State.DISCARDED


def test_blind_work_cannot_be_tried_twice_but_assigned_work_is_due_again(
    project: Project, clip: str, submitted: PassRecord
) -> None:
    own = project.start_pass(clip, "Bob", "blind")
    with pytest.raises(ProjectError, match="A blind pass stays on record"):
        project.discard_pass(own.id, "Bob")
    with project.edit(own.id, "Bob") as editor:
        editor.submit()
    [work] = project.assign("Ada", [project.clips()[1].id], "blind")
    begun = project.start_pass(work.clip, "Ada", "blind")
    project.discard_pass(begun.id, "Ada")
    [due] = project.assignments("Ada")
    assert (due.state, due.pass_id) == (State.ASSIGNED, "")
    project.restore_pass(begun.id, "Ada")
    assert project.assignments("Ada")[0].pass_id == begun.id
