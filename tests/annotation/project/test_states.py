import sqlite3
from dataclasses import replace

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import BlindError, EthogramError, ProjectError
from napari_ethoprofile.annotation.project import Project, State


@pytest.fixture
def done(project: Project, clip: str) -> str:
    """A submitted first pass of Ada."""
    return score(project, project.start_pass(clip, "Ada").id, "Ada")


def score(project: Project, pass_id: str, who: str) -> str:
    with project.edit(pass_id, who) as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, 3))
        editor.submit()
    return pass_id


def test_states_go_on_and_are_on_record(project: Project, done: str) -> None:
    submitted_at = project.get_pass(done).submitted_at
    project.mark_compared([done], "Bob")
    project.mark_adjudicated([done, done], "bob")
    project.mark_compared([done], "Bob")  # it is further already
    (frozen,) = project.freeze_passes([done], "test", "Ada")
    assert (frozen.state, frozen.submitted_at) == (State.TEST, submitted_at)
    assert frozen.state.finished
    assert frozen.state.frozen
    assert [(change.state, change.author) for change in project.pass_states(done)] == [
        ("open", "Ada"),
        ("submitted", "Ada"),
        ("compared", "Bob"),
        ("adjudicated", "Bob"),
        ("frozen-test", "Ada"),
    ]


def test_what_is_open_is_not_compared(project: Project, done: str) -> None:
    review = project.start_pass(project.get_pass(done).clip, "Bob", "review", done)
    for act in (project.mark_compared, project.mark_adjudicated):
        with pytest.raises(ProjectError, match=f"{review.id} is not submitted yet"):
            act([done, review.id], "Ada")
    assert project.get_pass(done).state == "submitted"


def test_nobody_compares_what_is_closed_to_them(project: Project, done: str) -> None:
    project.start_pass(project.get_pass(done).clip, "Bob", kind="blind")
    with pytest.raises(BlindError):
        project.mark_compared([done], "Bob")


def test_a_frozen_pass_stays_as_it_is(project: Project, done: str) -> None:
    project.freeze_passes([done], "training", "Bob")
    with pytest.raises(ProjectError, match="frozen as training data and stays as it is"):
        project.reopen_pass(done, "Ada")
    with project.edit(done, "Ada") as editor:
        assert "frozen as training data" in editor.read_only
        with pytest.raises(ProjectError, match="frozen"):
            editor.commit(Edit.paint(editor.track, 0, 5, 1))
    with pytest.raises(ProjectError, match="frozen as training data already and cannot become test data"):
        project.freeze_passes([done], "test", "Bob")
    project.mark_compared([done], "Bob")
    assert project.get_pass(done).state == "frozen-training"
    assert project.freeze_passes([done], "training", "Bob")[0].state == "frozen-training"


def test_the_database_itself_refuses_to_change_a_frozen_pass(project: Project, done: str) -> None:
    project.freeze_passes([done], "test", "Bob")
    connection = sqlite3.connect(project.folder / "ethoprofile.db")
    for statement in (
        "UPDATE passes SET state = 'open'",
        (
            "INSERT INTO edits SELECT 99, pass, 99, part, at, author, act, target, what, [group], start, "
            "before, after, provenance, reason, model_pass FROM edits LIMIT 1"
        ),
    ):
        with pytest.raises(sqlite3.IntegrityError, match="frozen"):
            connection.execute(statement)
    connection.close()


def test_behaviors_of_frozen_passes_are_not_merged(project: Project, done: str) -> None:
    project.freeze_passes([done], "test", "Bob")
    behaviors = project.ethogram.behaviors
    name = next(b.name for b in behaviors if b.id == 3)
    merged = replace(project.ethogram, behaviors=tuple(b for b in behaviors if b.id != 3))
    with pytest.raises(
        EthogramError, match=f"'{name}' is used in 1 pass that is frozen and cannot be merged"
    ):
        project.change_ethogram(merged, "Ada", {3: 1})


def test_freezing_is_all_or_nothing(project: Project, done: str) -> None:
    review = project.start_pass(project.get_pass(done).clip, "Bob", "review", done)
    with pytest.raises(ProjectError, match="nothing was frozen"):
        project.freeze_passes([done, review.id], "test", "Ada")
    assert project.get_pass(done).state == "submitted"
    with pytest.raises(ProjectError, match="not as 'play'"):
        project.freeze_passes([done], "play", "Ada")


def test_a_compared_first_pass_can_be_reopened(project: Project, done: str) -> None:
    project.mark_compared([done], "Bob")
    assert project.reopen_pass(done, "Ada").submitted_at is None
    score(project, done, "Ada")
    assert project.get_pass(done).state == "submitted"
