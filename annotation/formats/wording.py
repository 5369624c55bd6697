"""Numbers in sentences."""

from __future__ import annotations


def counted(count: int, noun: str, one: str = "", many: str = "") -> str:
    """Return a number with its noun and, where given, its verb.

    Examples
    --------
    >>> counted(1, "frame", "is", "are"), counted(1200, "frame", "is", "are")
    ('1 frame is', '1,200 frames are')
    """
    words = [f"{count:,}", noun if count == 1 else noun + "s", one if count == 1 else many]
    return " ".join(word for word in words if word)
