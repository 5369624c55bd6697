"""Proposed bouts: where a pass is unlabeled and a model has an opinion; accepted, replaced, rejected."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from ..edits import Edit
from ..errors import TrackError
from ..project.proposal_edits import ProposalEdit, move, rejection
from ..tracks import UNLABELED, LabelTrack, runs_of

#: Provenance of labels that a model proposed and a person accepted, and of those that the person changed.
ACCEPTED, EDITED = "accepted", "edited"
#: In the reason of labels that were accepted together.
AT_ONCE = "all of "


@dataclass(frozen=True, slots=True)
class ProposedBout:
    """A stretch ``[start, stop)`` of one group that nobody has decided, and what a model proposes there.

    Attributes
    ----------
    start, stop
        Frames of the track.
    label
        What is proposed: none, or a behavior id.
    group
        Index of the exclusive group.
    confidence
        Mean calibrated probability of the label over the stretch, 0 to 1; NaN where nobody knows it.
    adjusted
        Whether the person has moved where it begins or ends.
    """

    start: int
    stop: int
    label: int
    group: int
    confidence: float
    adjusted: bool = False

    @property
    def sureness(self) -> str:
        """How sure the model is, for people."""
        return "confidence not known" if isnan(self.confidence) else f"confidence {self.confidence:.2f}"


@dataclass(frozen=True, eq=False)
class Proposals:
    """What one version of a model says about a clip. It never changes by itself.

    Attributes
    ----------
    track
        What is proposed (frames, groups); unlabeled where the model says nothing.
    confidence
        Calibrated probability of what is proposed, float32 (frames, groups); NaN where nobody knows it.
    source
        Id of the model version.
    model_pass
        Id of the pass that holds what the model says.
    adjusted
        Frames (frames, groups) whose proposal a person has moved.
    """

    track: LabelTrack
    confidence: NDArray[np.float32]
    source: str
    model_pass: str
    adjusted: NDArray[np.bool_]

    @classmethod
    def of(
        cls, track: LabelTrack, confidence: NDArray[np.floating], source: str, model_pass: str = ""
    ) -> Proposals:
        """Return proposals as a model made them.

        Raises
        ------
        TrackError
            When the confidence has another shape than the track.
        """
        if confidence.shape != track.codes.shape:
            raise TrackError(
                f"The confidence has the shape {confidence.shape}, but the track {track.codes.shape}."
            )
        adjusted = np.zeros(track.codes.shape, bool)
        return cls(track, confidence.astype(np.float32), source, model_pass, adjusted)

    def without(self, stretches: Iterable[tuple[int, int]]) -> Proposals:
        """Return what is proposed outside of some stretches ``[start, stop)`` of frames."""
        codes, confidence = self.track.codes.copy(), self.confidence.copy()
        for start, stop in stretches:
            codes[start:stop], confidence[start:stop] = UNLABELED, 0
        return replace(self, track=LabelTrack(codes), confidence=confidence)

    def undecided(self, labels: LabelTrack, group: int | None = None) -> list[ProposedBout]:
        """Return what is still to be decided, by time: proposals on frames without a label.

        Parameters
        ----------
        labels
            The pass as it is now.
        group
            Of this group only; of all by default.
        """
        found: list[ProposedBout] = []
        for number in range(self.track.groups) if group is None else (group,):
            start = 0
            for length, label in runs_of(self._open(labels, number)):
                if label != UNLABELED:
                    found.append(self._bout(start, start + length, label, number))
                start += length
        return sorted(found, key=lambda bout: (bout.start, bout.group))

    def at(self, frame: int, labels: LabelTrack, group: int | None = None) -> ProposedBout | None:
        """Return the undecided proposal on a frame, of the first group that has one."""
        bouts = self.undecided(labels, group)
        return next((bout for bout in bouts if bout.start <= frame < bout.stop), None)

    def after(self, frame: int, labels: LabelTrack) -> ProposedBout | None:
        """Return the next undecided proposal that begins at or after a frame; behind the last, the first."""
        bouts = self.undecided(labels)
        return next((bout for bout in bouts if bout.start >= frame), bouts[0] if bouts else None)

    def changed(self, edits: Iterable[ProposalEdit]) -> Proposals:
        """Return what is proposed after what a person made of it without labeling.

        A stretch that was rejected is rejected whatever another model says there. Where a boundary was moved,
        that concerns the proposals of the model that had put it there, as long as they are what they were.

        Parameters
        ----------
        edits
            As `PassEditor.proposal_edits` has them, in the order of the acts.
        """
        track, confidence, adjusted = self.track.copy(), self.confidence.copy(), self.adjusted.copy()
        found = replace(self, track=track, confidence=confidence, adjusted=adjusted)
        for edit in edits:
            if edit.rejects:
                track.fill(edit.start, edit.stop, UNLABELED, edit.group)
            elif edit.model_pass == self.model_pass:
                with contextlib.suppress(TrackError):  # the ethogram may have changed what the model says
                    edit.edit.apply(track)
                    found._note_move(edit)
        return found

    def _note_move(self, edit: ProposalEdit) -> None:
        """Let what grew be as sure as it was, and the bouts that the boundary parts be the person's."""
        group, start, stop = edit.group, edit.start, edit.stop
        column = self.track.codes[:, group]
        beside = [frame for frame in (start - 1, stop) if 0 <= frame < self.track.frames]
        for frame in beside:
            if column[frame] == column[start]:
                self.confidence[start:stop, group] = self.confidence[frame, group]
        for frame in (start, *beside):
            bout = self.track.bout_at(frame, group)
            self.adjusted[bout.start : bout.stop, group] = True

    def _open(self, labels: LabelTrack, group: int) -> NDArray[np.int16]:
        if labels.codes.shape != self.track.codes.shape:
            raise TrackError(
                f"The proposals have the shape {self.track.codes.shape}, but the labels {labels.codes.shape}."
            )
        return np.where(labels.codes[:, group] == UNLABELED, self.track.codes[:, group], UNLABELED)

    def _bout(self, start: int, stop: int, label: int, group: int) -> ProposedBout:
        confidence = float(self.confidence[start:stop, group].mean())
        adjusted = bool(self.adjusted[start:stop, group].any())
        return ProposedBout(start, stop, label, group, confidence, adjusted)


