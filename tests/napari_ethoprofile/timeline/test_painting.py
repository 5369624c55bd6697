"""What is on the screen, pixel by pixel."""

from datetime import datetime

import numpy as np
import pytest
from napari_ethoprofile.annotation.tracks import LabelTrack
from qtpy.QtCore import QPoint, QRect
from qtpy.QtGui import QColor, QImage, QPalette
from timeline_scene import ETHOGRAM, scene

from napari_ethoprofile.timeline.lanes import Lane, Marker, Phase
from napari_ethoprofile.timeline.theme import Theme, ink_on, luminance
from napari_ethoprofile.timeline.view import TimelineStrip

EAT, GROOM, REST, WALK = (behavior.color.lower() for behavior in ETHOGRAM.behaviors)


@pytest.fixture
def painted(strip, monkeypatch, qtbot):
    """Return a list that collects the areas that are painted, once the window manager has let go."""
    areas = []
    paint = TimelineStrip.paintEvent

    def record(self, event):
        areas.append(event.region())
        paint(self, event)

    monkeypatch.setattr(TimelineStrip, "paintEvent", record)
    quiet = False
    while not quiet:  # a new window is painted again when it is framed, moved and raised
        areas.clear()
        qtbot.wait(150)
        quiet = not areas
    return areas


def painted_share(painted, strip):
    points = [QPoint(x, y) for x in range(0, strip.width(), 5) for y in range(0, strip.height(), 3)]
    return sum(any(region.contains(point) for region in painted) for point in points) / len(points)


def test_a_bout_has_its_color(hand):
    assert [hand.color(frame, 0) for frame in (100, 300, 900)] == [EAT, GROOM, WALK]
    assert hand.color(900, 1) == REST


def test_unlabeled_looks_different_from_none_and_from_every_behavior(hand):
    none, unlabeled = hand.colors_of_box(440, 490, 0), hand.colors_of_box(520, 690, 0)
    assert len(none) == 1
    assert len(unlabeled) == 2  # the ground and its fine diagonals
    assert not none & unlabeled
    assert not unlabeled & {EAT, GROOM, REST, WALK}


def test_a_single_frame_of_a_long_pass_is_visible_two_pixels_wide(qtbot, hand, strip, model):
    track = LabelTrack.blank(90_000)
    track.fill(0, 90_000, 1)
    track.fill(45_000, 45_001, 2)
    model.set_clip(90_000, 25.0)
    model.set_lanes([Lane("Ada", track, editable=True)])
    x, box = round(strip.x_of(45_000)), strip.strip_layout.lanes[0]
    image = strip.grab().toImage()
    colors = [QColor(image.pixel(x + dx, box.y + 3)).name() for dx in range(-4, 5)]
    assert colors.count(GROOM) == 2
    assert set(colors) == {EAT, GROOM}


def test_a_written_label_is_painted_and_little_else(hand, strip, model, painted, qtbot):
    assert hand.color(600, 0) != REST
    painted.clear()
    model.lanes[0].track.fill(590, 610, 3)
    model.labels_written(model.lanes[0].track, 0, 590, 610)
    qtbot.waitUntil(lambda: bool(painted))
    assert painted_share(painted, strip) < 0.7
    assert hand.color(600, 0) == REST


def test_the_playhead_is_painted_where_it_is_and_only_there(hand, strip, model, painted, qtbot):
    model.playhead = 300
    x, y = round(strip.x_of(300)), strip.strip_layout.lanes[0].y + 4
    red = strip.theme.playhead.name()
    assert QColor(strip.grab().toImage().pixel(x, y)).name() == red
    painted.clear()
    model.playhead = 310
    qtbot.waitUntil(lambda: bool(painted))
    assert 0 < painted_share(painted, strip) < 0.05
    image = strip.grab().toImage()
    assert QColor(image.pixel(x, y)).name() == GROOM
    assert QColor(image.pixel(round(strip.x_of(310)), y)).name() == red


