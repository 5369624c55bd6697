"""What the hover text says."""

from datetime import datetime

import numpy as np
from napari_ethoprofile.annotation.tracks import LabelTrack
from qtpy.QtCore import QEvent, QPoint
from qtpy.QtGui import QHelpEvent
from qtpy.QtWidgets import QApplication, QToolTip

from napari_ethoprofile.timeline.hover import bout_text
from napari_ethoprofile.timeline.lanes import Lane, Marker


def rest_at(strip, point):
    at = point.toPoint()
    QApplication.sendEvent(strip, QHelpEvent(QEvent.Type.ToolTip, at, strip.mapToGlobal(at)))
    return QToolTip.text()


def test_a_bout_tells_name_frames_times_and_length(hand, strip):
    text = rest_at(strip, hand.at(300, 0))
    assert "groom" in text
    assert "Ada" in text
    assert "frames 200 to 399 (200 frames, 8.00 s)" in text
    assert "00:08.00 to 00:16.00" in text


def test_a_bout_tells_time_of_day_origin_confidence_and_notes(model):
    track = LabelTrack.blank(100)
    track.fill(10, 11, 2)
    model.set_clip(100, 25.0, recorded_at=datetime(2025, 1, 1, 12, 30))
    lane = Lane(
        "<Ada>", track, editable=True, opacity=np.full(100, 0.5), provenance=lambda frame: f"typed & {frame}"
    )
    model.set_lanes([lane])
    model.set_markers(
        [Marker(10, 11, text="tail < nose"), Marker(10, 11, uncertain=True), Marker(50, 60, text="other")]
    )
    text = bout_text(model, lane, track.bout_at(10), 10)
    assert "&lt;Ada&gt;" in text
    assert "(1 frame, 0.04 s)" in text
    assert "12:30:00" in text
    assert "confidence 0.50" in text
    assert "typed &amp; 10" in text
    assert "note: tail &lt; nose" in text
    assert "uncertain" in text
    assert "other" not in text


def test_an_unlabeled_stretch_has_no_origin(model):
    lane = Lane("Ada", LabelTrack.blank(1000), provenance=lambda frame: "typed")
    text = bout_text(model, lane, lane.track.bout_at(5), 5)
    assert "unlabeled" in text
    assert "typed" not in text


def test_the_coverage_strip_tells_how_much_was_seen(hand, strip, model):
    model.set_seen([(0, 250)])
    assert "250 of 1000 frames" in rest_at(strip, hand.at(500, "seen"))


def test_the_gutter_tells_the_whole_title_and_the_overview_what_it_does(hand, strip):
    box = strip.strip_layout.lanes[1]
    assert rest_at(strip, QPoint(10, box.y + 5).toPointF()) == "Grace"
    assert "drag" in rest_at(strip, hand.at(500, "overview"))


def test_a_gap_with_a_name_of_its_own_is_called_so(model):
    lane = Lane("Disagreements", model.lanes[0].track, gap="nothing to decide")
    text = bout_text(model, lane, model.bout_at(lane, 600), 600)
    assert "nothing to decide" in text
    assert "unlabeled" not in text
