from datetime import date

import pytest
from napari_ethoprofile.annotation.assigning import AssignmentRequest, assign_plan, plan_assignment
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import BlindError, ProjectError
from napari_ethoprofile.annotation.project import Project

VIDEO = "01_20180418_1200"
CLIP, OTHER = f"{VIDEO}_s0_n50", f"{VIDEO}_s50_n50"


def score(project: Project, clip: str, who: str, kind: str = "first", label: int = 3) -> str:
    record = project.start_pass(clip, who, kind)
    with project.edit(record.id, who) as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, label))
        editor.submit()
    return record.id


def test_assigned_work_is_begun_and_submitted_on_record(project: Project) -> None:
    (made,) = project.assign("Bob", [CLIP], deadline=date(2026, 12, 1), plan="list x.csv", acting="ada")
    assert (made.clip, made.annotator, made.kind, made.state) == (CLIP, "Bob", "blind", "assigned")
    assert (made.deadline, made.plan, made.assigned_by) == (date(2026, 12, 1), "list x.csv", "Ada")
    assert project.passes() == []
    begun = project.start_pass(CLIP, "bob", "blind")
    (found,) = project.assignments("BOB")
    assert (found.state, found.pass_id) == ("open", begun.id)
    with project.edit(begun.id, "Bob") as editor:
        editor.submit()
    assert project.assignments()[0].state == "submitted"
    history = [(change.state, change.author) for change in project.pass_states(begun.id)]
    assert history == [("assigned", "Ada"), ("open", "Bob"), ("submitted", "Bob")]
    assert project.pass_states(begun.id)[0].at == made.assigned_at


def test_a_new_annotator_joins(project: Project) -> None:
    project.assign("Cleo Carr", [CLIP], "first")
    assert project.annotators()[-1].initials == "CC"
    assert project.start_pass(CLIP, "Cleo Carr").kind == "first"
    assert project.assignments("Cleo Carr")[0].state == "open"


def test_assigning_is_all_or_nothing(project: Project) -> None:
    score(project, CLIP, "Ada")
    project.add_clips([Stretch(VIDEO, 40, 60)])
    for clips, kind, message in (
        ([OTHER, "nowhere"], "blind", "no clip 'nowhere'"),
        ([OTHER, CLIP], "first", "first pass over frames 0 to 50"),
        ([OTHER, f"{VIDEO}_s40_n20"], "blind", "assigned to Ada already"),
        ([OTHER], "review", "as blind or first, not as 'review'"),
    ):
        with pytest.raises(ProjectError, match=message):
            project.assign("Ada", clips, kind)
    assert project.assignments() == []


def test_blind_work_comes_before_other_work_on_its_frames(project: Project) -> None:
    project.add_clips([Stretch(VIDEO, 40, 60)])
    project.assign("Bob", [CLIP])
    for clip, kind in ((CLIP, "first"), (f"{VIDEO}_s40_n20", "blind")):
        with pytest.raises(BlindError, match=rf"{CLIP} is assigned to Bob as a blind pass; score it before"):
            project.start_pass(clip, "Bob", kind)
    project.start_pass(CLIP, "Ada")
    project.start_pass(OTHER, "Bob")


def test_what_was_not_begun_can_be_withdrawn(project: Project) -> None:
    first = score(project, CLIP, "Ada")
    (copy,) = (project.folder / "labels").glob("*.csv")
    one, two = project.assign("Bob", [CLIP, OTHER])
    assert not copy.exists()
    assert not project.door.allowed(first, "Bob")
    project.start_pass(OTHER, "Bob", "blind")
    with pytest.raises(ProjectError, match=f"Bob has begun the clip {OTHER}"):
        project.withdraw_assignments([one.id, two.id], "Ada")
    assert len(project.assignments()) == 2
    assert project.withdraw_assignments([one.id], "Ada") == [one]
    assert [record.id for record in project.assignments()] == [two.id]
    assert project.door.allowed(first, "Bob")
    assert copy.exists()
    with pytest.raises(ProjectError, match="'ethoprofile assignments' lists"):
        project.withdraw_assignments([one.id], "Ada")


def test_blind_passes_are_drawn_from_what_others_score(project: Project) -> None:
    request = AssignmentRequest("Bob", share=1.0, by=("subject", "phase"))
    with pytest.raises(ProjectError, match="no clip that somebody else scores"):
        plan_assignment(project, request)
    project.assign("Ada", [OTHER], "first")
    plan = plan_assignment(project, request)
    assert [clip.id for clip in plan.clips] == [OTHER]
    (made,) = assign_plan(project, plan, "Ada")
    assert (made.kind, made.plan) == ("blind", "100% by subject, phase, seed 0")
    with pytest.raises(ProjectError, match="no clip that somebody else scores"):
        plan_assignment(project, request)


def test_first_passes_are_drawn_from_what_is_not_scored(project: Project) -> None:
    score(project, CLIP, "Ada")
    plan = plan_assignment(project, AssignmentRequest("Ada", "first", count=5))
    assert [clip.id for clip in plan.clips] == [OTHER]
    assert plan.candidates == 1


def test_what_makes_no_plan_is_refused(project: Project) -> None:
    for request, message in (
        (AssignmentRequest(" ", count=1), "to whom"),
        (AssignmentRequest("Bob"), "which clips"),
        (AssignmentRequest("Bob", count=1, share=0.5), "one of them"),
        (AssignmentRequest("Bob", repeat=0.5), "no clip that could be served again"),
    ):
        with pytest.raises(ProjectError, match=message):
            plan_assignment(project, request)


@pytest.mark.parametrize("kind", ["first", "blind"])
def test_a_repeat_becomes_a_blind_pass_when_it_is_submitted(project: Project, kind: str) -> None:
    first = score(project, CLIP, "Ada")
    plan = plan_assignment(project, AssignmentRequest("Ada", kind, repeat=1.0))
    assert plan.repeats == {CLIP: first}
    (made,) = assign_plan(project, plan)
    assert (made.kind, made.repeats) == (kind, "")
    again = project.start_pass(CLIP, "Ada", kind)
    assert (again.kind, again.based_on) == (kind, None)
    with project.edit(again.id, "Ada") as editor:
        editor.submit()
    again = project.get_pass(again.id)
    assert (again.kind, again.based_on) == ("blind", first)
    (done,) = project.assignments("Ada")
    assert (done.repeats, done.state) == (first, "submitted")
    assert [record.id for record in project.passes(clip=CLIP)] == [first, again.id]
    assert project.repeatable_passes("Ada") == {}