def pixels(strip):
    image = strip.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = image.constBits()
    if hasattr(data, "setsize"):  # PyQt6; PySide6 knows the size
        data.setsize(image.sizeInBytes())
    return np.frombuffer(data, np.uint32).reshape(image.height(), image.bytesPerLine() // 4).copy()


def write_label(model):
    model.lanes[0].track.fill(496, 508, 4)
    model.labels_written(model.lanes[0].track, 0, 496, 508)


CHANGES = {
    "playhead": lambda model: model.set_playhead(700),
    "playhead back": lambda model: model.set_playhead(2),
    "open bout": lambda model: model.set_open_bout(0, 300, 501, 3),
    "open bout grown": lambda model: model.set_open_bout(0, 250, 560, 3),
    "open bout shrunk": lambda model: model.set_open_bout(0, 250, 251, 3),
    "open bout closed": lambda model: model.clear_open_bout(0),
    "selection": lambda model: setattr(model, "selection", (100, 300)),
    "selection gone": lambda model: setattr(model, "selection", None),
    "seen": lambda model: model.mark_seen(0, 700),
    "zoomed": lambda model: model.zoom(20, 500),
    "playhead close up": lambda model: model.set_playhead(500),
    "playhead one further": lambda model: model.set_playhead(501),
    "open bout close up": lambda model: model.set_open_bout(0, 480, 502, 3),
    "closed again": lambda model: model.clear_open_bout(0),
    "label written": write_label,
    "note": lambda model: model.set_markers([Marker(490, 510)]),
    "followed": lambda model: model.set_playhead(900),
}


def test_all_that_looks_different_is_repainted(strip, model, painted, qtbot):
    for name, change in CHANGES.items():
        qtbot.wait(1)
        before = pixels(strip)
        painted.clear()
        change(model)
        qtbot.waitUntil(lambda: bool(painted))
        repainted = list(painted)
        different = np.argwhere(before != pixels(strip))
        assert different.size, name
        missed = [
            (x, y)
            for y, x in different.tolist()
            if not any(region.contains(QPoint(x, y)) for region in repainted)
        ]
        assert not missed, name


def test_an_open_bout_covers_the_pass_at_once_and_the_older_label_comes_back(hand, model):
    model.set_open_bout(0, 220, 320, 3)
    assert hand.color(310, 0) == REST
    assert hand.color(310, 1) == REST
    model.set_open_bout(0, 220, 280, 3)
    assert hand.color(310, 0) == GROOM
    model.clear_open_bout(0)
    assert hand.color(230, 0, dy=10) == GROOM


def test_what_is_written_is_seen_at_once_and_its_row_whole_soon_after(qtbot, hand, strip, model):
    def write(start, stop, label):
        model.lanes[0].track.fill(start, stop, label)
        model.labels_written(model.lanes[0].track, 0, start, stop)

    write(100, 900, 3)
    assert hand.color(600, 0) == REST
    write(300, 400, -1)
    assert hand.color(210, 0) == REST
    assert len(hand.colors_of_box(310, 390, 0)) == 2  # a stripe, not the label that was there a moment ago
    write(500, 700, 1)
    write(520, 560, 2)
    assert [hand.color(frame, 0) for frame in (540, 600, 800)] == [GROOM, EAT, REST]
    qtbot.wait(150)
    soon = strip.grab().toImage()
    model.lanes_changed()
    assert strip.grab().toImage() == soon


def test_an_open_bout_shorter_than_a_pixel_is_visible(hand, strip, model):
    model.set_clip(90_000, 25.0)
    model.set_lanes([Lane("Ada", LabelTrack.blank(90_000), editable=True)])
    model.playhead = 10
    model.set_open_bout(0, 45_000, 45_001, 3)
    assert hand.color(45_000, 0) == REST


def test_an_open_stretch_of_unlabeling_looks_unlabeled(hand, model):
    model.set_open_bout(0, 720, 980, -1)
    assert not hand.colors_of_box(860, 960, 0) & {WALK}


def test_the_selection_tints_what_it_covers(hand, model):
    before = hand.color(300, 0)
    model.selection = (250, 350)
    assert hand.color(300, 0) != before
    assert hand.color(360, 0) == before
    model.selection = None
    assert hand.color(300, 0) == before


def test_seen_frames_are_marked_and_half_seen_pixels_only_half(hand, strip, model):
    model.mark_seen(100, 300)
    assert hand.color(200, "seen") == strip.theme.seen.name()
    assert hand.color(400, "seen") == strip.theme.empty.name()
    model.set_clip(90_000, 25.0)
    model.mark_seen(45_000, 45_003)
    assert hand.color(45_001, "seen") not in (strip.theme.seen.name(), strip.theme.empty.name())


def test_light_and_dark_phase_have_a_row_of_their_own(hand, strip, model):
    assert strip.strip_layout.day is None
    least = strip.minimumSizeHint().height()
    model.set_phases([Phase(0, 500, dark=False), Phase(500, 1000, dark=True)])
    assert strip.minimumSizeHint().height() > least
    assert hand.color(250, "day") == strip.theme.light_phase.name()
    assert hand.color(750, "day") == strip.theme.dark_phase.name()


def test_the_time_of_day_has_a_row_when_it_is_known(strip, model):
    model.set_clip(1000, 25.0, recorded_at=datetime(2025, 1, 1, 12))
    assert strip.strip_layout.day is not None


def test_proposals_are_striped_and_fade_with_their_confidence(hand, strip, model):
    track = LabelTrack.blank(1000)
    track.fill(0, 1000, 1)
    sure, unsure = Lane("a", track, opacity=np.ones(1000)), Lane("b", track, opacity=np.full(1000, 0.3))
    striped = Lane("c", track, hatched=True)
    model.set_lanes([sure, unsure, striped])
    assert hand.color(500, 0) == EAT
    faded = QColor(hand.color(500, 1))
    ground = strip.theme.empty
    assert faded.name() not in (EAT, ground.name())
    assert abs(faded.blue() - (ground.blue() + 0.3 * (QColor(EAT).blue() - ground.blue()))) <= 1
    assert len(hand.colors_of_box(500, 540, 2)) == 2
    assert EAT in hand.colors_of_box(500, 540, 2)


def test_notes_and_flags_are_drawn_on_their_bout(hand, model):
    plain = hand.colors_of_box(205, 215, 0)
    model.set_markers([Marker(205, 260, text="tail"), Marker(700, 800, uncertain=True)])
    assert hand.colors_of_box(205, 215, 0) != plain
    assert len(hand.colors_of_box(780, 799, 0)) > 1
    assert len(hand.colors_of_box(860, 960, 0)) == 1


def test_the_strip_follows_the_palette_until_it_gets_a_theme(qtbot):
    strip = TimelineStrip(scene())
    qtbot.addWidget(strip, before_close_func=lambda widget: widget.cleanup())
    strip.resize(900, 160)
    for background, text in (("#202020", "#f0f0f0"), ("#fafafa", "#101010")):
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Window, QColor(background))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(text))
        strip.setPalette(palette)
        assert QColor(strip.grab().toImage().pixel(2, 2)).name() == background
    strip.set_theme("#112233", "#ffffff", "#4560c4")
    assert QColor(strip.grab().toImage().pixel(2, 2)).name() == "#112233"
    strip.setPalette(QPalette())
    assert QColor(strip.grab().toImage().pixel(2, 2)).name() == "#112233"


