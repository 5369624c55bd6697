"""Real mouse events on the strip."""

import pytest
from napari_ethoprofile.annotation.tracks import Bout
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QApplication, QLineEdit

from napari_ethoprofile.timeline.lanes import OpenBout

SHIFT = Qt.KeyboardModifier.ShiftModifier


def press_escape(widget):
    QApplication.sendEvent(
        widget, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    )


def middle(hand, frame, where="ruler"):
    return hand.at(frame + 0.5, where)


def test_a_click_asks_for_the_frame_under_the_mouse(hand, strip, heard):
    asked = heard(strip.seek_requested)
    hand.press(middle(hand, 300))
    hand.release(middle(hand, 300))
    hand.press(middle(hand, 650, 0))
    hand.release(middle(hand, 650, 0))
    assert asked == [300, 650]


def test_a_drag_asks_on_the_way_and_always_for_the_last_frame(hand, strip, heard):
    asked = heard(strip.seek_requested)
    hand.drag(middle(hand, 100), middle(hand, 400))
    assert asked[0] == 100
    assert asked[-1] == 400


def test_requests_come_no_faster_than_frames_can_be_painted(hand, strip, qtbot, heard):
    asked = heard(strip.seek_requested)
    hand.press(middle(hand, 100))
    for frame in range(101, 160):
        hand.move(middle(hand, frame))
    assert len(asked) < 30
    qtbot.waitUntil(lambda: asked[-1] == 159)
    hand.release(middle(hand, 159))
    assert asked[-1] == 159


def test_a_drag_beyond_the_ends_asks_for_the_first_and_the_last_frame(hand, strip, heard):
    asked = heard(strip.seek_requested)
    hand.drag(middle(hand, 100), QPointF(-500, 10))
    assert asked[-1] == 0
    hand.drag(middle(hand, 100), QPointF(5000, 10))
    assert asked[-1] == 999


def test_the_strip_leaves_the_playhead_to_the_model(hand, model):
    hand.drag(middle(hand, 100), middle(hand, 400))
    assert model.playhead == 0


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
@pytest.mark.parametrize("notches", [1, 3, 10])
def test_the_wheel_zooms_and_the_frame_under_the_mouse_stays(hand, strip, model, notches, modifiers):
    at = hand.at(340, 0)
    hand.wheel(at, notches, modifiers)
    assert model.window.span < 1000
    assert strip.x_of(340) == pytest.approx(at.x(), abs=1)
    hand.wheel(at, -2 * notches, modifiers)
    assert (model.window.first, model.window.last) == (0, 1000)


def test_the_wheel_over_the_titles_zooms_at_the_left_edge(hand, model):
    model.set_window(200, 400)
    hand.wheel(QPointF(10, 60), 2)
    assert model.window.first == pytest.approx(200)
    assert model.window.last < 400


def test_shift_wheel_and_sideways_scrolling_pan(hand, strip, model):
    model.set_window(400, 500)
    hand.wheel(middle(hand, 450), -1, SHIFT)
    assert model.window.first > 400
    assert model.window.span == pytest.approx(100)
    hand.wheel(middle(hand, 450), 1, sideways=True)
    assert model.window.first == pytest.approx(400)
    before = strip.x_of(450)
    hand.wheel(middle(hand, 450), 1, pixels=QPoint(37, 0), sideways=True)
    assert strip.x_of(450) == pytest.approx(before + 37)


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_the_other_buttons_drag_the_strip_itself(hand, strip, model, heard, button):
    asked = heard(strip.seek_requested)
    model.set_window(400, 500)
    start = hand.at(450, 0)
    hand.drag(start, start + QPointF(-120, 0), button)
    assert strip.x_of(450) == pytest.approx(start.x() - 120)
    assert asked == []


def test_a_boundary_is_dragged_with_a_live_preview(hand, strip, model, heard):
    dragged = heard(strip.boundary_dragged)
    before = hand.color(190, 0)
    hand.press(hand.at(200, 0))
    hand.move(hand.at(180, 0))
    assert dragged == [(0, 200, 180, False)]
    assert hand.color(190, 0, dy=6) == hand.color(300, 0, dy=6) != before
    hand.release(hand.at(180, 0))
    assert dragged[-1] == (0, 200, 180, True)
    assert model.lanes[0].codes[190] == 1  # whoever listens writes the track
    assert hand.color(190, 0) == before


