"""Corrects proposals in the window with real key events, as somebody who knows the truth would."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qtpy.QtCore import Qt

from .annotation.tracks import UNLABELED, LabelTrack, runs_of
from .typist import Typist
from .workspace import Workspace

#: Keys to get to a boundary that nobody has proposed.
NAVIGATION = 2
#: A stretch that is wrong for fewer frames is left: people do not agree on these, either.
TOLERANCE = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """What a clip took.

    Attributes
    ----------
    keys
        Keys that were typed, with those to get to boundaries.
    from_scratch
        Keys that the same labels take without proposals: one a bout, and those to get from one to the next.
    proposed_right
        Share of the clip's frames that were proposed as they are in truth, 0 to 1.
    right
        The same of what was labeled at the end.
    """

    keys: int
    from_scratch: int
    proposed_right: float
    right: float


def correct_clip(workspace: Workspace, truth: LabelTrack) -> Effort:
    """Decide every proposal of the open clip, then mend what is still wrong.

    A proposal that is right for the most part is accepted, another one replaced by the behavior that fills
    most of it. Stretches that are wrong or unlabeled after that are selected and labeled.

    Parameters
    ----------
    workspace
        The scoring desk; a pass with proposals is open.
    truth
        What the clip shows, one group.
    """
    proposing, session = workspace.proposing, workspace.session
    typist, codes = Typist(workspace, truth), truth.codes[:, 0]
    assert proposing.proposals is not None
    proposed = proposing.proposals.track.codes[:, 0]
    while proposing.undecided:
        bout = proposing.here
        if bout is None:
            session.seek(proposing.undecided[0].start)
            continue
        wanted = int(np.bincount(codes[bout.start : bout.stop]).argmax())
        if wanted == bout.label:
            typist.press(Qt.Key.Key_Return)
        else:
            typist.press_label(wanted)
    led = _mend(workspace, typist, codes)
    assert session.track is not None
    bouts = len(truth.bouts())
    return Effort(
        typist.keys + led,
        bouts + NAVIGATION * (bouts - 1),
        float((proposed == codes).mean()),
        float((session.track.codes[:, 0] == codes).mean()),
    )


def _mend(workspace: Workspace, typist: Typist, codes: np.ndarray) -> int:
    """Label what is wrong for longer than people disagree about, and what nobody proposed anything for.

    Returns the keys that led there.
    """
    session, navigation = workspace.session, 0
    assert session.track is not None
    now = session.track.codes[:, 0].copy()
    wrong = np.where(now != codes, codes, UNLABELED).astype(np.int16)
    start = 0
    for length, label in runs_of(wrong):
        silent = bool((now[start : start + length] == UNLABELED).any())
        if label != UNLABELED and (length > TOLERANCE or silent):
            session.select((start, start + length))
            typist.press_label(label)
            navigation += NAVIGATION
        start += length
    return navigation
