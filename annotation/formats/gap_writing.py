"""What writers of formats that hold only bouts share: bouts, remarks, and what lies between them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..errors import FormatError
from ..tracks import NONE, UNLABELED, Bout
from .labels import Labels, Loss, Mark
from .options import WriteOptions
from .wording import counted

UNLABELED_CHOICES = ("none",)
#: From this many frames per second on, whole milliseconds no longer tell neighboring frames apart.
MILLISECOND_RATE = 500.0


def behavior_bouts(labels: Labels, group: int) -> list[Bout]:
    """Return the bouts of behaviors in one group, in time order."""
    return [bout for bout in labels.track.bouts(group) if bout.label > NONE]


def gap_losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return the loss of unlabeled frames in a format where they look like none."""
    count = int((labels.track.codes == UNLABELED).any(axis=1).sum())
    if not count or options.choice("unlabeled", UNLABELED_CHOICES):
        return []
    phrase = f"{counted(count, 'frame', 'is', 'are')} unlabeled in at least one group"
    return [Loss("unlabeled", phrase, UNLABELED_CHOICES)]


def name_losses(labels: Labels, allowed: re.Pattern[str], why: str, taken: Sequence[str] = ()) -> list[Loss]:
    """Return the loss of behavior names that a format cannot hold.

    Parameters
    ----------
    labels
        What is written.
    allowed
        What a name must match as a whole.
    why
        What the format wants of a name, as the end of a sentence.
    taken
        Names, compared without case, that mean something else in the format.
    """
    wrong = [
        f"'{behavior.name}'"
        for behavior in labels.ethogram.behaviors
        if not allowed.fullmatch(behavior.name) or behavior.name.casefold() in taken
    ]
    if not wrong:
        return []
    return [Loss("names", f"{', '.join(wrong)} cannot be a name there: {why}; rename the behavior")]


def millisecond_losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return the loss of frames that are too short for times in milliseconds."""
    rate = options.fps or labels.fps
    if rate is None and options.times is not None and options.times.size > 1:
        rate = 1.0 / float(np.diff(options.times).min())
    if rate is None or rate < MILLISECOND_RATE:
        return []
    return [Loss("rate", f"times in milliseconds do not tell frames apart at {rate:g} frames per second")]


def rate_to_write(labels: Labels, options: WriteOptions, what: str) -> float:
    """Return the frame rate that a file needs, or raise `FormatError` where nobody knows it."""
    rate = options.fps or labels.fps
    if rate is None:
        raise FormatError(f"{what} holds seconds; say how many frames per second the recording has (fps).")
    return rate


def remark(mark: Mark) -> str:
    """Return what a mark says, on one line."""
    words = ["uncertain"] if mark.uncertain else []
    words += [" ".join(mark.note.split())] if mark.note.strip() else []
    return ": ".join(words)


def remarks_of(labels: Labels) -> list[Mark]:
    """Return the marks that say something beyond their provenance, which are few."""
    return [mark for mark in labels.marks if remark(mark)]


def remarks_on(bout: Bout, remarks: Sequence[Mark]) -> str:
    """Return what the remarks say on the frames of a bout (its group, where it stands)."""
    found = [
        remark(mark)
        for mark in remarks
        if mark.group == bout.group and mark.start < bout.stop and bout.start < mark.stop
    ]
    return "; ".join(dict.fromkeys(found))
