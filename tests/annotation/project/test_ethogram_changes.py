from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import EthogramError, ProjectError
from napari_ethoprofile.annotation.ethogram import Behavior, Ethogram
from napari_ethoprofile.annotation.project import PassEditor, Project
from napari_ethoprofile.annotation.tracks import Bout, Coverage

VIDEO = "01_20180418_1200"


def pick(project: Project, name: str) -> Behavior:
    found = project.ethogram.by_name(name)
    assert found is not None
    return found


def without(ethogram: Ethogram, *names: str) -> Ethogram:
    return replace(ethogram, behaviors=tuple(b for b in ethogram.behaviors if b.name not in names))


def changed(ethogram: Ethogram, which: str, **values: object) -> Ethogram:
    behaviors = tuple(replace(b, **values) if b.name == which else b for b in ethogram.behaviors)  # type: ignore[arg-type]
    return replace(ethogram, behaviors=behaviors)


@pytest.fixture
def editor(project: Project, clip: str) -> PassEditor:
    """An editor of Ada's pass: walk, rest, and a groom that was undone."""
    editor = project.edit(project.start_pass(clip, "Ada").id, "Ada")
    for start, stop, name in ((0, 10, "walk"), (10, 20, "rest"), (15, 18, "walk"), (40, 45, "groom")):
        editor.commit(Edit.paint(editor.track, start, stop, pick(project, name).id))
    editor.undo()
    return editor


def labels(project: Project, editor: PassEditor) -> list[tuple[int, int, str]]:
    return [(b.start, b.stop, project.ethogram.label_name(b.label)) for b in editor.track.bouts()]


def test_renaming_touches_no_label(project: Project, editor: PassEditor) -> None:
    before = editor.track.copy()
    change = project.change_ethogram(
        changed(project.ethogram, "walk", name="locomotion", color="#000000", keys=("q",)), "Ada"
    )
    assert change.renamed == (("walk", "locomotion"),)
    assert (change.passes, change.sentence()) == (0, "No label is touched.")
    assert editor.track == before
    assert [(v.version, v.author) for v in project.ethogram_versions()] == [(1, ""), (2, "Ada")]
    assert project.ethogram.label_name(8) == "locomotion"


def test_no_change_makes_no_version(project: Project) -> None:
    project.change_ethogram(project.ethogram, "Ada")
    assert len(project.ethogram_versions()) == 1


def test_a_preview_tells_what_a_merge_touches_and_does_nothing(project: Project, editor: PassEditor) -> None:
    editor.flush()
    walk, rest = pick(project, "walk"), pick(project, "rest")
    new = without(project.ethogram, "walk")
    preview = project.preview_ethogram_change(new, {walk.id: rest.id}, acting="Ada")
    assert preview.merged == (("walk", "rest"),)
    assert (preview.passes, preview.bouts, preview.frames, preview.problems) == (1, 2, 13, ())
    assert preview.sentence() == "2 bouts (13 frames) in 1 passes change."
    assert len(project.ethogram_versions()) == 1
    assert len(project.door.history(editor.record.id, "Ada")) == 5


def test_merging_rewrites_labels_as_steps_of_the_journal(project: Project, editor: PassEditor) -> None:
    walk, rest = pick(project, "walk"), pick(project, "rest")
    reloads: list[bool] = []
    editor.reloaded.connect(lambda: reloads.append(True))
    project.change_ethogram(without(project.ethogram, "walk"), "Bob", {walk.id: rest.id})
    assert reloads == [True]
    assert labels(project, editor) == [(0, 20, "rest")]
    *_, last = project.door.history(editor.record.id, "Ada")
    assert (last.act, last.author) == ("ethogram", "Bob")
    assert isinstance(last.change, Edit)
    assert (last.change.provenance, last.change.reason) == ("ethogram v2", "walk merged into rest")
    first, *_ = project.door.history(editor.record.id, "Ada")
    assert first.author == "Ada"


def test_undo_goes_back_across_a_merge(project: Project, editor: PassEditor) -> None:
    walk, rest = pick(project, "walk"), pick(project, "rest")
    project.change_ethogram(without(project.ethogram, "walk"), "Ada", {walk.id: rest.id})
    editor.redo()
    assert labels(project, editor) == [(0, 20, "rest"), (40, 45, "groom")]
    editor.undo()
    editor.undo()  # walk over rest has become rest over rest: the step before it is undone
    assert labels(project, editor) == [(0, 10, "rest")]
    editor.undo()
    assert labels(project, editor) == []
    assert not editor.can_undo


