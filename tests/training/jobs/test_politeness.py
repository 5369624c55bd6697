"""A job gives way to the window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

_TELL = """
import json, os
from pathlib import Path
import psutil
from napari_ethoprofile.training.jobs.politeness import be_polite

threads = be_polite()
found = {"threads": threads, "nice": psutil.Process().nice(), "omp": os.environ["OMP_NUM_THREADS"]}
found["cores"] = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else None
group = Path("/proc/self/autogroup")
# Empty in a session that was there before Linux began to weigh them, as that of a container may be.
found["group"] = (group.read_text().split() or [None])[-1] if group.exists() else None
print(json.dumps(found))
"""

_AS_THE_WINDOW_STARTS_IT = """
import sys
from qtpy.QtCore import QProcess

process = QProcess()
process.setProgram(sys.executable)
process.setArguments(["-c", sys.argv[1]])
process.setStandardOutputFile(sys.argv[2])
assert process.startDetached()[0]
"""

_CONTAINER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]


def _has_containers() -> bool:
    return bool(shutil.which(_CONTAINER[0])) and not subprocess.call(
        [*_CONTAINER, "true"], stderr=subprocess.DEVNULL
    )


@pytest.fixture(scope="module")
def found() -> dict[str, int | str | None]:
    done = subprocess.run([sys.executable, "-c", _TELL], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_job_leaves_a_core_and_tells_the_libraries_how_many_threads_they_may_use(found) -> None:
    here = psutil.Process()
    cores = len(here.cpu_affinity()) if hasattr(here, "cpu_affinity") else os.cpu_count()
    assert found["threads"] == max(1, cores - 1)
    assert found["omp"] == str(found["threads"])
    if found["cores"] is not None:
        assert found["cores"] == found["threads"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has classes of priority instead of niceness")
def test_a_job_has_a_lower_priority_than_what_started_it(found) -> None:
    assert found["nice"] == min(19, psutil.Process().nice() + 10)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this system does not weigh sessions")
def test_the_session_of_a_job_that_the_window_started_is_weighed_less(tmp_path: Path, qtbot) -> None:
    told = tmp_path / "told.json"
    subprocess.run([sys.executable, "-c", _AS_THE_WINDOW_STARTS_IT, _TELL, str(told)], check=True)
    qtbot.waitUntil(lambda: told.exists() and told.read_text().endswith("\n"), timeout=60_000)
    assert json.loads(told.read_text())["group"] == "10"


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this system does not weigh sessions")
def test_the_session_of_a_terminal_keeps_its_weight() -> None:
    command = ["sh", "-c", '"$0" -c "$1"; true', sys.executable, _TELL]
    done = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True)
    assert json.loads(done.stdout)["group"] == "0"


@pytest.mark.skipif(not _has_containers(), reason="this system does not let a test number processes anew")
def test_a_session_that_began_outside_the_container_keeps_its_weight() -> None:
    command = [*_CONTAINER, sys.executable, "-c", _TELL]
    done = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True)
    assert json.loads(done.stdout)["group"] in ("0", None)
