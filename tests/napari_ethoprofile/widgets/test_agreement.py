"""The parts of the agreement dock: whom it lists, what its table and matrix say, what it writes."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from double_coded import twice_scored
from napari_ethoprofile.annotation.agreement import Settings
from napari_ethoprofile.annotation.agreement.report import AgreementReport, agreement_report, as_csv
from napari_ethoprofile.annotation.agreement.report.explanations import meaning_of
from napari_ethoprofile.annotation.agreement.sources import material_of_passes
from napari_ethoprofile.annotation.errors import EthoprofileError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import UNLABELED, Bout, LabelTrack
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from small_project import write_recording

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.agreement_files import AgreementFiles
from napari_ethoprofile.widgets.agreement_matrix import AgreementMatrix
from napari_ethoprofile.widgets.agreement_raters import AgreementRaters
from napari_ethoprofile.widgets.agreement_report import AgreementReportDialog
from napari_ethoprofile.widgets.agreement_settings import AgreementSettings
from napari_ethoprofile.widgets.agreement_tables import AgreementTables


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = twice_scored(tmp_path / "project", write_recording(tmp_path / "mouse.mp4"))
    yield project
    project.close()


@pytest.fixture
def report(project: Project) -> AgreementReport:
    return agreement_report(material_of_passes(project, ["Ada", "Ben"], "Dora"), Settings(resamples=10))


def cells(tables: AgreementTables, row: int) -> list[str]:
    model = tables.model
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def test_the_table_says_what_every_number_means_and_why_one_is_missing(
    report: AgreementReport, qtbot
) -> None:
    tables = AgreementTables()
    qtbot.addWidget(tables)
    tables.show_pair(report, report.pairs[0])
    model, horizontal = tables.model, Qt.Orientation.Horizontal
    assert [model.headerData(n, horizontal) for n in range(model.columnCount())] == [
        "Behavior", "Sec.\nAda", "Sec.\nBen", "Bouts\nAda", "Bouts\nBen", "Kappa", "Frame\nF1", "Bout\nF1",
        "Onset\nbias (s)", "AC1",
    ]  # fmt: skip
    tip = str(model.headerData(8, horizontal, Qt.ItemDataRole.ToolTipRole))
    assert meaning_of("onset_bias") in unescape(tip)
    # by hand: drink is 30 frames of Ada and 39 of Ben, 30 of them shared; both have 2 bouts
    drink = cells(tables, 0)
    assert drink[:5] == ["drink", "1.2", "1.6", "2", "2"]
    assert drink[6] == f"{60 / 69:.3f}"
    rest = cells(tables, 6)
    assert (rest[0], rest[5]) == ("rest", "–")
    why = str(model.index(6, 5).data(Qt.ItemDataRole.ToolTipRole))
    assert why.startswith("<qt>not defined because")
    assert "blind (2 clips): 81.0" in tables.audit.text()


def test_a_click_on_a_row_tells_its_behavior(report: AgreementReport, qtbot) -> None:
    tables = AgreementTables()
    qtbot.addWidget(tables)
    tables.show_pair(report, report.pairs[0])
    tables.resize(600, 500)
    tables.show()
    qtbot.waitExposed(tables)
    clicked: list[int] = []
    tables.behavior_clicked.connect(clicked.append)
    view = tables.view
    at = view.visualRect(tables.model.index(1, 6)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert clicked == [2]


def test_what_only_one_has_labeled_stands_apart_and_can_be_clicked(project: Project, qtbot) -> None:
    first = project.clips()[0]
    project.import_track(first.id, "Eve", LabelTrack.from_bouts([Bout(0, 20, 1)], 50))
    report = agreement_report(material_of_passes(project, ["Ada", "Eve"], "Dora"), Settings(resamples=10))
    told: list[tuple[int, int]] = []
    matrix = AgreementMatrix(lambda first, second: f"{first} {second}")
    qtbot.addWidget(matrix)
    matrix.show_pair(report.pairs[0])
    matrix.labels_clicked.connect(lambda *labels: told.append(labels))
    matrix.resize(420, 420)
    matrix.show()
    qtbot.waitExposed(matrix)
    rect = matrix.matrix.cell_rect(*matrix.cell_of(3, UNLABELED))
    QTest.mouseClick(matrix.matrix, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert told == [(3, UNLABELED)]
    assert matrix.matrix.cell_text(*matrix.cell_of(3, UNLABELED)) == "10"


def test_raters_are_listed_and_closed_ones_are_only_told(project: Project, qtbot) -> None:
    session = Session()
    session.set_project(project)
    session.set_annotator("Dora")
    raters = AgreementRaters(session)
    qtbot.addWidget(raters)
    assert raters.chosen() == ["Ada", "Ben"]
    ben = raters.tree.topLevelItem(1)
    ben.setCheckState(0, Qt.CheckState.Unchecked)
    ben.child(0).setCheckState(0, Qt.CheckState.Checked)
    assert raters.chosen() == ["Ada", ben.child(0).data(0, Qt.ItemDataRole.UserRole)]
    for clip in project.clips():
        project.start_pass(clip.id, "Dora", "blind")
    raters.refresh()
    assert [raters.tree.topLevelItem(n).text(0) for n in range(raters.tree.topLevelItemCount())] == [
        "Dora: 2 clips, blind passes"
    ]
    assert raters.closed.text().startswith("4 passes are closed to Dora")


def test_what_is_said_about_files_reaches_the_reader(qtbot, tmp_path: Path) -> None:
    files = AgreementFiles()
    qtbot.addWidget(files)
    files.add([tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "a.csv"])
    assert [path.name for path in files.paths()] == ["a.csv", "b.csv"]
    assert (files.options().gaps, files.gaps_answered()) == (None, False)
    files.gaps.setCurrentIndex(1)
    files.fps.setText("29.97")
    files.names.setText("grooming = groom, x=none")
    options = files.options()
    assert (options.gaps, options.fps) == ("none", 29.97)
    assert options.mapping == {"grooming": "groom", "x": "none"}
    for field, wrong in ((files.fps, "fast"), (files.names, "grooming")):
        kept = field.text()
        field.setText(wrong)
        with pytest.raises(EthoprofileError, match=wrong):
            files.options()
        field.setText(kept)


def test_the_defaults_are_those_of_the_command(qtbot) -> None:
    form = AgreementSettings()
    qtbot.addWidget(form)
    assert form.settings() == Settings()
    form.by["phase"].setChecked(True)
    form.seed.setValue(7)
    form.collar.setValue(0.5)
    assert form.settings() == Settings(by=("phase",), seed=7, collar=0.5)


def test_the_report_is_that_of_the_command_and_replaces_nothing(
    report: AgreementReport, qtbot, tmp_path: Path
) -> None:
    def at_once(work, done, failed) -> None:
        try:
            done(work())
        except EthoprofileError as error:
            failed(error)

    dialog = AgreementReportDialog(report, tmp_path, at_once)
    qtbot.addWidget(dialog)
    dialog.html.setChecked(False)
    dialog.accept()
    assert "Tick what to write" in dialog.problem.text()
    dialog.csv.setChecked(True)
    dialog.name.setText("../out")
    dialog.accept()
    assert "letters" in dialog.problem.text()
    dialog.name.setText("out")
    dialog.accept()
    assert dialog.written == [tmp_path / "out.csv"]
    assert (tmp_path / "out.csv").read_text() == as_csv(report)
    again = AgreementReportDialog(report, tmp_path, at_once)
    qtbot.addWidget(again)
    again.name.setText("out")
    again.html.setChecked(False)
    again.csv.setChecked(True)
    again.accept()
    assert "exists already" in again.problem.text()
