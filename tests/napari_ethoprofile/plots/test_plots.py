"""The painted plots: where marks lie, what real clicks on bars and dots tell, both themes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from double_coded import submitted_in_weeks, twice_scored
from napari_ethoprofile.annotation.agreement import Settings
from napari_ethoprofile.annotation.agreement.kinds import Kind
from napari_ethoprofile.annotation.agreement.report import AgreementReport, agreement_report
from napari_ethoprofile.annotation.agreement.sources import material_of_passes
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QColor
from qtpy.QtTest import QTest
from small_project import write_recording

from napari_ethoprofile.plots import ClipDots, KindBars, Plot, ToleranceCurve, WeekDots
from napari_ethoprofile.timeline.theme import Theme

THEMES = [("#262930", "#f0f1f2"), ("#efebe9", "#3b3a39")]


@pytest.fixture
def report(tmp_path: Path) -> Iterator[AgreementReport]:
    with twice_scored(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")) as project:
        submitted_in_weeks(project.folder, ["2026-02-02", "2026-02-10"])
        material = material_of_passes(project, ["Ada", "Ben"], "Dora")
        yield agreement_report(material, Settings(resamples=10))


def shown(plot: Plot, qtbot) -> tuple[Plot, list[object]]:
    clicked: list[object] = []
    qtbot.addWidget(plot)
    plot.clicked.connect(clicked.append)
    plot.resize(500, 320)
    plot.show()
    qtbot.waitExposed(plot)
    return plot, clicked


def click(plot: Plot, at: QPoint) -> None:
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_bar_tells_its_kind(report: AgreementReport, qtbot) -> None:
    bars, clicked = shown(KindBars(), qtbot)
    bars.show_kinds(report.pairs[0].kinds)
    assert [mark.key for mark in bars.marks()] == [Kind.SPURIOUS, Kind.BOUNDARY_SHIFT]  # 10 and 9 frames
    lengths = [bars.bar_rect(kind).width() for kind in (Kind.SPURIOUS, Kind.BOUNDARY_SHIFT)]
    assert lengths[1] / lengths[0] == pytest.approx(0.9, abs=0.02)
    for kind in (Kind.BOUNDARY_SHIFT, Kind.SPURIOUS):
        click(bars, bars.bar_rect(kind).center().toPoint())
    click(bars, QPoint(5, 315))
    assert clicked == [Kind.BOUNDARY_SHIFT, Kind.SPURIOUS]
    assert "Median shift of the second rater: 180 ms" in bars.marks()[1].tip  # 5 and 4 frames of 40 ms


def test_a_click_on_a_dot_tells_its_clip_the_lowest_on_top(report: AgreementReport, qtbot) -> None:
    dots, clicked = shown(ClipDots(), qtbot)
    dots.show_clips(report.pairs[0].clip_rows)
    first, second = (row.facts.clip for row in report.pairs[0].clip_rows)
    assert [mark.key for mark in dots.marks()] == [second, first]
    assert dots.dot(second).x() < dots.dot(first).x()
    click(dots, dots.dot(first).toPoint())
    click(dots, QPoint(10, 5))
    assert clicked == [first]
    assert "agreement 72.0 %, 50 frames" in dots.marks()[0].tip


def test_a_click_on_a_dot_tells_its_week(report: AgreementReport, qtbot) -> None:
    dots, clicked = shown(WeekDots(), qtbot)
    assert dots.marks() == []
    dots.grab()  # says what is missing
    dots.show_weeks(report.weeks)
    for week in ("2026-W07", "2026-W06"):
        click(dots, dots.dot(week).toPoint())
    assert clicked == ["2026-W07", "2026-W06"]
    assert dots.dot("2026-W06").y() < dots.dot("2026-W07").y()  # the first clip agrees better


def test_the_curve_explains_every_tolerance_and_cannot_be_clicked(report: AgreementReport, qtbot) -> None:
    curve, clicked = shown(ToleranceCurve(), qtbot)
    curve.show_curve(report.pairs[0].tolerance_curve, 0.5)
    marks = curve.marks()
    assert len(marks) == 21
    assert marks[0].tip.startswith("The same label within ± 0.0 s: 81.0 %")
    click(curve, marks[5].rect.center().toPoint())
    assert clicked == []
    assert curve.mark_at(QPointF(marks[20].rect.center())) == marks[20]


@pytest.mark.parametrize(("background", "text"), THEMES)
def test_marks_stand_out_from_the_ground_in_both_themes(
    report: AgreementReport, qtbot, background: str, text: str
) -> None:
    theme = Theme(QColor(background), QColor(text), QColor("#4560c4"))
    dots, _ = shown(ClipDots(), qtbot)
    dots.show_clips(report.pairs[0].clip_rows)
    bars, _ = shown(KindBars(), qtbot)
    bars.show_kinds(report.pairs[0].kinds)
    clip = report.pairs[0].clip_rows[1].facts.clip
    edge = QPointF(bars.bar_rect(Kind.SPURIOUS).right(), bars.bar_rect(Kind.SPURIOUS).center().y())
    for plot, at in ((dots, dots.dot(clip)), (bars, edge)):
        plot.set_theme(theme)
        image = plot.grab().toImage()
        ground, mark = image.pixelColor(1, image.height() - 2), image.pixelColor(at.toPoint())
        assert ground.name() == background
        assert abs(ground.lightness() - mark.lightness()) > 40


def test_hundreds_of_clips_take_a_row_each(report: AgreementReport, qtbot) -> None:
    dots, _ = shown(ClipDots(), qtbot)
    dots.show_clips(report.pairs[0].clip_rows * 150)
    assert dots.height() >= 300 * 20
