"""Which of several observations, animals or channels of a file is meant: told by the caller, not guessed."""

from __future__ import annotations

from collections.abc import Sequence

from .text import LabelFile

#: How many names a sentence lists.
_MOST = 8


def chosen_one(
    file: LabelFile,
    option: str,
    names: Sequence[str],
    wanted: str | None,
    *,
    known: Sequence[str] = (),
    noun: str = "",
) -> str:
    """Return the one that is meant: the only one, or the one that the caller names.

    Parameters
    ----------
    file
        Where they are.
    option
        Name of the read option that chooses.
    names
        Those that hold something.
    wanted
        What the caller said.
    known
        Those that are there but empty; they can be named as well.
    noun
        What one of them is called; the name of the option when not given.

    Raises
    ------
    FormatError
        When it has to be said which one, or the one that is named is not there.
    """
    possible = list(dict.fromkeys([*names, *known]))
    noun = noun or option
    if wanted is None:
        if len(names) == 1:
            return names[0]
        if len(possible) == 1:
            return possible[0]
        if not possible:
            raise file.error(f"holds no {noun}.")
    else:
        same = [name for name in possible if name.casefold() == wanted.strip().casefold()]
        if same:
            return same[0]
    shown = names or possible
    more = f" and {len(shown) - _MOST:,} more" if len(shown) > _MOST else ""
    listed = ", ".join(shown[:_MOST])
    said = f", but no '{wanted}'" if wanted is not None else ""
    raise file.error(f"holds the {noun}s {listed}{more}{said}; say which one ({option}=...).")
