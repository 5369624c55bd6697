from pathlib import Path

import pytest
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
