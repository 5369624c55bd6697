"""Loads what napari needs for the first picture of a window while nobody waits for it."""

from __future__ import annotations

import contextlib
import importlib
import threading

import numpy as np
from qtpy.QtCore import QObject, QTimer

#: When the window has taken its place, in milliseconds.
SETTLED_MS = 2000


def warm_up(window: QObject) -> None:
    """Load libraries in a thread, and let napari make its first layer once they are there.

    With the first layer napari loads xarray (and pandas) and reads the definitions of units. That takes
    longer than everything else about a clip that opens.

    Parameters
    ----------
    window
        With it, the waiting ends.
    """
    threading.Thread(target=_load, name="ethoprofile-warming", daemon=True).start()
    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.timeout.connect(_make_layer)
    timer.start(SETTLED_MS)


def _load() -> None:
    with contextlib.suppress(ImportError):  # napari can do without it
        importlib.import_module("xarray")


def _make_layer() -> None:
    from napari.layers import Image

    Image(np.zeros((1, 2, 2), np.uint8))