def test_what_was_only_undone_may_be_removed(project: Project, editor: PassEditor) -> None:
    assert editor.can_redo
    project.change_ethogram(without(project.ethogram, "groom"), "Ada")
    assert not editor.can_redo
    assert len(editor.track.bouts()) == 4


def test_what_is_in_use_is_not_removed(project: Project, editor: PassEditor) -> None:
    editor.flush()
    new = without(project.ethogram, "walk", "eat")
    (problem,) = project.preview_ethogram_change(new).problems
    assert problem.startswith("'walk' is used in 1 pass and cannot be removed; merge it")
    with pytest.raises(EthogramError, match="'walk' is used in 1 pass"):
        project.change_ethogram(new, "Ada")
    assert pick(project, "eat")
    project.change_ethogram(without(project.ethogram, "eat"), "Ada")
    assert project.ethogram.by_name("eat") is None


def test_what_is_in_use_does_not_leave_its_group(project: Project, editor: PassEditor) -> None:
    editor.flush()
    with pytest.raises(EthogramError, match="'walk' is used in 1 pass and cannot be moved to another group"):
        project.change_ethogram(changed(project.ethogram, "walk", group="gait"), "Ada")
    project.change_ethogram(changed(project.ethogram, "eat", group="mouth"), "Ada")
    assert project.ethogram.groups == ("behavior", "mouth")


def test_a_new_group_is_a_new_column(project: Project, editor: PassEditor) -> None:
    editor.commit(Edit.paint(editor.track, 30, 35, 0))
    assert editor.coverage == Coverage(20, 5, 25)
    sniff = Behavior(project.next_behavior_id(), "sniff", ("z",), group="nose")
    new = replace(project.ethogram, behaviors=(sniff, *project.ethogram.behaviors))
    project.change_ethogram(new, "Ada")
    assert new.groups == ("nose", "behavior")
    assert editor.track.groups == 2
    assert [b.label for b in editor.track.bouts(0)] == []
    assert labels_in(editor, 1) == [(0, 10, 8), (10, 15, 7), (15, 18, 8), (18, 20, 7), (30, 35, 0)]
    assert editor.coverage == project.door.coverage(editor.record.id, "Ada") == Coverage(20, 0, 30)
    editor.commit(Edit.paint(editor.track, 0, 3, sniff.id, group=0))
    editor.undo()
    editor.undo()
    assert labels_in(editor, 1)[-1] == (18, 20, 7)


def labels_in(editor: PassEditor, group: int) -> list[tuple[int, int, int]]:
    return [(b.start, b.stop, b.label) for b in editor.track.bouts(group)]


def test_a_renamed_group_keeps_its_labels(project: Project, editor: PassEditor) -> None:
    before = editor.track.copy()
    behaviors = tuple(replace(b, group="posture") for b in project.ethogram.behaviors)
    project.change_ethogram(replace(project.ethogram, behaviors=behaviors), "Ada")
    assert project.ethogram.groups == ("posture",)
    editor.reload()
    assert editor.track == before
    assert project.ethogram_versions()[-1].groups == {"posture": 1}


def test_a_group_with_none_labels_is_not_removed(make_two_groups: Callable[[], PassEditor]) -> None:
    editor = make_two_groups()
    project = editor.project  # type: ignore[attr-defined]
    editor.commit(Edit.paint(editor.track, 0, 5, 0, group=1))
    editor.flush()
    with pytest.raises(EthogramError, match="The group 'mouth' holds 'none' labels in 1 pass"):
        project.change_ethogram(without(project.ethogram, "chew"), "Ada")
    editor.undo()
    project.change_ethogram(without(project.ethogram, "chew"), "Ada")
    assert editor.track.groups == 1
    assert editor.redo() == []


@pytest.fixture
def make_two_groups(make_project: Callable[..., Project], recording: Path) -> Callable[[], PassEditor]:
    def make() -> PassEditor:
        two = Ethogram((Behavior(1, "stand"), Behavior(2, "chew", group="mouth"), Behavior(3, "sit")))
        project = make_project("two", two)
        video = project.add_video(recording)
        (clip,) = project.add_clips([Stretch(video.id, 0, 20)])
        project.add_annotator("Ada")
        editor = project.edit(project.start_pass(clip.id, "Ada").id, "Ada")
        editor.project = project  # type: ignore[attr-defined]
        return editor

    return make


