"""Where the real recordings and labels lie that some tests use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def realdata_file(relative: str) -> Path:
    """Return a file of the real-data folder, or skip the test, saying so, where it is absent."""
    folder = Path(os.environ.get("ETHOPROFILE_REALDATA", ROOT.parent / "shared" / "realdata"))
    path = folder / relative
    if not path.exists():
        pytest.skip(f"real data are absent: {path} (set ETHOPROFILE_REALDATA)")
    return path