@pytest.mark.parametrize("background", ["#000000", "#23242b", "#ebe7e6", "#ffffff"])
def test_every_text_can_be_read_on_its_ground(background):
    text = "#ffffff" if luminance(QColor(background)) < 0.2 else "#111111"
    theme = Theme(QColor(background), QColor(text), QColor("#4560c4"))

    def contrast(one, other):
        bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
        return (bright + 0.05) / (dark + 0.05)

    assert contrast(theme.dim, theme.background) >= 4.5
    assert contrast(theme.empty, theme.hatch) >= 1.25
    for ground in (theme.light_phase, theme.dark_phase, *(QColor(b.color) for b in ETHOGRAM.behaviors)):
        assert contrast(ink_on(ground), ground) >= 4.0


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_rows_lie_on_device_pixels_at_every_scale(qtbot, monkeypatch, scale):
    strip = TimelineStrip(scene())
    qtbot.addWidget(strip, before_close_func=lambda widget: widget.cleanup())
    strip.set_theme("#23242b", "#f0f1f2", "#4560c4")
    strip.resize(901, 173)
    font, size = strip.font(), (strip.width(), strip.height())
    image = strip._backdrop.image(strip.strip_layout, strip.theme, font, size, scale)
    assert image.width() == int(np.ceil(901 * scale))
    box = strip.strip_layout.lanes[0]
    y = round((box.y + 3) * scale)
    edge = round(strip.x_of(400) * scale)
    colors = {
        QColor(image.pixel(x, y)).name() for x in range(edge - round(30 * scale), edge + round(30 * scale))
    }
    assert len(colors) == 3  # groom, the parting line, none: no blended pixel between them


