import pytest
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import ModelAct, Project
from sqlalchemy import text


def test_the_last_model_that_was_made_current_is_the_current_one(project: Project) -> None:
    assert project.current_model() is None
    project.note_model("one@1", "one", ModelAct.TRAINED, data="abc", verdict={"clips": 3}, author="Ada")
    assert project.current_model() is None
    project.note_model("one@1", "one", "current")
    project.note_model("two@2", "two", ModelAct.ASIDE, parent="one@1", verdict={"sentence": "worse"})
    current = project.current_model()
    assert current is not None
    assert (current.model, current.name) == ("one@1", "one")
    project.note_model("two@2", "two", ModelAct.ROLLED_BACK, parent="one@1", author="Bob")
    assert project.current_model().name == "two"  # type: ignore[union-attr]
    events = project.model_events()
    assert [(e.model, e.act.value) for e in events] == [
        ("one@1", "trained"),
        ("one@1", "current"),
        ("two@2", "aside"),
        ("two@2", "rolled back"),
    ]
    assert (events[0].data, events[0].verdict, events[0].author) == ("abc", {"clips": 3}, "Ada")
    assert events[2].verdict == {"sentence": "worse"}
    assert events[0].at < events[3].at


def test_what_happens_once_is_noted_once(project: Project) -> None:
    first = project.note_model("one@1", "one", ModelAct.TRAINED, once=True)
    assert project.note_model("one@1", "one", ModelAct.TRAINED, author="Bob", once=True) == first
    project.note_model("one@2", "one", ModelAct.TRAINED, once=True)  # other weights of the same name
    assert [event.model for event in project.model_events()] == ["one@1", "one@2"]


def test_history_is_only_added_to(project: Project) -> None:
    project.note_model("one@1", "one", ModelAct.TRAINED)
    for statement in ("UPDATE model_events SET name = 'x'", "DELETE FROM model_events"):
        with pytest.raises(ProjectError, match="append-only"), project.database.writing() as connection:
            connection.execute(text(statement))
    with pytest.raises(ProjectError, match="'crowned' cannot happen to a model; it can be trained"):
        project.note_model("one@1", "one", "crowned")
    with pytest.raises(ProjectError, match="needs an id and a name"):
        project.note_model("", "one", ModelAct.TRAINED)


def test_a_project_for_reading_has_a_history_and_takes_no_line(project: Project) -> None:
    project.note_model("one@1", "one", ModelAct.CURRENT)
    with Project.open(project.folder, read_only=True) as reading:
        assert reading.current_model().name == "one"  # type: ignore[union-attr]
        with pytest.raises(ProjectError, match="open for reading only"):
            reading.note_model("two@1", "two", ModelAct.CURRENT)
