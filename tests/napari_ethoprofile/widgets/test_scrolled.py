"""What scrolls: bounded in height, and read whole beside its scroll bar."""

from napari_ethoprofile.widgets.forms import Notice
from napari_ethoprofile.widgets.scrolled import Scrolled
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QVBoxLayout, QWidget


def test_a_long_text_takes_no_more_than_its_room_and_keeps_clear_of_the_bar(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notice = Notice("notice", window)
    area = Scrolled("area", notice, window, 96, 96)
    layout = QVBoxLayout(window)
    layout.addWidget(area)
    layout.addStretch(1)
    window.resize(389, 400)
    window.show()
    qtbot.waitExposed(window)

    notice.tell("Short.", problem=True)
    area.fit()
    qtbot.waitUntil(lambda: 0 < area.height() < 60)
    notice.tell("A long sentence that says what is wrong. " * 14, problem=True)
    area.fit()
    bar, view = area.verticalScrollBar(), area.viewport()
    assert bar is not None
    assert view is not None
    qtbot.waitUntil(lambda: area.height() == 96 and bar.isVisible())
    qtbot.waitUntil(lambda: notice.label.geometry().right() < view.width())
    qtbot.waitUntil(lambda: notice.label.height() >= notice.label.heightForWidth(notice.label.width()))
