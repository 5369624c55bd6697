from pathlib import Path

import pytest
from napari_ethoprofile.annotation.agreement import Settings
from napari_ethoprofile.annotation.agreement.report import AgreementReport, agreement_report
from napari_ethoprofile.annotation.agreement.sources import FileOptions, material_of_files
from rating_files import clip_files, rescored, scored

CLIPS, FRAMES = 4, 500
QUICK = Settings(resamples=200)


@pytest.fixture(scope="session")
def rated(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four clips of three raters: Ada, Ben, and Cleo, who left some frames unlabeled."""
    folder = tmp_path_factory.mktemp("rated")
    ada = [scored(FRAMES, seed) for seed in range(CLIPS)]
    ben = [rescored(labels, 10 + n) for n, labels in enumerate(ada)]
    cleo = [rescored(labels, 20 + n, 0.3)[: FRAMES - 40] + [""] * 40 for n, labels in enumerate(ada)]
    return [
        path
        for rater, clips in (("Ada", ada), ("Ben", ben), ("Cleo", cleo))
        for path in clip_files(folder / rater, rater, clips)
    ]


@pytest.fixture(scope="session")
def report(rated: list[Path]) -> AgreementReport:
    """The three raters compared."""
    options = FileOptions(fps=25.0, gaps="unlabeled")
    return agreement_report(material_of_files(rated, options), QUICK)


@pytest.fixture(scope="session")
def pair_report(rated: list[Path]) -> AgreementReport:
    """Ada and Ben on one clip: nothing can be resampled."""
    options = FileOptions(fps=25.0, gaps="unlabeled")
    return agreement_report(material_of_files([rated[0], rated[CLIPS]], options), QUICK)