def test_names_stand_in_wide_bouts_and_not_in_narrow_ones(hand, model):
    assert len(hand.colors_of_box(205, 260, 0)) > 2
    model.lanes[0].track.fill(205, 210, 1)
    model.set_window(0, 1000)
    model.labels_written(model.lanes[0].track, 0, 205, 210)
    assert hand.colors_of_box(206, 209, 0) == {EAT}


def colors_of_title(strip, row):
    image, box = strip.grab().toImage(), strip.strip_layout.lanes[row]
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(strip.strip_layout.gutter)
        for y in range(box.y, box.bottom)
    }


def test_key_caps_beside_the_title_are_the_legend_of_the_row(strip, model):
    assert {EAT, GROOM} <= colors_of_title(strip, 0)
    assert not {EAT, GROOM, REST} & colors_of_title(strip, 1)
    track = model.lanes[0].track
    model.set_lanes(
        [
            Lane("one line", track, keys=[("3", 3)], height=11),
            Lane("full", track, keys=[("abcdefgh", 3)] * 4, height=11),
        ]
    )
    assert REST in colors_of_title(strip, 0)
    assert REST not in colors_of_title(strip, 1)  # there is no room for all of them


@pytest.mark.parametrize("lanes", [1, 3, 6, 12])
def test_rows_share_the_height_and_never_get_too_low_to_read(qtbot, lanes):
    model = scene()
    track = model.lanes[0].track
    model.set_lanes([Lane(f"row {number}", track) for number in range(lanes)])
    strip = TimelineStrip(model)
    qtbot.addWidget(strip, before_close_func=lambda widget: widget.cleanup())
    for height in (strip.minimumSizeHint().height(), strip.sizeHint().height(), 900):
        strip.resize(1000, height)
        strip.grab()  # a strip that is not shown yet is laid out when it is painted
        layout = strip.strip_layout
        assert all(box.h >= 14 for box in layout.lanes)
        assert layout.overview.bottom <= height
        assert all(a.bottom < b.y for a, b in zip(layout.lanes, layout.lanes[1:], strict=False))
    assert strip.minimumSizeHint().height() <= 66 + 17 * lanes


def test_a_strip_of_a_closed_clip_says_so(strip, model):
    model.set_clip(0, 25.0)
    image = strip.grab().toImage()
    middle = QRect(strip.rect().center() - QPoint(60, 10), strip.rect().center() + QPoint(60, 10))
    colors = {
        image.pixel(x, y)
        for x in range(middle.left(), middle.right())
        for y in range(middle.top(), middle.bottom())
    }
    assert len(colors) > 1


def test_after_cleanup_the_model_is_no_longer_watched(qtbot):
    model = scene()
    strip = TimelineStrip(model)
    qtbot.addWidget(strip)
    strip.cleanup()
    strip.cleanup()
    for signal in (model.clip_changed, model.playhead_changed, model.labels_changed, model.window_changed):
        assert len(signal) == 0


def test_a_row_whose_gaps_are_nothing_to_decide_is_plain_there(hand, model):
    lane = Lane("Disagreements", model.lanes[0].track, gap="nothing to decide")
    model.set_lanes([model.lanes[0], lane])
    assert len(hand.colors_of_box(520, 690, 1)) == 1
    assert len(hand.colors_of_box(520, 690, 0)) == 2


def test_the_stretch_in_question_has_a_frame_and_little_else_is_painted(hand, model, painted, strip, qtbot):
    before = hand.color(300, 0)
    painted.clear()
    model.focus = (300, 350)
    qtbot.waitUntil(lambda: bool(painted))
    assert painted_share(painted, strip) < 0.12
    frame = strip.theme.text.name()
    left = {hand.color(300 + step / 10, 0) for step in range(-20, 20)}
    assert frame in left
    assert hand.color(320, 0) == before
    model.focus = None
    assert hand.color(300, 0) == before
