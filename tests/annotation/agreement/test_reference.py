"""Reference figures of real data: three raters of 20 open-field videos (Sturman et al. 2020).

The figures stand beside the file; they were computed without this code, frame by frame, with scikit-learn and
statsmodels.
"""

import pytest
from napari_ethoprofile.annotation.agreement import ManyReport, Settings, compare_many
from sturman import NAMES, RATERS, sturman_clips


@pytest.fixture(scope="module")
def report() -> ManyReport:
    return compare_many(RATERS, sturman_clips(), NAMES, settings=Settings(resamples=200))


@pytest.mark.parametrize(
    ("a", "b", "agreement", "kappa", "by_behavior"),
    [
        ("Furkan", "Jin", 0.900905, 0.778913, (0.8584, 0.6877, 0.6783, 0.7712)),
        ("Furkan", "Oliver", 0.905292, 0.792596, (0.8549, 0.7187, 0.7225, 0.6901)),
        ("Jin", "Oliver", 0.916594, 0.819806, (0.8904, 0.7527, 0.7369, 0.8069)),
    ],
)
def test_pairs_of_raters(
    report: ManyReport, a: str, b: str, agreement: float, kappa: float, by_behavior: tuple[float, ...]
) -> None:
    pair = next(pair for pair in report.pairs if (pair.a, pair.b) == (a, b))
    assert pair.frames == 300_662
    assert pair.agreement.value == pytest.approx(agreement, abs=5e-7)
    assert pair.kappa.value == pytest.approx(kappa, abs=5e-7)
    found = [pair.behavior(name).kappa.value for name in NAMES.values()]
    assert found == [pytest.approx(each, abs=5e-5) for each in by_behavior]


def test_all_raters(report: ManyReport) -> None:
    assert (report.frames, report.frames_all, report.excluded) == (300_662, 300_662, 0)
    assert report.unanimous.value == pytest.approx(0.8634, abs=5e-5)
    assert report.fleiss_kappa.value == pytest.approx(0.7973, abs=5e-5)


def test_disagreement_is_explained_to_the_last_frame(report: ManyReport) -> None:
    for pair in report.pairs:
        differing = pair.frames - round(pair.agreement.value * pair.frames)
        assert sum(kind.seconds for kind in pair.kinds) * 25 == pytest.approx(differing)
