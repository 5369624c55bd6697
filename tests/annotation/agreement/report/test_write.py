"""A report written into files: all of them or none, and never over what is there."""

import json
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.agreement.report import (
    AgreementReport,
    agreement_report,
    as_csv,
    as_json,
    write_report,
)
from napari_ethoprofile.annotation.agreement.results import Settings
from napari_ethoprofile.annotation.agreement.sources import material_of_files
from napari_ethoprofile.annotation.errors import AgreementError
from rating_files import frames_file, rescored, scored


@pytest.fixture
def report(tmp_path: Path) -> AgreementReport:
    labels = scored(400, 1)
    files = [
        frames_file(tmp_path, name, own, fps=25)
        for name, own in (("a.csv", labels), ("b.csv", rescored(labels, 2)))
    ]
    return agreement_report(material_of_files(files), Settings(resamples=10))


def test_everything_that_is_named_is_written(report: AgreementReport, tmp_path: Path) -> None:
    paths = {kind: tmp_path / f"out.{kind}" for kind in ("html", "csv", "json")}
    written = write_report(report, **paths, figures=tmp_path / "figures")
    assert written == [*paths.values(), tmp_path / "figures"]
    assert paths["csv"].read_text() == as_csv(report)
    assert json.loads(paths["json"].read_text()) == json.loads(json.dumps(as_json(report)))
    assert "<html" in paths["html"].read_text()
    assert any((tmp_path / "figures").glob("*.svg"))


def test_what_is_there_is_kept_and_nothing_else_is_written(report: AgreementReport, tmp_path: Path) -> None:
    taken = tmp_path / "out.csv"
    taken.write_text("mine")
    with pytest.raises(AgreementError, match="exists already"):
        write_report(report, html=tmp_path / "out.html", csv=taken)
    assert taken.read_text() == "mine"
    assert not (tmp_path / "out.html").exists()
    with pytest.raises(AgreementError, match="no folder"):
        write_report(report, html=tmp_path / "nowhere" / "out.html")
