"""Behaviors that have another name elsewhere, as people type them: ``grooming=groom, sleep=rest``."""

from __future__ import annotations

from collections.abc import Iterable

from .annotation.errors import EthoprofileError


def renamings(typed: str | Iterable[str]) -> dict[str, str]:
    """Return which name stands for which.

    Parameters
    ----------
    typed
        Pairs ``old=new``; in one text with commas between them.

    Raises
    ------
    EthoprofileError
        For a part that is no such pair, and for a name that is given two others.
    """
    pairs = typed.split(",") if isinstance(typed, str) else typed
    names: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in pairs)):
        old, equals, new = (part.strip() for part in pair.partition("="))
        if not (old and equals and new):
            raise EthoprofileError(f"'{pair}' renames no behavior; write it like grooming=groom.")
        if names.setdefault(old, new) != new:
            raise EthoprofileError(f"'{old}' is renamed twice, to '{names[old]}' and to '{new}'.")
    return names
