"""The row of controls above the strip."""

from datetime import datetime

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QIcon
from qtpy.QtWidgets import QToolButton

from napari_ethoprofile.timeline.icons import icon
from napari_ethoprofile.timeline.lanes import Phase
from napari_ethoprofile.timeline.panel import SPEEDS, TimelinePanel, position_text, speed_text


@pytest.fixture
def panel(qtbot, model):
    panel = TimelinePanel(model)
    qtbot.addWidget(panel, before_close_func=lambda widget: widget.cleanup())
    panel.resize(1366, panel.sizeHint().height())
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_position_tells_frame_time_time_of_day_and_phase(model):
    model.set_clip(7500, 25.0, start_of_clip=36_000, recorded_at=datetime(2025, 3, 1, 12, 6))
    model.set_phases([Phase(0, 7500, dark=True)])
    model.playhead = 1234
    assert position_text(model) == "frame 1234/7500 · 00:49.36 · 12:30:49 · dark"
    model.set_clip(0, 25.0)
    assert position_text(model) == ""


def test_the_label_follows_the_playhead_without_moving_its_neighbors(panel, model):
    width = panel.position_label.width()
    model.playhead = 500
    assert panel.position_label.text() == "frame 500/1000 · 00:20.00"
    assert panel.position_label.width() == width
    assert panel.position_label.sizeHint().width() <= width


def test_the_controls_only_ask(qtbot, panel, heard):
    play, loop, real_time = (
        heard(panel.play_toggled),
        heard(panel.loop_toggled),
        heard(panel.real_time_toggled),
    )
    click(qtbot, panel.play_button)
    assert play == [True]
    assert not panel.play_button.isChecked()
    panel.set_playing(True)
    assert panel.play_button.isChecked()
    click(qtbot, panel.play_button)
    assert play == [True, False]
    click(qtbot, panel.loop_button)
    click(qtbot, panel.every_frame_button)
    assert (loop, real_time) == ([True], [True])


def test_the_setters_show_and_ask_nothing(panel, heard):
    logs = [
        heard(signal)
        for signal in (panel.play_toggled, panel.loop_toggled, panel.real_time_toggled, panel.speed_changed)
    ]
    panel.set_playing(True)
    panel.set_looping(True)
    panel.set_real_time(True)
    panel.set_speed(0.5, reverse=True)
    assert logs == [[], [], [], []]
    assert panel.loop_button.isChecked()
    assert not panel.every_frame_button.isChecked()
    assert panel.speed_button.text() == "−½×"


def test_a_speed_is_chosen_from_the_menu(panel, heard):
    chosen = heard(panel.speed_changed)
    actions = panel.speed_button.menu().actions()
    assert [action.text() for action in actions] == ["⅛×", "¼×", "½×", "1×", "2×", "4×", "8×", "16×"]
    actions[-1].trigger()
    assert chosen == [16.0]
    panel.set_speed(2.0)
    assert [action.isChecked() for action in actions] == [speed == 2.0 for speed in SPEEDS]


def test_speeds_are_written_short():
    assert [speed_text(s) for s in (0.125, 1.0, 1.5)] == ["⅛×", "1×", "1.5×"]


def test_zoom_fit_and_follow_act_on_the_model(qtbot, panel, model):
    click(qtbot, panel.zoom_in_button)
    assert model.window.span == pytest.approx(1000 / 1.5)
    click(qtbot, panel.zoom_out_button)
    click(qtbot, panel.zoom_in_button)
    click(qtbot, panel.fit_button)
    assert model.window.span == 1000
    assert panel.follow_button.isChecked()
    click(qtbot, panel.follow_button)
    assert model.follow == "off"
    model.follow = "center"
    assert panel.follow_button.isChecked()


def test_every_control_has_a_name_and_a_tooltip_and_leaves_the_keys_alone(panel):
    buttons = panel.findChildren(QToolButton)
    assert len(buttons) == 8
    for button in buttons:
        assert button.objectName().startswith("timeline_")
        assert button.toolTip()
        assert button.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_the_panel_fits_a_small_screen(panel):
    assert panel.minimumSizeHint().width() <= 1000
    assert panel.minimumSizeHint().height() <= 220


@pytest.mark.parametrize(
    "name", ["play", "pause", "loop", "every_frame", "zoom_in", "zoom_out", "fit", "follow"]
)
def test_icons_are_drawn_in_the_asked_color(qapp, name):
    image = icon(name, QColor("#ff0000"), QColor("#0000ff")).pixmap(32, 32).toImage()
    inked = [
        QColor.fromRgba(image.pixel(x, y))
        for x in range(image.width())
        for y in range(image.height())
        if QColor.fromRgba(image.pixel(x, y)).alpha() == 255
    ]
    assert len(inked) > 20
    assert all(color.green() == color.blue() == 0 for color in inked)


def test_a_checked_button_shows_it_whatever_the_style_sheet(qapp):
    checked = icon("loop", QColor("#ff0000"), QColor("#0000ff")).pixmap(
        32, 32, QIcon.Mode.Normal, QIcon.State.On
    )
    assert QColor(checked.toImage().pixel(1, 16)).name() == "#0000ff"


def test_a_theme_reaches_strip_and_icons(panel):
    panel.set_theme("#ffffff", "#000000", "#0000ff")
    assert panel.strip.theme.background.name() == "#ffffff"
    image = panel.fit_button.icon().pixmap(18, 18).toImage()
    darkest = min(
        QColor.fromRgba(image.pixel(x, y)).lightness()
        for x in range(image.width())
        for y in range(image.height())
        if QColor.fromRgba(image.pixel(x, y)).alpha() > 200
    )
    assert darkest < 60


def test_after_cleanup_the_model_is_no_longer_watched(panel, model):
    panel.cleanup()
    assert len(model.playhead_changed) == len(model.follow_changed) == 0
