from datetime import date, timedelta
from pathlib import Path

from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.project import Project
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QDate, Qt

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.assign_clips import AssignDialog
from napari_ethoprofile.widgets.assignments import AssignmentsDialog
from napari_ethoprofile.widgets.clip_table import (
    ASSIGNED,
    DUE,
    ClipFilter,
    ClipTableModel,
    clip_rows,
    in_order_of_work,
)


def score(project: Project, clip: str, who: str) -> str:
    record = project.start_pass(clip, who)
    with project.edit(record.id, who) as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, 3))
        editor.submit()
    return record.id


def shown(qtbot: QtBot, session: Session) -> AssignDialog:
    dialog = AssignDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_preview_follows_the_form_and_assigns_what_it_shows(
    session: Session, project: Project, qtbot: QtBot
) -> None:
    first, second = (clip.id for clip in project.clips())
    score(project, first, "Ada")
    dialog = shown(qtbot, session)
    assert dialog.notice.text == "Say to whom the clips are assigned."
    assert not dialog.assign_button.isEnabled()
    dialog.form.annotator.setEditText("Ben")
    assert dialog.notice.text == "1 clip for Ben, drawn from 1."
    assert dialog.table.item(0, 1).text() == "0:00"
    dialog.form.annotator.setEditText("Ada")
    assert "no clip that somebody else scores" in dialog.notice.text
    dialog.form.annotator.setEditText("Ben")
    dialog.form.kind.setCurrentIndex(1)
    dialog.form.way.setCurrentIndex(1)
    assert dialog.table.rowCount() == 2
    dialog.form.kind.setCurrentIndex(0)
    dialog.form.has_deadline.setChecked(True)
    dialog.form.deadline.setDate(QDate(2026, 12, 1))
    qtbot.mouseClick(dialog.assign_button, Qt.MouseButton.LeftButton)
    assert dialog.assigned == 1
    (made,) = project.assignments("Ben")
    assert (made.clip, made.kind, made.deadline, made.assigned_by) == (
        first,
        "blind",
        date(2026, 12, 1),
        "Ada",
    )
    assert second not in [record.clip for record in project.assignments()]


def test_a_list_and_repeats(session: Session, project: Project, qtbot: QtBot, tmp_path: Path) -> None:
    first, second = (clip.id for clip in project.clips())
    score(project, first, "Ada")
    dialog = shown(qtbot, session)
    dialog.form.annotator.setEditText("Ada")
    dialog.form.way.setCurrentIndex(2)
    assert dialog.notice.text == "Choose the list of clips."
    table = tmp_path / "list.csv"
    table.write_text(f"clip\n{second}\n", "utf-8")
    dialog.form.table.setText(str(table))
    dialog.form.repeat.setValue(100)
    assert dialog.notice.text == "2 clips for Ada; 1 of their own among them."
    qtbot.mouseClick(dialog.assign_button, Qt.MouseButton.LeftButton)
    assert [record.clip for record in project.assignments("Ada")] == [first, second]


def test_assignments_are_counted_and_taken_back(session: Session, project: Project, qtbot: QtBot) -> None:
    first, second = (clip.id for clip in project.clips())
    project.assign("Ben", [first, second], deadline=date.today() - timedelta(days=1))
    project.start_pass(second, "Ben", "blind")
    dialog = AssignmentsDialog(session)
    qtbot.addWidget(dialog)
    cells = [dialog.people.item(0, column).text() for column in range(5)]
    assert cells == ["Ben", "1", "1", "0", "2"]
    dialog.clips.selectRow(1)
    assert not dialog.withdraw.isEnabled()
    dialog.clips.selectRow(0)
    told: list[None] = []
    session.passes_changed.connect(lambda: told.append(None))
    qtbot.mouseClick(dialog.withdraw, Qt.MouseButton.LeftButton)
    assert told
    assert [record.clip for record in project.assignments()] == [second]
    assert dialog.clips.rowCount() == 1


def test_the_clip_list_shows_what_is_assigned(session: Session, project: Project, qtbot: QtBot) -> None:
    first = project.clips()[0].id
    score(project, first, "Ada")
    project.assign("Ada", [first], deadline=date(2020, 1, 9))
    model, shown_rows = ClipTableModel(), ClipFilter()
    shown_rows.setSourceModel(model)
    model.show(clip_rows(project, "Ada"))
    row = model.rows[0]
    assert (row.assigned, row.state, row.scored, row.pass_id, row.late) == ("blind", "to do", 0.0, "", True)
    assert model.data(model.index(0, DUE)) == "Jan 9 !"
    tooltip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "Assigned to you as a blind pass, due by 2020-01-09 and overdue." in tooltip
    shown_rows.restrict(ASSIGNED, "")
    assert shown_rows.rowCount() == 1
    assert [row.assigned for row in clip_rows(project, "")] == ["", ""]


def test_assigned_clips_are_served_first(project: Project) -> None:
    first, second = (clip.id for clip in project.clips())
    project.start_pass(first, "Ada")
    assert [row.clip for row in in_order_of_work(clip_rows(project, "Ada"))] == [first, second]
    project.assign("Ada", [second], "first")
    assert [row.clip for row in in_order_of_work(clip_rows(project, "Ada"))] == [second, first]
    score(project, second, "Ada")
    assert [row.clip for row in in_order_of_work(clip_rows(project, "Ada"))] == [first]
