"""Where there is no screen, plain widgets are tested offscreen and napari windows are skipped, saying so."""

import os
import sys
import tempfile
from pathlib import Path

import pytest
from cohort_project import film
from hypothesis import HealthCheck, settings

# A law holds on a slow and busy machine, too.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

NO_SCREEN = sys.platform.startswith("linux") and not (
    os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
)
# napari and Qt read these once: the settings of the person who runs the tests are neither used nor changed.
_SETTINGS = Path(tempfile.mkdtemp(prefix="ethoprofile-tests-"))
os.environ["NAPARI_CONFIG"] = str(_SETTINGS / "settings.yaml")
os.environ["XDG_CONFIG_HOME"] = str(_SETTINGS)
# The networks of the tests are too small to gain from more, and on a busy machine threads only wait.
os.environ.setdefault("OMP_NUM_THREADS", "1")
if NO_SCREEN:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def three_mice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of three generated mice, 24 s each; not to be changed by tests."""
    return film(tmp_path_factory.mktemp("three") / "recordings", subjects=3, seconds=24)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if NO_SCREEN and item.get_closest_marker("window"):
            item.add_marker(pytest.mark.skip(reason="needs a screen; run it under scripts/with-display"))
