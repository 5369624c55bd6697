from pathlib import Path

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import AnnotatorRecord, Project, SubjectRecord


def test_annotators_are_known_by_name_without_case(project: Project) -> None:
    assert project.add_annotator("  ada ") == AnnotatorRecord("Ada", "A")
    assert project.add_annotator("Özlem  Çelik") == AnnotatorRecord("Özlem Çelik", "ÖÇ")
    assert project.add_annotator("Carl", "xyz").initials == "xyz"
    assert [person.name for person in project.annotators()] == ["Ada", "Bob", "Özlem Çelik", "Carl"]


def test_an_annotator_needs_a_name(project: Project) -> None:
    with pytest.raises(ProjectError, match="needs a name"):
        project.add_annotator("  ")


def test_subjects_are_completed_step_by_step(project: Project) -> None:
    project.add_subject("01", strain="BALB/c")
    project.add_subject("01", cage="7", tattoo="left")
    (subject,) = project.subjects()
    assert subject == SubjectRecord("01", "BALB/c", "", "7", {"tattoo": "left"})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_subjects_come_from_a_table(project: Project, tmp_path: Path, separator: str) -> None:
    rows = [
        ["ID", "Strain", "Sex", "Cage", "Birth date"],
        ["01", "C57BL/6J", "f", "3", "2018-01-02"],
        ["02", "BALB/c", "m", "", "NA"],
    ]
    path = tmp_path / "mice.csv"
    path.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8-sig")
    assert len(project.import_subjects(path)) == 2
    assert project.subjects() == [
        SubjectRecord("01", "C57BL/6J", "f", "3", {"Birth date": "2018-01-02"}),
        SubjectRecord("02", "BALB/c", "m", "", {"Birth date": "NA"}),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,strain\nx,y\n", "needs a column 'id'"),
        ("id,strain\n01,a\n01,b\n", "Row 3 .* names '01' again"),
        ("id,strain\n01,a\n,b\n", "Row 3 .* has no id"),
        ("", "is empty"),
        ("id,strain\n01,a,b\n", "Row 2 .* more cells"),
    ],
)
def test_a_wrong_table_changes_nothing(project: Project, tmp_path: Path, text: str, message: str) -> None:
    before = project.subjects()
    (tmp_path / "mice.csv").write_text(text)
    with pytest.raises(ProjectError, match=message):
        project.import_subjects(tmp_path / "mice.csv")
    assert project.subjects() == before


def test_settings_are_remembered(project: Project) -> None:
    assert project.settings.get("contrast", 1) == 1
    project.settings.set("contrast", {"low": 3, "high": [1, 2.5, None, "ü"]})
    folder = project.folder
    project.close()
    with Project.open(folder) as again:
        assert again.settings.get("contrast") == {"low": 3, "high": [1, 2.5, None, "ü"]}
        again.settings.set("contrast", None)
        assert again.settings.all() == {}


def test_a_renamed_annotator_keeps_passes_and_history_and_the_rename_is_on_record(
    project: Project, clip: str
) -> None:
    record = project.start_pass(clip, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, 1))
        editor.submit()
    project.freeze_passes([record.id], "test", "Bob")
    project.assign("Ada", [project.clips()[1].id], "first")
    assert project.rename_annotator("ada", "Ada  Lovelace", acting="Bob") == AnnotatorRecord(
        "Ada Lovelace", "AL"
    )
    assert [person.name for person in project.annotators()] == ["Ada Lovelace", "Bob"]
    assert project.get_pass(record.id).annotator == "Ada Lovelace"
    assert [work.annotator for work in project.assignments()] == ["Ada Lovelace"] * 1
    [entry] = project.door.history(record.id, "Ada Lovelace")
    assert entry.author == "Ada"
    [change] = project.renamings()
    assert (change.old, change.new, change.author) == ("Ada", "Ada Lovelace", "Bob")
    assert change.at


def test_the_old_name_still_finds_the_person(project: Project, clip: str) -> None:
    project.rename_annotator("Ada", "Grace")
    project.rename_annotator("Grace", "Hedy")
    assert project.get_annotator("ada").name == "Hedy"
    assert project.add_annotator("Grace").name == "Hedy"
    record = project.start_pass(clip, "Ada")
    assert project.passes(annotator="ADA") == [record]
    project.rename_annotator("Hedy", "Ada")
    assert project.get_annotator("Hedy").name == "Ada"


def test_two_people_never_become_one_and_nobody_is_renamed_in_the_middle_of_work(
    project: Project, clip: str
) -> None:
    with pytest.raises(ProjectError, match="is Bob; the work of two people"):
        project.rename_annotator("Ada", "bob")
    with pytest.raises(ProjectError, match="needs a name"):
        project.rename_annotator("Ada", " ")
    record = project.start_pass(clip, "Ada")
    with project.edit(record.id, "Ada"), pytest.raises(ProjectError, match="has a pass open"):
        project.rename_annotator("Ada", "Grace")
    assert [person.name for person in project.annotators()] == ["Ada", "Bob"]
    assert project.renamings() == []


def test_initials_that_somebody_chose_stay(project: Project) -> None:
    project.add_annotator("Carl", "xyz")
    assert project.rename_annotator("Carl", "Carl Friedrich").initials == "xyz"
    assert project.rename_annotator("Carl Friedrich", "carl friedrich", initials="CF").initials == "CF"
