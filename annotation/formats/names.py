"""When two behavior names mean the same."""

from __future__ import annotations

#: Names that stand for another one; ``mm+`` is a merged class of its own and is no alias.
ALIASES = {"mm": "micromovement"}


def same_as(name: str) -> str:
    """Return a form of `name` that is equal for names that mean the same.

    Examples
    --------
    >>> same_as(" MM ")
    'micromovement'
    """
    plain = name.strip().casefold()
    return ALIASES.get(plain, plain)
