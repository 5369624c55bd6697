"""What scrolls: bounded in height, and read whole beside its scroll bar."""

from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_ethoprofile.widgets.command_bar import CommandBar


def test_a_long_text_takes_no_more_than_its_room_and_keeps_clear_of_the_bar(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    command = CommandBar("command", "Go", "Do it.", lambda: None, window)
    layout = QVBoxLayout(window)
    layout.addWidget(command)
    layout.addStretch(1)
    window.resize(389, 400)
    window.show()
    qtbot.waitExposed(window)
    area, label = command.said, command.notice.label
    bar, view = area.verticalScrollBar(), area.viewport()
    assert bar is not None
    assert view is not None

    command.tell("A long sentence that says what is wrong. " * 14, problem=True)
    qtbot.waitUntil(lambda: area.height() == 96 and bar.isVisible())
    qtbot.waitUntil(lambda: label.geometry().right() < view.width())
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))
    command.tell("Short.", problem=True)
    qtbot.waitUntil(lambda: 0 < area.height() < 60 and not bar.isVisible())