def test_merging_into_another_group_is_refused(make_two_groups: Callable[[], PassEditor]) -> None:
    project = make_two_groups().project  # type: ignore[attr-defined]
    with pytest.raises(
        EthogramError, match="'stand' cannot be merged into 'chew', which is in another group"
    ):
        project.change_ethogram(without(project.ethogram, "stand"), "Ada", {1: 2})


@pytest.mark.parametrize(
    ("drop", "merge", "message"),
    [
        (("walk",), {99: 1}, "no behavior with the id 99 that could"),
        (("walk",), {8: 99}, "no behavior with the id 99 to merge into"),
        ((), {8: 1}, "'walk' cannot be merged and kept"),
    ],
)
def test_merges_that_make_no_sense_are_refused(
    project: Project, drop: tuple[str, ...], merge: dict[int, int], message: str
) -> None:
    with pytest.raises(EthogramError, match=message):
        project.change_ethogram(without(project.ethogram, *drop), "Ada", merge)


def test_ids_never_come_back_for_another_behavior(project: Project) -> None:
    walk = pick(project, "walk")
    project.change_ethogram(without(project.ethogram, "walk"), "Ada")
    assert project.next_behavior_id() == 9
    other = Behavior(walk.id, "sneeze")
    with pytest.raises(EthogramError, match="The id 8 belonged to 'walk' and cannot be given to 'sneeze'"):
        project.change_ethogram(replace(project.ethogram, behaviors=(other,)), "Ada")
    back = replace(project.ethogram, behaviors=(*project.ethogram.behaviors, walk))
    assert project.change_ethogram(back, "Ada").added == ("walk",)


def test_a_merged_behavior_does_not_come_back(project: Project) -> None:
    walk = pick(project, "walk")
    project.change_ethogram(without(project.ethogram, "walk"), "Ada", {walk.id: 1})
    back = replace(project.ethogram, behaviors=(*project.ethogram.behaviors, walk))
    with pytest.raises(EthogramError, match="The id 8 belonged to 'walk'"):
        project.change_ethogram(back, "Ada")


def test_a_pass_in_another_window_hinders_a_merge(project: Project, editor: PassEditor) -> None:
    editor.flush()
    with Project.open(project.folder) as second:
        with pytest.raises(ProjectError, match=r"Ada has a pass open on .* whose labels"):
            second.change_ethogram(without(second.ethogram, "walk"), "Bob", {8: 7})
        second.change_ethogram(changed(second.ethogram, "walk", color="#123456"), "Bob")
    assert pick(project, "walk").color == "#123456"


def test_another_window_sees_the_new_ethogram(project: Project, editor: PassEditor) -> None:
    with Project.open(project.folder) as second:
        project.change_ethogram(without(project.ethogram, "walk"), "Ada", {8: 7})
        assert second.ethogram == project.ethogram
        assert second.door.labels(editor.record.id, "Bob") == editor.track


def test_an_open_bout_hinders_a_change(project: Project, editor: PassEditor) -> None:
    editor.open_bout(0, 5, 1)
    with pytest.raises(ProjectError, match="A bout is still open"):
        project.change_ethogram(without(project.ethogram, "eat"), "Ada")


def test_what_stays_blind_is_not_counted(project: Project, editor: PassEditor, clip: str) -> None:
    editor.flush()
    project.start_pass(clip, "Bob", kind="blind")
    preview = project.preview_ethogram_change(without(project.ethogram, "walk"), {8: 7}, acting="Bob")
    assert (preview.passes, preview.hidden, preview.bouts, preview.frames) == (1, 1, 0, 0)


def test_merged_labels_are_read_the_same_by_every_reader(project: Project, editor: PassEditor) -> None:
    project.change_ethogram(without(project.ethogram, "walk"), "Ada", {8: 7})
    project.change_ethogram(without(project.ethogram, "rest"), "Ada", {7: 1})
    expected = np.full(50, -1)
    expected[:20] = 1
    pass_id = editor.record.id
    editor.close()
    assert np.array_equal(project.door.labels(pass_id, "Ada").codes[:, 0], expected)
    with project.edit(pass_id, "Ada") as again:
        assert again.track.bouts() == [Bout(0, 20, 1)]
