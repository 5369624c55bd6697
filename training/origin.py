"""When and with what a model was made."""

from __future__ import annotations

import importlib.metadata
import platform
from datetime import UTC, datetime

_LIBRARIES = ("napari-ethoprofile", "torch", "numpy", "opencv-python-headless", "av")


def now() -> str:
    """Return the time as a UTC stamp, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Return the versions of the program, of Python, and of the libraries that figures depend on."""
    found = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
