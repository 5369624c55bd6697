from pathlib import Path

import pytest
from cohort_project import film, label


@pytest.fixture(scope="session")
def mice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of four generated mice, 40 s each."""
    return film(tmp_path_factory.mktemp("mice") / "recordings")


@pytest.fixture(scope="session")
def labeled_mice(tmp_path_factory: pytest.TempPathFactory, mice: Path) -> Path:
    """A project of the four mice, labeled with the truth; not to be changed by tests."""
    return label(tmp_path_factory.mktemp("labeled") / "project", mice)