def accept(labels: LabelTrack, bout: ProposedBout, source: str) -> Edit:
    """Return the edit of a person who takes a proposal over; one that they moved counts as edited."""
    return Edit.paint(
        labels, bout.start, bout.stop, bout.label, bout.group,
        EDITED if bout.adjusted else ACCEPTED, f"{source}, {bout.sureness}",
    )  # fmt: skip


def replace_by(labels: LabelTrack, bout: ProposedBout, label: int, source: str, proposed: str) -> Edit:
    """Return the edit of a person who labels the proposed stretch as something else.

    Parameters
    ----------
    labels
        The pass as it is now.
    bout
        The proposal.
    label
        What the person says.
    source
        Id of the model version.
    proposed
        Name of what was proposed, for the history.
    """
    if label == bout.label:
        return accept(labels, bout, source)
    reason = f"for {proposed} of {source}, {bout.sureness}"
    return Edit.paint(labels, bout.start, bout.stop, label, bout.group, EDITED, reason)


def accept_above(
    labels: LabelTrack, bouts: Iterable[ProposedBout], threshold: float, source: str
) -> list[Edit]:
    """Return the edits of a person who takes over every proposal that is sure enough, as one step.

    Parameters
    ----------
    labels
        The pass as it is now.
    bouts
        Undecided proposals.
    threshold
        Least confidence, 0 to 1; it stands in the history of every bout. One that is not known is too little.
    source
        Id of the model version.
    """
    reason = f"{AT_ONCE}{source} from confidence {threshold:.2f} on"
    return [
        Edit.paint(labels, b.start, b.stop, b.label, b.group, EDITED if b.adjusted else ACCEPTED, reason)
        for b in bouts
        if b.confidence >= threshold
    ]


def accepted_at_once(edit: Edit) -> bool:
    """Return whether an edit took a proposal over together with others, see `accept_above`."""
    return edit.provenance in (ACCEPTED, EDITED) and AT_ONCE in edit.reason


def reject(bout: ProposedBout, proposals: Proposals) -> ProposalEdit:
    """Return the change with which a person rejects a proposal; the stretch stays unlabeled."""
    reason = f"{proposals.source}, {bout.sureness}"
    return rejection(bout.group, bout.start, bout.stop, bout.label, proposals.model_pass, reason)


def moved(edit: Edit, proposals: Proposals) -> ProposalEdit:
    """Return the change with which a person lets a proposed bout begin or end elsewhere.

    Parameters
    ----------
    edit
        A change of ``proposals.track``, as of labels.
    proposals
        What is proposed now.
    """
    return move(edit, proposals.model_pass, f"proposed by {proposals.source}")