def test_a_boundary_is_grabbed_from_five_pixels_away_and_no_further(hand, strip, heard):
    dragged, asked = heard(strip.boundary_dragged), heard(strip.seek_requested)
    for offset in (-5, 5):
        hand.drag(hand.at(200, 0) + QPointF(offset, 0), hand.at(220, 0) + QPointF(offset, 0))
    assert [entry[-2:] for entry in dragged if entry[-1]] == [(220, True), (220, True)]
    assert asked == []
    dragged.clear()
    hand.drag(hand.at(200, 0) + QPointF(7, 0), hand.at(220, 0))
    assert dragged == []
    assert asked


def test_neither_neighbor_of_a_boundary_can_vanish(hand, strip, heard):
    dragged = heard(strip.boundary_dragged)
    hand.drag(hand.at(200, 0), hand.at(950, 0))
    hand.drag(hand.at(200, 0), QPointF(0, hand.at(0, 0).y()))
    assert [entry[2] for entry in dragged if entry[3]] == [399, 1]


def test_a_click_on_a_boundary_is_a_click(hand, strip, heard):
    dragged, asked = heard(strip.boundary_dragged), heard(strip.seek_requested)
    hand.press(hand.at(200.5, 0))
    hand.release(hand.at(200.5, 0))
    assert dragged == []
    assert asked == [200]


def test_rows_of_others_and_the_ruler_have_no_handles(hand, strip, model, heard):
    model.lanes[1].track.fill(0, 500, 1)
    dragged = heard(strip.boundary_dragged)
    hand.drag(hand.at(500, 1), hand.at(520, 1))
    hand.drag(hand.at(200), hand.at(220))
    assert dragged == []


def test_a_crowded_row_can_be_clicked_between_its_boundaries(hand, strip, model, heard):
    for start in range(0, 200, 10):
        model.lanes[0].track.fill(start, start + 5, 3)
    dragged, asked = heard(strip.boundary_dragged), heard(strip.seek_requested)
    hand.drag(middle(hand, 102, 0), middle(hand, 104, 0))
    assert asked[0] == 102
    assert dragged == []


def test_a_boundary_stays_in_the_hand_when_the_window_moves(hand, strip, model, heard):
    dragged = heard(strip.boundary_dragged)
    model.set_window(100, 300)
    strip.boundary_dragged.connect(lambda *_: model.set_window(150, 350))
    hand.press(hand.at(200, 0))
    hand.move(hand.at(210, 0))
    hand.move(hand.at(230, 0))
    hand.release(hand.at(230, 0))
    assert dragged[-1] == (0, 200, 230, True)


def test_escape_puts_a_boundary_back_and_reaches_nobody_else(hand, strip, qtbot, heard):
    line = QLineEdit("text")
    qtbot.addWidget(line)
    keys = []
    line.keyPressEvent = lambda event: keys.append(event.key())
    dragged = heard(strip.boundary_dragged)
    hand.press(hand.at(200, 0))
    hand.move(hand.at(260, 0))
    press_escape(line)
    assert dragged[-1] == (0, 200, 200, True)
    assert keys == []
    hand.release(hand.at(260, 0))
    assert dragged[-1] == (0, 200, 200, True)
    press_escape(line)
    assert keys == [Qt.Key.Key_Escape]


def test_escape_ends_every_other_drag_where_it_began(hand, strip, model, heard):
    asked = heard(strip.seek_requested)
    model.playhead, model.selection = 50, (1, 5)
    hand.press(hand.at(100, 0), modifiers=SHIFT)
    hand.move(hand.at(300, 0))
    press_escape(strip)
    assert model.selection == (1, 5)
    model.set_window(100, 300)
    hand.press(hand.at(200, 0), Qt.MouseButton.RightButton)
    hand.move(hand.at(250, 0))
    press_escape(strip)
    assert model.window.first == pytest.approx(100)
    hand.press(middle(hand, 250, 1))
    hand.move(middle(hand, 270, 1))
    press_escape(strip)
    assert asked[-1] == 50


