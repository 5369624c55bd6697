from pathlib import Path

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import PALETTE, Ethogram
from napari_ethoprofile.annotation.project import Project
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QMimeData, QModelIndex, Qt, QTimer
from qtpy.QtWidgets import QApplication, QMessageBox

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.ethogram_editor import EthogramEditor
from napari_ethoprofile.widgets.ethogram_table import COLOR, GROUP, KEYS, NAME

EAT, HANG, REAR = 2, 4, 6


@pytest.fixture
def editor(session: Session, qtbot: QtBot) -> EthogramEditor:
    editor = EthogramEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    return editor


def type_into_cell(editor: EthogramEditor, qtbot: QtBot, name: str, column: int, text: str) -> None:
    row = row_of(editor, name)
    index = editor.model.index(row, column)
    place = editor.table.visualRect(index).center()
    qtbot.mouseClick(editor.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(editor.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    field = editor.table.indexWidget(index)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()  # views take over what was typed through the event queue


def row_of(editor: EthogramEditor, name: str) -> int:
    return [b.name for b in editor.draft.behaviors].index(name)


def choose(editor: EthogramEditor, *names: str) -> None:
    editor.table.clearSelection()
    mode = editor.table.selectionMode()
    editor.table.setSelectionMode(editor.table.SelectionMode.MultiSelection)
    for name in names:
        editor.table.selectRow(row_of(editor, name))
    editor.table.setSelectionMode(mode)


def press(button: object, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer_question(button_text: str, seen: list[str]) -> None:
    """Press a button of the message box that opens next, and keep what it says."""

    def act() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(f"{box.text()} {box.informativeText()}")
        next(button for button in box.buttons() if button.text() == button_text).click()

    QTimer.singleShot(0, act)


def score(session: Session, *bouts: tuple[int, int, int]) -> None:
    """Open a pass of Ada's over the first clip and label stretches of it."""
    project = session.require_project()
    session.open_pass(project.start_pass(project.clips()[0].id, "Ada").id)
    for start, stop, label in bouts:
        session.commit([Edit.paint(session.track, start, stop, label)])


def test_renaming_asks_and_touches_no_label(
    editor: EthogramEditor, session: Session, project: Project, qtbot: QtBot
) -> None:
    told: list[Ethogram] = []
    session.ethogram_changed.connect(told.append)
    type_into_cell(editor, qtbot, "eat", NAME, "feed")
    seen: list[str] = []
    answer_question("Change ethogram", seen)
    press(editor.ok_button, qtbot)
    assert seen == ["eat is renamed to feed. No label is touched."]
    assert project.ethogram.label_name(EAT) == "feed"
    assert [e.label_name(EAT) for e in told] == ["feed"]
    assert not editor.isVisible()


def test_declining_the_question_changes_nothing(
    editor: EthogramEditor, project: Project, qtbot: QtBot
) -> None:
    type_into_cell(editor, qtbot, "eat", NAME, "feed")
    answer_question("Keep editing", [])
    press(editor.ok_button, qtbot)
    assert project.ethogram.label_name(EAT) == "eat"
    assert editor.isVisible()


def test_a_key_conflict_is_told_at_once_and_stops_ok(
    editor: EthogramEditor, project: Project, qtbot: QtBot
) -> None:
    type_into_cell(editor, qtbot, "eat", KEYS, "1 e")
    assert editor.state.text == "The key '1' is given to drink and eat."
    assert not editor.ok_button.isEnabled()
    type_into_cell(editor, qtbot, "eat", KEYS, "9 e")
    assert editor.state.text == ""
    press(editor.ok_button, qtbot)
    assert project.ethogram.by_id(EAT).keys == ("9", "e")


def test_enter_in_a_field_does_not_take_the_changes_over(editor: EthogramEditor, qtbot: QtBot) -> None:
    qtbot.keyClicks(editor.name, " 2")
    qtbot.keyClick(editor.name, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert editor.draft.name == "home-cage 2"


def test_a_key_of_none_conflicts_too(editor: EthogramEditor, qtbot: QtBot) -> None:
    qtbot.keyClicks(editor.none_keys, " w")
    assert "'w' is given to walk and none" in editor.state.text
    assert not editor.ok_button.isEnabled()


def test_merging_shows_what_it_touches_and_changes_the_open_pass(
    session: Session, project: Project, qtbot: QtBot
) -> None:
    score(session, (0, 10, HANG), (20, 25, HANG), (30, 40, REAR))
    changed: list[tuple[int, int, int]] = []
    session.labels_changed.connect(lambda *what: changed.append(what))
    editor = EthogramEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    choose(editor, "hang", "rear")
    editor.merge_menu.aboutToShow.emit()
    targets = {action.text(): action for action in editor.merge_menu.actions()}
    assert set(targets) == {"hang", "rear"}
    targets["rear"].trigger()
    assert editor.state.text == "Hang will be merged into rear."
    seen: list[str] = []
    answer_question("Change ethogram", seen)
    press(editor.ok_button, qtbot)
    assert seen[0].startswith("hang is merged into rear. 2 bouts (15 frames) in 1 pass")
    assert project.ethogram.by_name("hang") is None
    assert [(b.start, b.stop, b.label) for b in session.track.bouts()] == [
        (0, 10, REAR), (20, 25, REAR), (30, 40, REAR),
    ]  # fmt: skip
    assert changed == [(0, 0, 50)]


def test_a_behavior_in_use_cannot_be_removed(session: Session, project: Project, qtbot: QtBot) -> None:
    score(session, (0, 10, HANG))
    editor = EthogramEditor(session)
    qtbot.addWidget(editor)
    choose(editor, "hang")
    press(editor.remove_button, qtbot)
    assert editor.state.text == (
        "'hang' is used in 1 pass and cannot be removed; merge it into another behavior, or keep it."
    )
    assert not editor.ok_button.isEnabled()
    choose(editor, "rest")
    assert editor.draft.behaviors[editor.table.rows[0]].name == "rest"


def test_behaviors_are_added_colored_and_reordered(
    editor: EthogramEditor, project: Project, qtbot: QtBot
) -> None:
    press(editor.add_button, qtbot)
    field = editor.table.viewport().focusWidget()
    qtbot.keyClicks(field, "jump")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    press(editor.up_button, qtbot)
    row = row_of(editor, "jump")
    index = editor.model.index(row, COLOR)
    place = editor.table.visualRect(index).center()
    qtbot.mouseClick(editor.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    menu = QApplication.activePopupWidget()
    press(menu.findChild(object, f"color_{PALETTE[10][1:]}"), qtbot)
    press(editor.ok_button, qtbot)
    jump = project.ethogram.by_name("jump")
    assert [b.name for b in project.ethogram.behaviors][-2:] == ["jump", "walk"]
    assert (jump.id, jump.color, jump.keys) == (9, PALETTE[10], ("j",))


def test_groups_are_typed_or_chosen_and_split_merging(editor: EthogramEditor, qtbot: QtBot) -> None:
    index = editor.model.index(row_of(editor, "walk"), GROUP)
    editor.table.setCurrentIndex(index)
    editor.table.edit(index)
    box = editor.table.indexWidget(index)
    assert [box.itemText(n) for n in range(box.count())] == ["behavior"]
    qtbot.keyClicks(box.lineEdit(), "place")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert editor.draft.groups == ["behavior", "place"]
    choose(editor, "walk")
    editor.merge_menu.aboutToShow.emit()
    (only,) = editor.merge_menu.actions()
    assert (only.text(), only.isEnabled()) == ("Only behaviors of one group can be merged.", False)


def test_dropping_a_row_moves_it_and_removes_nothing(editor: EthogramEditor) -> None:
    names = [b.name for b in editor.draft.behaviors]
    data: QMimeData = editor.model.mimeData([editor.model.index(0, 0)])
    assert not editor.model.dropMimeData(data, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    assert [b.name for b in editor.draft.behaviors] == [*names[1:3], names[0], *names[3:]]
    assert editor.table.rows == [2]


def test_the_frame_on_screen_becomes_an_example(session: Session, project: Project, qtbot: QtBot) -> None:
    record = project.start_pass(project.clips()[1].id, "Ada")
    session.open_pass(record.id)
    session.seek(7)
    editor = EthogramEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    choose(editor, "eat")
    press(editor.details.add_button, qtbot)
    assert editor.details.caption.text() == "eat: 01_20180418_1200, frame 57 (0:02.28)"
    assert not editor.details.picture.pixmap().isNull()
    qtbot.keyClick(editor.details.definition, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor.details.definition, " Chews slowly. ")
    press(editor.ok_button, qtbot)
    assert project.ethogram.by_id(EAT).examples == (("01_20180418_1200", 57),)
    assert project.ethogram.by_id(EAT).definition.endswith("chewing. Chews slowly.")


def test_an_example_is_shown_without_an_open_pass_and_removed(
    session: Session, project: Project, qtbot: QtBot
) -> None:
    from dataclasses import replace

    old = project.ethogram
    eat = replace(old.by_id(EAT), examples=(("01_20180418_1200", 3), ("gone", 5)))
    project.change_ethogram(
        Ethogram(tuple(eat if b.id == EAT else b for b in old.behaviors), old.name, old.none_keys), "Ada"
    )
    editor = EthogramEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    choose(editor, "eat")
    assert not editor.details.add_button.isEnabled()
    editor.details.examples.setCurrentRow(0)
    assert not editor.details.picture.pixmap().isNull()
    editor.details.examples.setCurrentRow(1)
    assert "no recording 'gone'" in editor.details.caption.text()
    assert not editor.details.picture.isVisible()
    press(editor.details.remove_button, qtbot)
    assert editor.draft.behaviors[row_of(editor, "eat")].examples == (("01_20180418_1200", 3),)


def test_an_ethogram_goes_to_a_file_and_comes_back(
    editor: EthogramEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    file = tmp_path / "mine.yaml"
    monkeypatch.setattr(
        "napari_ethoprofile.widgets.ethogram_editor.QFileDialog.getSaveFileName", lambda *_: (str(file), "")
    )
    monkeypatch.setattr(
        "napari_ethoprofile.widgets.ethogram_editor.QFileDialog.getOpenFileName", lambda *_: (str(file), "")
    )
    before = editor.draft.to_ethogram()
    press(editor.save_button, qtbot)
    choose(editor, "eat", "walk")
    press(editor.remove_button, qtbot)
    press(editor.load_button, qtbot)
    assert [(b.name, b.id, b.keys) for b in editor.draft.behaviors] == [
        (b.name, b.id, b.keys) for b in before.behaviors
    ]
    file.write_text("behaviors: [", encoding="utf-8")
    seen: list[str] = []
    answer_question("OK", seen)
    press(editor.load_button, qtbot)
    assert "is not valid YAML" in seen[0]


def test_a_project_open_for_reading_only_cannot_be_changed(
    project: Project, session: Session, qtbot: QtBot
) -> None:
    folder = project.folder
    session.set_project(Project.open(folder, read_only=True))
    editor = EthogramEditor(session)
    qtbot.addWidget(editor)
    assert "reading only" in editor.state.text
    assert not editor.ok_button.isEnabled()
    session.set_project(None)
