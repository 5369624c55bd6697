"""The stamps of acts."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return the present time in UTC as ISO 8601 with milliseconds, such as ``2026-03-01T09:30:00.125Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