def test_shift_drag_selects_the_frames_under_both_ends(hand, strip, model, heard):
    told = heard(strip.selection_changed)
    hand.drag(middle(hand, 400, 0), middle(hand, 300, 0), modifiers=SHIFT)
    assert model.selection == (300, 401)
    assert told[-1] == (300, 401)


def test_a_plain_click_clears_the_selection(hand, model):
    model.selection = (10, 20)
    hand.press(middle(hand, 600, 0))
    hand.release(middle(hand, 600, 0))
    assert model.selection is None


def test_a_double_click_selects_the_bout(hand, strip, model, heard):
    chosen = heard(strip.bout_selected)
    at = middle(hand, 300, 0)
    hand.press(at)
    hand.release(at)
    hand.double_click(at)
    hand.release(at)
    assert chosen == [Bout(200, 400, 2)]
    assert model.selection == (200, 400)


def test_the_overview_moves_the_window(hand, model):
    model.set_window(100, 200)
    hand.drag(hand.at(150, "overview"), hand.at(450, "overview"))
    assert model.window.first == pytest.approx(400, abs=1)
    assert model.window.span == pytest.approx(100)


def test_a_press_beside_the_window_in_the_overview_brings_it_there(hand, model):
    model.set_window(100, 200)
    hand.press(hand.at(800, "overview"))
    hand.release(hand.at(800, "overview"))
    assert (model.window.first + model.window.last) / 2 == pytest.approx(800, abs=1)


def test_the_edges_of_the_window_in_the_overview_zoom(hand, model):
    model.set_window(100, 200)
    hand.drag(hand.at(200, "overview"), hand.at(600, "overview"))
    assert (model.window.first, model.window.last) == (pytest.approx(100), pytest.approx(600, abs=1))
    hand.drag(hand.at(100, "overview"), hand.at(400, "overview"))
    assert model.window.first == pytest.approx(400, abs=1)
    hand.drag(hand.at(400, "overview"), hand.at(900, "overview"))
    assert model.window.span >= 8


@pytest.mark.parametrize(
    ("frame", "where", "shape"),
    [
        (200, 0, Qt.CursorShape.SplitHCursor),
        (300, 0, Qt.CursorShape.ArrowCursor),
        (100, "overview", Qt.CursorShape.SizeHorCursor),
        (150, "overview", Qt.CursorShape.OpenHandCursor),
    ],
)
def test_the_cursor_says_what_a_press_would_grab(hand, strip, model, frame, where, shape):
    if where == "overview":
        model.set_window(100, 200)
    hand.move(hand.at(frame, where))
    assert strip.cursor().shape() == shape


def test_a_new_clip_ends_a_drag_without_a_word(hand, strip, model, heard):
    dragged, asked = heard(strip.boundary_dragged), heard(strip.seek_requested)
    hand.press(hand.at(200, 0))
    hand.move(hand.at(260, 0))
    dragged.clear()
    model.set_clip(500, 25.0)
    hand.move(QPointF(600, 60))
    hand.release(QPointF(600, 60))
    assert dragged == []
    assert asked == []


def test_an_empty_strip_takes_the_mouse_calmly(hand, strip, model):
    at = QPointF(600, 60)
    model.set_clip(0, 25.0)
    hand.drag(at, at + QPointF(50, 0))
    hand.wheel(at, 3)
    hand.double_click(at)
    assert model.window.span == 0


def test_the_strip_never_takes_the_focus(hand, strip, qtbot):
    assert strip.focusPolicy() == Qt.FocusPolicy.NoFocus
    hand.drag(middle(hand, 100), middle(hand, 200))
    assert QApplication.focusWidget() is not strip


def test_an_open_bout_can_be_double_clicked(hand, strip, model):
    model.set_open_bout(0, 520, 560, 3)
    hand.double_click(middle(hand, 540, 0))
    assert model.selection == (520, 560)
    assert model.open_bouts == {0: OpenBout(520, 560, 3)}
