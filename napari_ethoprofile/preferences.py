"""What the user chose under napari's preferences for this plugin, declared in ``napari.yaml``."""

from __future__ import annotations

from typing import Any

from .annotation.video.video import DEFAULT_CACHE_MB

PLUGIN = "napari-ethoprofile"
DEFAULT_CORNER = "bottom_left"


def cache_megabytes() -> float:
    """Return how much memory decoded frames may take, in MB."""
    return float(_chosen("playback", "cache_mb", DEFAULT_CACHE_MB))


def label_corner() -> str:
    """Return the corner of the canvas in which the current behavior is written."""
    return str(_chosen("display", "label_corner", DEFAULT_CORNER))


def _chosen(section: str, key: str, default: Any) -> Any:
    """Return a setting; the default where napari has not registered the plugin's settings (in scripts)."""
    from napari.settings import get_plugin_settings

    try:
        value = getattr(getattr(get_plugin_settings(PLUGIN), section), key)
    except (KeyError, AttributeError):
        return default
    return getattr(value, "value", value)
