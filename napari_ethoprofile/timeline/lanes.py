"""What a row of the timeline shows: labels, proposals, notes and phases. Free of Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..annotation.ethogram import Ethogram
from ..annotation.tracks import NONE, LabelTrack


@dataclass(frozen=True, slots=True)
class CodeStyle:
    """How a label code is written and colored (``#rrggbb``)."""

    name: str
    color: str


@dataclass(eq=False)
class Ghost:
    """What a model proposes in a row, shown where nobody has decided: faded by how sure it is, with stripes.

    Attributes
    ----------
    codes
        Proposed label codes, int16 (frames,); unlabeled where nothing is proposed. Read anew at every
        painting.
    opacity
        How sure the model is, per frame, 0 to 1.
    text
        Returns what is proposed on a frame and what else was thought of, for the hover text.
    """

    codes: NDArray[np.int16]
    opacity: NDArray[np.floating]
    text: Callable[[int], str]


@dataclass(eq=False)
class Lane:
    """One row of labels.

    Attributes
    ----------
    title
        Written left of the row.
    track, group
        The row shows column `group` of `track`, which is read anew at every painting, never copied.
    editable
        Boundaries can be dragged, and open bouts are drawn over the row.
    keys
        Key caps for the row, ``(key, code)``: the cap has the color of the code.
    provenance
        Returns who labeled a frame, when and how, for the hover text.
    opacity
        Per frame, 0 to 1, such as the confidence of a model.
    hatched
        Drawn with stripes: proposals, not labels.
    height
        Preferred height in pixels.
    gap
        What a stretch without a label is called where that is nothing that somebody has to decide; empty
        means ``unlabeled``, drawn with fine diagonals.
    ghost
        What is proposed where the row has no label, or None.
    """

    title: str
    track: LabelTrack
    group: int = 0
    editable: bool = False
    keys: Sequence[tuple[str, int]] = ()
    provenance: Callable[[int], str] | None = None
    opacity: NDArray[np.floating] | None = None
    hatched: bool = False
    height: int = 24
    gap: str = ""
    ghost: Ghost | None = None

    @property
    def codes(self) -> NDArray[np.int16]:
        """The label codes of the row (a view of the track)."""
        return self.track.codes[:, self.group]


@dataclass(frozen=True, slots=True)
class OpenBout:
    """A bout that is being painted: ``[start, stop)`` would become `label`."""

    start: int
    stop: int
    label: int


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of light or of darkness in the animal room, ``[start, stop)``."""

    start: int
    stop: int
    dark: bool


@dataclass(frozen=True, slots=True)
class Marker:
    """A note on a bout, or a flag that says its annotator was uncertain."""

    start: int
    stop: int
    group: int = 0
    text: str = ""
    uncertain: bool = False


def provenance_from_runs(runs: Iterable[tuple[int, int, str]]) -> Callable[[int], str]:
    """Return a lookup for `Lane.provenance` from stretches ``(start, stop, text)`` in time order."""
    stretches = list(runs)
    starts = np.array([start for start, _stop, _text in stretches], dtype=np.intp)

    def text_at(frame: int) -> str:
        index = int(np.searchsorted(starts, frame, side="right")) - 1
        if index < 0 or frame >= stretches[index][1]:
            return ""
        return stretches[index][2]

    return text_at


def key_caps(ethogram: Ethogram, group: int, keys: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return `Lane.keys` for a group: the first key of each of its behaviors, or all keys of its only one.

    Parameters
    ----------
    ethogram, group
        The behaviors, and which group of them.
    keys
        Key -> the label that it scores now.
    """
    name = ethogram.groups[group]
    behaviors = [behavior for behavior in ethogram.behaviors if behavior.group == name]
    most = None if len(behaviors) == 1 else 1
    of_label = {label: [key for key, scored in keys.items() if scored == label] for label in keys.values()}
    caps = [(key, behavior.id) for behavior in behaviors for key in of_label.get(behavior.id, [])[:most]]
    return (*caps, *((key, NONE) for key in of_label.get(NONE, [])[:1]))
