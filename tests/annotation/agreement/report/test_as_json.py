"""The JSON of agreement: the contract for scripts, and null with a reason where a number is not defined."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari_ethoprofile.annotation.agreement import Settings
from napari_ethoprofile.annotation.agreement.report import AgreementReport, agreement_report, as_csv, as_json
from napari_ethoprofile.annotation.agreement.sources import FileOptions, material_of_files
from napari_ethoprofile.annotation.errors import AgreementError
from rating_files import frames_file
from realdata import realdata_file
from sklearn.metrics import cohen_kappa_score, f1_score

FPS = FileOptions(fps=25.0)


def plain(report: AgreementReport) -> dict[str, Any]:
    """Return the report as it comes out of a JSON file."""
    return json.loads(json.dumps(as_json(report), allow_nan=False))


def two(folder: Path, a: list[str], b: list[str], **settings: Any) -> dict[str, Any]:
    paths = [frames_file(folder, "a.csv", a), frames_file(folder, "b.csv", b)]
    return plain(agreement_report(material_of_files(paths, FPS), Settings(**settings)))


def test_the_contract(report: AgreementReport) -> None:
    found = plain(report)
    assert {
        "frames", "excluded", "raters", "pairs", "fleiss_kappa", "krippendorff_alpha", "unanimous",
    } <= set(found)  # fmt: skip
    assert found["raters"] == ["Ada", "Ben", "Cleo"]
    assert found["frames"] == 2000
    assert [(pair["a"], pair["b"], pair["frames"]) for pair in found["pairs"]] == [
        ("Ada", "Ben", 2000), ("Ada", "Cleo", 1840), ("Ben", "Cleo", 1840),
    ]  # fmt: skip
    pair = found["pairs"][1]
    assert pair["excluded"] == {"only_a": 160, "only_b": 0, "neither": 0, "seconds": pytest.approx(6.4)}
    low, high = pair["kappa_ci"]
    assert low <= pair["kappa"] <= high
    behavior = pair["behaviors"]["rest"]
    assert {"kappa", "f1", "seconds_a", "seconds_b", "bouts_a", "bouts_b", "bout_f1"} <= set(behavior)
    assert sorted(pair["confusion"]["labels"]) == ["groom", "rest", "walk"]
    assert np.array(pair["confusion"]["frames"]).sum() == 1840
    assert found["frames_all"] == 1840


def test_the_numbers_are_those_of_scikit_learn(tmp_path: Path) -> None:
    a = ["rest"] * 30 + ["walk"] * 20 + ["none"] * 10 + [""] * 5
    b = ["rest"] * 25 + ["walk"] * 30 + ["none"] * 5 + ["rest"] * 5
    [pair] = two(tmp_path, a, b)["pairs"]
    assert pair["frames"] == 60
    assert pair["agreement"] == pytest.approx(50 / 60)
    assert pair["kappa"] == pytest.approx(cohen_kappa_score(a[:60], b[:60]))
    for name in ("rest", "walk"):
        first, second = np.array(a[:60]) == name, np.array(b[:60]) == name
        assert pair["behaviors"][name]["kappa"] == pytest.approx(cohen_kappa_score(first, second))
        assert pair["behaviors"][name]["f1"] == pytest.approx(f1_score(first, second))
    assert pair["behaviors"]["rest"]["seconds_a"] == pytest.approx(30 / 25)
    assert pair["none"]["seconds_b"] == pytest.approx(5 / 25)
    assert "none" not in pair["behaviors"]


def test_what_is_not_defined_is_null_and_says_why(tmp_path: Path) -> None:
    [pair] = two(tmp_path, ["rest"] * 10, ["rest"] * 10)["pairs"]
    assert pair["kappa"] is None
    assert pair["kappa_ci"] is None
    assert pair["undefined"]["kappa"].startswith(
        "not defined because both raters used one and the same label"
    )
    assert pair["agreement"] == 1.0
    assert "only one clip" in pair["undefined"]["agreement_ci"]


def test_one_clip_has_no_interval_and_says_why(pair_report: AgreementReport) -> None:
    [pair] = plain(pair_report)["pairs"]
    assert pair["kappa"] is not None
    assert pair["kappa_ci"] is None
    assert "there is only one clip" in pair["undefined"]["kappa_ci"]


def test_the_same_seed_gives_the_same_numbers(rated: list[Path]) -> None:
    material = material_of_files(rated, FileOptions(fps=25.0, gaps="unlabeled"))
    first, again, other = (
        plain(agreement_report(material, Settings(resamples=100, seed=seed))) for seed in (1, 1, 2)
    )
    assert first == again
    assert first["pairs"][0]["kappa_ci"] != other["pairs"][0]["kappa_ci"]


def test_several_groups_stand_apart(tmp_path: Path) -> None:
    bouts = "start_frame,stop_frame,behavior\n"
    (tmp_path / "a.csv").write_text(bouts + "0,40,rest\n20,60,groom\n")
    (tmp_path / "b.csv").write_text(bouts + "0,50,rest\n30,60,groom\n")
    options = FileOptions(fps=25.0, gaps="none")
    found = plain(agreement_report(material_of_files([tmp_path / "a.csv", tmp_path / "b.csv"], options)))
    assert [(pair["group"], pair["a"], pair["b"]) for pair in found["pairs"]] == [
        ("rest", "a", "b"), ("groom", "a", "b"),
    ]  # fmt: skip
    assert found["pairs"][0]["agreement"] == pytest.approx(50 / 60)
    assert found["fleiss_kappa"] is None
    assert "several groups" in found["undefined"]["fleiss_kappa"]
    assert [group["name"] for group in found["groups"]] == ["rest", "groom"]


@pytest.mark.parametrize("by", ["strain", "phase", "week"])
def test_a_grouping_that_nothing_knows_is_refused(rated: list[Path], by: Any) -> None:
    material = material_of_files(rated, FileOptions(fps=25.0, gaps="unlabeled"))
    with pytest.raises(AgreementError, match=f"Nothing says the {by} of any clip"):
        agreement_report(material, Settings(by=(by,)))
    grouped = plain(agreement_report(material, Settings(by=("subject",), resamples=50)))
    assert [(row["by"], row["name"], row["clips"]) for row in grouped["pairs"][0]["by"]] == [
        ("subject", "01", 4)
    ]


def test_the_table_holds_the_same_numbers(report: AgreementReport) -> None:
    found, rows = plain(report), list(csv.DictReader(io.StringIO(as_csv(report))))
    assert len(rows) == 3 * 4
    for pair in found["pairs"]:
        own = {row["behavior"]: row for row in rows if (row["a"], row["b"]) == (pair["a"], pair["b"])}
        assert float(own["(all)"]["kappa"]) == pytest.approx(pair["kappa"], abs=1e-6)
        assert float(own["(all)"]["kappa_low"]) == pytest.approx(pair["kappa_ci"][0], abs=1e-6)
        for name, behavior in pair["behaviors"].items():
            assert float(own[name]["bout_f1"]) == pytest.approx(behavior["bout_f1"], abs=1e-6)
            assert int(own[name]["bouts_a"]) == behavior["bouts_a"]


def test_the_table_says_what_is_not_defined(tmp_path: Path) -> None:
    paths = [frames_file(tmp_path, f"{name}.csv", ["rest"] * 9) for name in "ab"]
    rows = list(csv.DictReader(io.StringIO(as_csv(agreement_report(material_of_files(paths, FPS))))))
    assert rows[0]["kappa"] == ""
    assert "kappa: not defined because" in rows[0]["undefined"]


def test_the_reference_figures_of_three_raters() -> None:
    paths = [realdata_file("sturman_oft/AllLabDataOFT_final.csv")]
    report = agreement_report(material_of_files(paths), Settings(resamples=100))
    found = plain(report)
    assert found["frames"] == 300_662
    assert found["excluded"] == {"unlabeled": 0}
    assert (found["gaps"], found["overlaps"]) == ("none", "the later row counted")
    wanted = {
        ("Furkan", "Jin"): (0.900905, 0.778913, 0.8584, 0.6877, 0.6783, 0.7712),
        ("Furkan", "Oliver"): (0.905292, 0.792596, 0.8549, 0.7187, 0.7225, 0.6901),
        ("Jin", "Oliver"): (0.916594, 0.819806, 0.8904, 0.7527, 0.7369, 0.8069),
    }
    assert {(pair["a"], pair["b"]) for pair in found["pairs"]} == set(wanted)
    for pair in found["pairs"]:
        agreement, kappa, *behaviors = wanted[pair["a"], pair["b"]]
        assert round(pair["agreement"], 6) == agreement
        assert round(pair["kappa"], 6) == kappa
        names = ("Supported", "Unsupported", "Grooming", "Jumping")
        assert [round(pair["behaviors"][name]["kappa"], 4) for name in names] == behaviors
    assert round(found["fleiss_kappa"], 4) == 0.7973
    assert round(found["unanimous"], 4) == 0.8634
