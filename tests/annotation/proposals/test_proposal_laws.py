"""What holds of proposals whatever a model says and a person has labeled: no label without an act."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import TrackError
from napari_ethoprofile.annotation.project.journal import Act, Change, Replay, Step
from napari_ethoprofile.annotation.proposals import (
    ACCEPTED,
    EDITED,
    Proposals,
    ProposedBout,
    accept,
    accept_above,
    moved,
    reject,
    replace_by,
)
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack

SOURCE = "mice@1"
FRAMES, GROUPS = 24, 2


@st.composite
def tracks(draw: st.DrawFn) -> LabelTrack:
    """Tracks of two groups with short and long bouts, and gaps."""
    columns = []
    for _ in range(GROUPS):
        runs = draw(st.lists(st.tuples(st.integers(1, 8), st.integers(UNLABELED, 3)), min_size=1))
        codes = np.concatenate([np.full(length, label) for length, label in runs])
        columns.append(np.resize(codes, FRAMES))
    return LabelTrack(np.stack(columns, axis=1))


@st.composite
def proposed(draw: st.DrawFn) -> Proposals:
    """Proposals with a confidence that changes from frame to frame."""
    track = draw(tracks())
    sure = np.random.default_rng(draw(st.integers(0, 99))).random(track.codes.shape)
    return Proposals.of(track, np.where(track.codes == UNLABELED, 0, sure), SOURCE)


class Desk:
    """A journal of one pass, to which steps are added."""

    def __init__(self, labels: LabelTrack) -> None:
        self.replay = Replay(FRAMES, GROUPS)
        self.replay.track.codes[:] = labels.codes

    def step(self, *changes: Change, act: Act = Act.EDIT, target: int | None = None) -> None:
        self.replay.take(Step(self.replay.last + 1, act, changes, "2026-01-01T00:00:00.000Z", "Ada", target))

    def undo(self) -> None:
        last = self.replay.undoable
        assert last is not None
        self.step(*(c.inverse() for c in reversed(last.changes)), act=Act.UNDO, target=last.number)

    def undecided(self, proposals: Proposals) -> list[ProposedBout]:
        return proposals.changed(self.replay.proposal_edits).undecided(self.replay.track)


@given(tracks(), proposed())
def test_looking_at_proposals_labels_nothing(labels: LabelTrack, proposals: Proposals) -> None:
    before, said = labels.copy(), proposals.track.copy()
    bouts = proposals.undecided(labels)
    for bout in bouts:
        assert proposals.at(bout.start, labels, group=bout.group) == bout
        accept(labels, bout, SOURCE), replace_by(labels, bout, 2, SOURCE, "walk")
    accept_above(labels, bouts, 0.0, SOURCE)
    assert labels == before
    assert proposals.track == said


@given(tracks(), proposed())
def test_undecided_bouts_are_the_frames_without_label_that_the_model_labels(
    labels: LabelTrack, proposals: Proposals
) -> None:
    found = LabelTrack.from_bouts([], FRAMES, GROUPS)
    for bout in proposals.undecided(labels):
        assert (labels.codes[bout.start : bout.stop, bout.group] == UNLABELED).all()
        assert (found.codes[bout.start : bout.stop, bout.group] == UNLABELED).all()  # never twice
        found.fill(bout.start, bout.stop, bout.label, bout.group)
        assert 0 <= bout.confidence <= 1
    open_ = labels.codes == UNLABELED
    np.testing.assert_array_equal(found.codes, np.where(open_, proposals.track.codes, UNLABELED))


@given(proposed())
def test_accepting_everything_one_by_one_or_at_once_is_what_the_model_says(proposals: Proposals) -> None:
    singly, at_once = Desk(LabelTrack.blank(FRAMES, GROUPS)), Desk(LabelTrack.blank(FRAMES, GROUPS))
    while bouts := singly.undecided(proposals):
        singly.step(accept(singly.replay.track, bouts[0], SOURCE))
    assert singly.replay.track == proposals.track
    edits = accept_above(at_once.replay.track, at_once.undecided(proposals), 0.0, SOURCE)
    at_once.step(*edits)
    assert at_once.replay.track == proposals.track
    assert {edit.provenance for edit in edits} <= {ACCEPTED}


@given(tracks(), proposed(), st.integers(0, 50), st.sampled_from(["accept", "replace", "reject", "above"]))
def test_an_act_touches_its_stretch_only_and_undo_takes_it_back(
    labels: LabelTrack, proposals: Proposals, which: int, act: str
) -> None:
    desk = Desk(labels)
    bouts = desk.undecided(proposals)
    if not bouts:
        return
    bout = bouts[which % len(bouts)]
    track = desk.replay.track
    changes: list[Change] = {
        "accept": lambda: [accept(track, bout, SOURCE)],
        "replace": lambda: [replace_by(track, bout, bout.label % 3 + 1, SOURCE, "walk")],
        "reject": lambda: [reject(bout, proposals)],
        "above": lambda: list(accept_above(track, bouts, bout.confidence, SOURCE)),
    }[act]()
    desk.step(*changes)
    after = desk.undecided(proposals)
    assert bout not in after
    if act == "above":
        assert after == [b for b in bouts if b.confidence < bout.confidence]
        assert all(f"{bout.confidence:.2f}" in change.reason for change in changes)
    else:
        assert after == [b for b in bouts if b != bout]
        elsewhere = np.ones((FRAMES, GROUPS), bool)
        elsewhere[bout.start : bout.stop, bout.group] = False
        np.testing.assert_array_equal(track.codes[elsewhere], labels.codes[elsewhere])
    if act == "reject":
        assert track == labels  # rejected stays unlabeled
        assert (track.codes[bout.start : bout.stop, bout.group] == UNLABELED).all()
    desk.undo()
    assert desk.replay.track == labels
    assert not desk.replay.proposal_edits
    assert desk.undecided(proposals) == bouts


@given(
    tracks(),
    proposed(),
    st.lists(
        st.tuples(st.sampled_from(["accept", "reject", "move"]), st.integers(0, 50), st.integers(-3, 3)),
        max_size=5,
    ),
)
def test_whatever_was_done_undo_goes_back_over_it_step_by_step(
    labels: LabelTrack, proposals: Proposals, acts: list[tuple[str, int, int]]
) -> None:
    desk, said = Desk(labels), proposals.track.copy()
    seen = [desk.undecided(proposals)]
    for act, which, by in acts:
        bouts = desk.undecided(proposals)
        if not bouts:
            break
        bout, now = bouts[which % len(bouts)], proposals.changed(desk.replay.proposal_edits)
        change: Change = accept(desk.replay.track, bout, SOURCE) if act == "accept" else reject(bout, now)
        if act == "move" and now.track.boundaries(bout.group).size:
            change = moved(Edit.nudge_boundary(now.track, bout.start, by, bout.group), now)
        if change.empty:
            continue
        desk.step(change)
        seen.append(desk.undecided(proposals))
    assert proposals.track == said  # what a model says never changes
    while len(seen) > 1:
        seen.pop()
        desk.undo()
        assert desk.undecided(proposals) == seen[-1]
    assert desk.replay.track == labels


def test_what_was_moved_concerns_the_model_and_what_was_rejected_the_stretch() -> None:
    track, blank = LabelTrack(np.repeat([1, 2, 3], 4)[:, None]), LabelTrack.blank(12)
    old = Proposals.of(track, np.full((12, 1), 0.75), SOURCE, "pold")
    new = Proposals.of(track, np.full((12, 1), 0.5), "mice@2", "pnew")
    edits = [
        moved(Edit.move_boundary(track, 4, 6), old),
        reject(old.undecided(blank)[2], old),
    ]
    found = old.changed(edits).undecided(blank)
    assert [(b.start, b.stop, b.label, b.adjusted) for b in found] == [(0, 6, 1, True), (6, 8, 2, True)]
    assert [(b.start, b.stop, b.adjusted) for b in new.changed(edits).undecided(blank)] == [
        (0, 4, False),
        (4, 8, False),
    ]
    # What was rejected is nothing that is proposed: the next bout may be let in.
    grown = moved(Edit.move_boundary(old.changed(edits).track, 8, 10), old)
    assert [(b.start, b.stop) for b in old.changed([*edits, grown]).undecided(blank)] == [(0, 6), (6, 10)]


def test_moved_proposals_that_the_ethogram_has_changed_are_left_as_the_model_says() -> None:
    track = LabelTrack(np.repeat([1, 2], 4)[:, None])
    edit = moved(Edit.move_boundary(track, 4, 6), Proposals.of(track, np.ones((8, 1)), SOURCE, "p1"))
    merged = Proposals.of(LabelTrack(np.full((8, 1), 1)), np.ones((8, 1)), SOURCE, "p1")
    assert merged.changed([edit]).track == merged.track


@given(proposed(), st.floats(0, 1))
def test_only_bouts_that_are_sure_enough_are_accepted_at_once(proposals: Proposals, least: float) -> None:
    blank = LabelTrack.blank(FRAMES, GROUPS)
    bouts = proposals.undecided(blank)
    edits = accept_above(blank, bouts, least, SOURCE)
    assert {(e.start, e.stop, e.group) for e in edits} == {
        (b.start, b.stop, b.group) for b in bouts if b.confidence >= least
    }


def test_provenance_tells_accepted_from_edited_and_the_history_names_model_and_confidence() -> None:
    track = LabelTrack(np.array([[1], [1], [2], [2]]))
    proposals = Proposals.of(track, np.full((4, 1), 0.75), SOURCE)
    blank = LabelTrack.blank(4)
    first, second = proposals.undecided(blank)
    taken = accept(blank, first, SOURCE)
    assert (taken.provenance, taken.after) == (ACCEPTED, ((2, 1),))
    assert SOURCE in taken.reason
    assert "0.75" in taken.reason
    changed = replace_by(blank, second, 3, SOURCE, "rear")
    assert (changed.provenance, changed.after) == (EDITED, ((2, 3),))
    assert "rear" in changed.reason
    assert replace_by(blank, second, 2, SOURCE, "rear").provenance == ACCEPTED  # the key of what is proposed


def test_confidence_and_labels_fit_their_track() -> None:
    track = LabelTrack.blank(4)
    with pytest.raises(TrackError, match=r"shape \(3, 1\)"):
        Proposals.of(track, np.zeros((3, 1)), SOURCE)
    with pytest.raises(TrackError, match="the labels"):
        Proposals.of(track, np.zeros((4, 1)), SOURCE).undecided(LabelTrack.blank(5))
