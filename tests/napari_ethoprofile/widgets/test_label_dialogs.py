"""The import and export dialogs, with real clicks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QDialogButtonBox, QMessageBox
from quiet_desk import FRAMES, Desk

from napari_ethoprofile.widgets.export_labels import ExportDialog
from napari_ethoprofile.widgets.import_beside import WHO, BesideDialog
from napari_ethoprofile.widgets.import_labels import ImportDialog


def press_ok(dialog: object, which: QDialogButtonBox.StandardButton) -> None:
    box = dialog.findChild(QDialogButtonBox)  # type: ignore[attr-defined]
    QTest.mouseClick(box.button(which), Qt.MouseButton.LeftButton)


def test_an_export_is_written_and_imported_again_for_somebody_else(
    quiet_desk: Desk, qtbot, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(QMessageBox, "information", lambda *_arguments: None)
    quiet_desk.scoring.label_range(0, 100, 3)
    quiet_desk.scoring.label_range(100, FRAMES, 0)
    export = ExportDialog(quiet_desk.session)
    qtbot.addWidget(export)
    export.folder.setText(str(tmp_path / "out"))
    press_ok(export, QDialogButtonBox.StandardButton.Ok)
    [written] = export.written

    imported = ImportDialog(quiet_desk.session, written)
    qtbot.addWidget(imported)
    imported.annotator.setText("Ben")
    press_ok(imported, QDialogButtonBox.StandardButton.Ok)
    assert imported.problem.text() == ""
    project = quiet_desk.session.require_project()
    [theirs] = project.passes(annotator="Ben")
    assert project.door.labels(theirs.id, acting="Ben") == quiet_desk.session.track


def test_what_the_format_cannot_hold_is_asked(quiet_desk: Desk, qtbot, tmp_path: Path, monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        QMessageBox,
        "question",
        lambda _parent, _title, text: (asked.append(text), QMessageBox.StandardButton.No)[1],
    )
    quiet_desk.scoring.label_range(0, 100, 3)
    export = ExportDialog(quiet_desk.session)
    qtbot.addWidget(export)
    export.folder.setText(str(tmp_path / "out"))
    export.format.setCurrentIndex(export.format.findData("deepethoprofile"))
    press_ok(export, QDialogButtonBox.StandardButton.Ok)
    assert "unlabeled" in asked[0]
    assert export.written == []
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_a_file_that_does_not_fit_is_refused_in_one_sentence(quiet_desk: Desk, qtbot, tmp_path: Path) -> None:
    foreign = tmp_path / "other_map.csv"
    rows = "".join(f"{n};1\n" for n in range(FRAMES * 3))
    foreign.write_text("0:drink; 1:eat; \nframe;annotation\n" + rows)
    dialog = ImportDialog(quiet_desk.session, foreign)
    qtbot.addWidget(dialog)
    dialog.annotator.setText("Ben")
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    assert str(FRAMES * 3) in dialog.problem.text().replace(",", "")
    assert quiet_desk.session.require_project().passes(annotator="Ben") == []


HEADER = "0:drink; 1:eat; 2:groom; 3:hang; 4:micromovement; 5:rear; 6:rest; 7:walk; "
HEADER_10 = "0:none; 1:drink; 2:eat; 3:groom back; 4:groom; 5:hang; 6:micromovement; 7:rear; 8:rest; 9:walk; "


Put = Callable[..., Path]


@pytest.fixture
def put_beside(quiet_desk: Desk) -> Iterator[Put]:
    """Write label files beside the recording of the desk, and take them away again."""
    written: list[Path] = []

    def put(ending: str, code: int, header: str = HEADER) -> Path:
        current = quiet_desk.session.current
        assert current is not None
        path = quiet_desk.session.require_project().video_path(current.source.id)
        target = path.with_name(f"{path.stem}_s{current.clip.start}_n{FRAMES}{ending}.csv")
        rows = "".join(f"{n};{code}\n" for n in range(FRAMES))
        target.write_text(f"{header}\nframe;annotation\n{rows}")
        written.append(target)
        return target

    yield put
    for path in written:
        path.unlink()


def texts(dialog: BesideDialog) -> list[list[str]]:
    table = dialog.table
    cells = [[table.item(row, column) for column in range(3)] for row in range(table.rowCount())]
    return [[cell.text() if cell is not None else "" for cell in row] for row in cells]


def test_everything_beside_the_recording_is_listed_before_it_is_imported(
    quiet_desk: Desk, put_beside: Put, qtbot
) -> None:
    original, review = put_beside("_map", 1), put_beside("_map_new", 2)
    dialog = BesideDialog(quiet_desk.session, quiet_desk.session.current.source.id, "Ben")
    qtbot.addWidget(dialog)
    assert texts(dialog) == [
        [original.name, "Ben", "becomes the first pass of Ben"],
        [review.name, "Ben", f"becomes the review pass of {original.name} of Ben; its labels count"],
    ]
    project = quiet_desk.session.require_project()
    assert project.passes(annotator="Ben") == []
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    assert [record.kind for record in project.passes(annotator="Ben")] == ["first", "review"]


def test_whose_labels_and_old_classes_are_chosen_in_the_list(
    quiet_desk: Desk, put_beside: Put, qtbot
) -> None:
    put_beside("", 3, HEADER_10)
    put_beside("_map", 1)
    dialog = BesideDialog(quiet_desk.session, quiet_desk.session.current.source.id, "Ben")
    qtbot.addWidget(dialog)
    assert "old classes" in texts(dialog)[0][2]
    dialog.map_old.click()
    assert "Ben has a first pass on these frames already" in texts(dialog)[0][2]
    item = dialog.table.item(0, WHO)
    assert item is not None
    item.setText("Cid")
    qtbot.waitUntil(lambda: texts(dialog)[0][2] == "becomes the first pass of Cid")
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    assert len(quiet_desk.session.require_project().passes(annotator="Cid")) == 1


def test_old_classes_of_a_single_file_are_offered(quiet_desk: Desk, put_beside: Put, qtbot) -> None:
    old = put_beside("_RS", 3, HEADER_10)
    dialog = ImportDialog(quiet_desk.session, old)
    qtbot.addWidget(dialog)
    dialog.annotator.setText("Ben")
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    assert "groom back = groom" in dialog.problem.text()
    dialog.map_old.click()
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    assert len(quiet_desk.session.require_project().passes(annotator="Ben")) == 1


def events(*rows: str) -> str:
    """Return the aggregated events of two observations of BORIS."""
    header = "Observation id,FPS (frame/s),Subject,Behavior,Behavior type,Start (s),Stop (s)"
    return "\n".join([header, *rows, ""])


def test_what_a_file_leaves_open_is_asked_and_told_by_name(
    quiet_desk: Desk, qtbot, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(QMessageBox, "information", lambda *_arguments: None)
    table = tmp_path / "a.csv"
    table.write_text(events("day 1,25,,rest,STATE,0,1", "day 2,25,,walk,STATE,1,2"))
    dialog = ImportDialog(quiet_desk.session, table)
    qtbot.addWidget(dialog)
    dialog.annotator.setText("Ben")
    dialog.gaps.setCurrentIndex(dialog.gaps.findData("none"))
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    assert "day 1, day 2; say which one (observation=...)" in dialog.problem.text()
    dialog.choices.setText("observatoin=day 2")
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    assert "'observatoin=day 2' is no choice" in dialog.problem.text()
    dialog.choices.setText(" observation = day 2 ; overlaps=later;")
    press_ok(dialog, QDialogButtonBox.StandardButton.Ok)
    project = quiet_desk.session.require_project()
    [theirs] = project.passes(annotator="Ben")
    labels = project.door.labels(theirs.id, acting="Ben")
    walk = project.ethogram.by_name("walk")
    assert walk is not None
    assert [bout.label for bout in labels.bouts()].count(walk.id) == 1


def test_the_file_that_labels_are_appended_to_is_asked_for(quiet_desk: Desk, qtbot, tmp_path: Path) -> None:
    quiet_desk.scoring.label_range(0, FRAMES, 3)
    export = ExportDialog(quiet_desk.session)
    qtbot.addWidget(export)
    export.show()
    assert not export.features.isVisible()
    export.format.setCurrentIndex(export.format.findData("simba"))
    assert export.features.isVisible()
    features = tmp_path / "features.csv"
    rows = [f"{frame},1.5,2.5,0.9" for frame in range(FRAMES)]
    features.write_text("\n".join([",nose_x,nose_y,nose_p", *rows, ""]))
    export.features.setText(str(features))
    export.folder.setText(str(tmp_path / "out"))
    press_ok(export, QDialogButtonBox.StandardButton.Ok)
    [written] = export.written
    assert written.read_text().splitlines()[1].startswith("0,1.5,2.5,0.9,")
