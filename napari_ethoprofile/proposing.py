"""What a model proposes for the open pass, and what the annotator makes of it. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING

from psygnal import Signal

from .annotation.edits import Edit
from .annotation.errors import EthoprofileError, TrackError
from .annotation.project.proposal_edits import ProposalEdit
from .annotation.proposals import (
    Proposals,
    ProposedBout,
    accept,
    accept_above,
    moved,
    reject,
    replace_by,
)
from .annotation.tracks import UNLABELED, LabelTrack
from .session import OpenPass, Session
from .training.proposal_gate import SURE_FROM, Offer, newer_for, offer_for, sure_from
from .training.proposal_store import Said, proposals_of, said_about

if TYPE_CHECKING:
    from .annotation.project import PassRecord

#: How many of the next proposals are decoded ahead.
AHEAD = 2


class Proposing:
    """The proposals of one window; nothing becomes a label before the annotator says so.

    Signals
    -------
    changed
        Another model speaks, or none: another pass, another model version.
    decided
        What is undecided may be something else now.
    heading
        The frame that is shown next: the timeline need not wait for its picture.

    Parameters
    ----------
    session
        The shared state.

    Attributes
    ----------
    offer
        Which model version is shown with the open pass, or why none is.
    said
        What it says about the clip, or None.
    proposals
        What is proposed after what the annotator rejected and moved, or None.
    sure_from
        Confidence from which a proposal is sure, 0 to 1.
    """

    changed = Signal()
    decided = Signal()
    heading = Signal(int)

    def __init__(self, session: Session) -> None:
        self._session = session
        self.offer = Offer(None)
        self.said: Proposals | None = None
        self.proposals: Proposals | None = None
        self.sure_from = SURE_FROM
        #: Frames of the clip that are asked for now, where the keys stay until these are decided.
        self.within: range | None = None
        #: Goes on from what was asked for; False where nothing was, or nothing is left.
        self.onward: Callable[[], bool] = lambda: False
        self._spoken = False
        self._kept: Said | None = None
        self._unaided: list[tuple[int, int]] = []
        self._undecided: list[ProposedBout] | None = None
        session.opened.connect(self._on_opened)
        session.labels_changed.connect(lambda _group, _start, _stop: self._forget())
        session.proposals_changed.connect(self._on_handled)
        session.ethogram_changed.connect(lambda _ethogram: self._on_opened(session.current))
        session.passes_changed.connect(self.look_again)

    # what is there

    @property
    def undecided(self) -> list[ProposedBout]:
        """Proposals on frames without a label, by time."""
        track = self._session.track
        if self.proposals is None or track is None:
            return []
        if self._undecided is None:
            self._undecided = self.proposals.undecided(track)
        return self._undecided

    @property
    def here(self) -> ProposedBout | None:
        """The undecided proposal under the playhead."""
        return self._at(self._session.playhead)

    @property
    def sureness_known(self) -> bool:
        """Whether it is known how sure the model is: what it said is derived data, which may be gone."""
        return self._kept is not None

    @property
    def uncertain(self) -> list[ProposedBout]:
        """The undecided proposals that are not sure, or of which nobody knows how sure they are; by time."""
        return [bout for bout in self.undecided if not bout.confidence >= self.sure_from]

    def surer_than(self, threshold: float) -> list[ProposedBout]:
        """Return the undecided proposals with at least this confidence."""
        return [bout for bout in self.undecided if bout.confidence >= threshold]

    def text_at(self, frame: int, group: int = 0) -> str:
        """Return what is proposed on a frame, and what else the model thought of; or what was rejected."""
        bout = self._at(frame, group)
        if bout is None:
            return self._rejected_at(frame, group)
        shares = self._kept.alternatives(bout.start, bout.stop, group) if self._kept is not None else []
        name = self._name(bout.label)
        if name not in (known for known, _share in shares):
            shares.insert(0, (name, bout.confidence))
        # What is proposed leads: smoothing over time may prefer it to what is likeliest in the bout alone.
        shares.sort(key=lambda pair: pair[0] != name)
        told = (known if isnan(share) else f"{known} {share:.2f}" for known, share in shares)
        return f"proposed: {', '.join(told)}"

    def _rejected_at(self, frame: int, group: int) -> str:
        """Return what was rejected on a frame; empty where nothing was, or where it is decided since."""
        current = self._session.current
        if current is None or self.proposals is None or self.proposals.track.codes[frame, group] != UNLABELED:
            return ""
        for edit in reversed(current.editor.proposal_edits):
            if edit.rejects and edit.group == group and edit.start <= frame < edit.stop:
                return f"rejected: {self._name(edit.rejected)} ({edit.reason})"
        return ""

    def _at(self, frame: int, group: int | None = None) -> ProposedBout | None:
        for bout in self.undecided:
            if bout.start <= frame < bout.stop and group in (None, bout.group):
                return bout
        return None

    def _name(self, label: int) -> str:
        return str(self._session.require_project().ethogram.label_name(label))

    # which proposals

    def _on_opened(self, current: OpenPass | None) -> None:
        self.offer, self._kept, said = Offer(None), None, None
        if current is None and self._session.switching:
            self.said = self.proposals = self._undecided = None
            return  # keys and docks change once, with the clip that comes
        if current is not None and not current.editor.read_only and current.record.state == "open":
            try:
                self.offer = offer_for(
                    self._session.require_project(), current.record.id, self._session.annotator
                )
                said = self._load(self.offer.shown) if self.offer.shown is not None else None
            except EthoprofileError as error:
                self.offer = Offer(None, str(error))
        self._use(said)
        self._decode_ahead(self.uncertain or self.undecided, self._session.playhead)

    def _load(self, shown: PassRecord) -> Proposals:
        project = self._session.require_project()
        self.sure_from = sure_from(project)
        self._kept = said_about(project, shown)
        self._unaided = project.audit_stretches(shown.clip, self._session.annotator)
        return proposals_of(project, shown, self._session.annotator, self._kept)

    def _use(self, said: Proposals | None) -> None:
        """Show what a model says, or nothing."""
        silent = said is None and not self._spoken
        self.said, self._spoken = said, said is not None
        self._handle()
        if not silent:
            self.changed()
        self.decided()

    def _handle(self) -> None:
        """Work out what is proposed after what the annotator rejected and moved."""
        current, self._undecided = self._session.current, None
        if self.said is None or current is None:
            self.proposals = None
        else:
            self.proposals = self.said.changed(current.editor.proposal_edits)

    def _on_handled(self) -> None:
        self._handle()
        self.decided()

    def look_again(self) -> None:
        """See whether there is something newer to be shown on request; what is shown stays.

        A pass in which nothing was done yet is like one that is opened now.
        """
        current = self._session.current
        if current is None or current.editor.read_only or current.record.state != "open":
            return
        project, acting, shown = self._session.require_project(), self._session.annotator, self.offer.shown
        if shown is None and _untouched(current):
            self._on_opened(current)
            return
        self.offer = replace(self.offer, newer=newer_for(project, current.record.id, acting))
        if shown is not None and self._unaided != project.audit_stretches(shown.clip, acting):
            self._use(self._load(shown))  # another list: another stretch goes without
        self.decided()

    def take_newer(self) -> None:
        """Show what the newer version of the model says, because the annotator asked for it."""
        current, newer = self._session.current, self.offer.newer
        if current is not None and newer is not None:
            project = self._session.require_project()
            project.pin_proposals(current.record.id, newer.id, self._session.annotator)
            self._on_opened(current)

    # acts of the annotator

    def accept(self) -> None:
        """Take the proposal under the playhead over, and go on to the next uncertain one."""
        bout = self.here
        if bout is not None:
            self._decide([accept(self._labels, bout, self._source)])
        elif not self._lead_on():
            self.go_on()

    def reject(self) -> bool:
        """Reject the proposal under the playhead and go on as `accept`; False where there is none."""
        bout = self.here
        if bout is None or self.proposals is None:
            return False
        self._decide([reject(bout, self.proposals)])
        return True

    def answer_of(self, label: int, frame: int) -> Callable[[], None] | None:
        """Return what labels the proposed bout on a frame as something else; None where there is none."""
        if label == UNLABELED or self.proposals is None:
            return None
        groups = self._session.require_project().ethogram.groups_of(label)
        bouts = [bout for group in groups if (bout := self._at(frame, group)) is not None]
        return (lambda: self._replace(bouts, label)) if bouts else None

    def _replace(self, bouts: list[ProposedBout], label: int) -> None:
        labels, source = self._labels, self._source
        self._decide([replace_by(labels, b, label, source, self._name(b.label)) for b in bouts])

    def _decide(self, changes: Sequence[Edit | ProposalEdit]) -> None:
        """Change the pass and go on, unless that was all that is asked for here: the next key leads on."""
        asked = self.within
        self._session.commit(changes)
        if asked is None or self.within is not None:
            self.go_on()

    def accept_above(self, threshold: float) -> int:
        """Take every proposal over that is at least so sure, as one step; return how many."""
        edits = accept_above(self._labels, self.undecided, threshold, self._source)
        self._session.commit(edits)
        return len(edits)

    def go_on(self) -> None:
        """Go to the next proposal that is uncertain, round the end of the clip; to sure ones after these.

        Where a stretch is asked for, that is within it.
        """
        undecided, uncertain = self._asked(self.undecided), self._asked(self.uncertain)
        if self.within is not None and self._lead_on():
            return
        if undecided and not uncertain:
            self._session.message(
                f"{len(undecided)} sure proposals are left (confidence {self.sure_from:.2f} or more): "
                "look at them one by one, or accept them together."
            )
        self._go_to(uncertain or undecided)

    def next(self, way: int = 1) -> None:
        """Go to the next (1) or previous (-1) proposal that is undecided; round the ends of the clip.

        Where a stretch is asked for, that is within it; then to what is asked for next.
        """
        if way < 0 or not self._lead_on():
            self._go_to(self._asked(self.undecided) or self.undecided, way)

    def _lead_on(self) -> bool:
        """Go on from a stretch that is or was asked for, once nothing is proposed in it; False elsewhere."""
        left = self.within is not None and bool(self._asked(self.undecided))
        return not left and self.onward()

    def _asked(self, bouts: list[ProposedBout]) -> list[ProposedBout]:
        """Return those that lie on frames that are asked for; all where no stretch is."""
        within = self.within
        if within is None:
            return bouts
        return [bout for bout in bouts if bout.start < within.stop and within.start < bout.stop]

    def _go_to(self, bouts: list[ProposedBout], way: int = 1) -> None:
        frame = self._session.playhead
        if not bouts:
            self._session.message("Every proposal of this clip is decided.")
            return
        if way > 0:
            target = next((bout for bout in bouts if bout.start > frame), bouts[0])
        else:
            target = next((bout for bout in reversed(bouts) if bout.start < frame), bouts[-1])
        self.heading(target.start)
        self._session.seek(target.start)
        self._decode_ahead(bouts, target.start, way)

    # boundaries

    def set_start(self) -> bool:
        """Let the proposal under the playhead begin with it; False where nothing is proposed."""
        return self._adjust(Edit.set_start)

    def set_end(self) -> bool:
        """Let the proposal under the playhead end with it; False where nothing is proposed."""
        return self._adjust(Edit.set_end)

    def nudge(self, frames: int) -> bool:
        """Move the boundary nearest to the playhead, which goes with it; False where nothing is proposed."""
        return self._adjust(
            lambda track, frame, group: Edit.nudge_boundary(track, frame, frames, group), follow=frames
        )

    def _adjust(self, make: Callable[[LabelTrack, int, int], Edit], follow: int = 0) -> bool:
        bout = self.here
        if bout is None or self.proposals is None:
            return False
        try:
            edit = make(self.proposals.track, self._session.playhead, bout.group)
            self._session.commit([moved(edit, self.proposals)])
        except TrackError as error:
            self._session.message(str(error))
            return True
        if follow:
            self._session.seek(edit.stop if follow > 0 else edit.start)
        return True

    # helpers

    @property
    def _labels(self) -> LabelTrack:
        track = self._session.track
        assert track is not None
        return track

    @property
    def _source(self) -> str:
        assert self.proposals is not None
        return self.proposals.source

    def _forget(self) -> None:
        self._undecided = None
        if self.proposals is not None:
            self.decided()

    def _decode_ahead(self, bouts: list[ProposedBout], frame: int, way: int = 1) -> None:
        """Let the frames that the next keys lead to be decoded already."""
        current = self._session.current
        if current is None or not bouts:
            return
        if way > 0:
            later = [bout.start for bout in bouts if bout.start > frame]
        else:
            later = [bout.start for bout in reversed(bouts) if bout.start < frame]
        current.video.prefetch([current.clip.start + start for start in later[:AHEAD]])


def _untouched(current: OpenPass) -> bool:
    """Whether nobody has done anything in a pass yet."""
    editor = current.editor
    labeled = (editor.track.codes != UNLABELED).any()
    return not (labeled or editor.can_undo or editor.can_redo)
