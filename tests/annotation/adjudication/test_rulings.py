"""Decisions are edits and marks in the consensus pass, read back from its journal; undo takes them back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from napari_ethoprofile.annotation.adjudication import (
    AGREED,
    Item,
    Standing,
    Verdict,
    answer,
    items_of,
    leave,
    reopen,
    ruling_on,
    take,
)
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project.journal import Act, Replay, Step, first_step
from napari_ethoprofile.annotation.project.notes import Note, NoteEdit
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack

FRAMES = 40
codes = arrays(np.int16, (FRAMES, 2), elements=st.integers(-1, 3))
ADA = Verdict.of_pass("Ada", "pabcdefgh23")


def consensus_of(*tracks: LabelTrack) -> Replay:
    """Return a consensus pass that begins with what the tracks share."""
    stack = np.stack([track.codes for track in tracks])
    shared = LabelTrack(np.where((stack == stack[0]).all(axis=0), stack[0], UNLABELED))
    replay = Replay(shared.frames, shared.groups)
    replay.take(first_step(shared, AGREED, "", "Dora", "now"))
    return replay


def commit(replay: Replay, changes: list) -> None:
    if changes:
        replay.take(Step(replay.last + 1, Act.EDIT, tuple(changes), "now", "Dora"))


def undo(replay: Replay) -> None:
    target = replay.undoable
    assert target is not None
    changes = tuple(change.inverse() for change in reversed(target.changes))
    replay.take(Step(replay.last + 1, Act.UNDO, changes, "now", "Dora", target.number))


@given(codes, codes)
def test_deciding_everything_for_one_gives_their_labels_on_the_frames_they_coded(one, other):
    ada, ben = LabelTrack(one), LabelTrack(other)
    consensus = consensus_of(ada, ben)
    disputed = [item for item in items_of([ada, ben], 25.0) if not item.agreed]
    for item in disputed:
        if item.labels[0] == UNLABELED:
            with pytest.raises(ProjectError, match="Ada has no label"):
                take(item, consensus, ada, ADA)
        else:
            commit(consensus, take(item, consensus, ada, ADA))
            assert ruling_on(item, consensus).standing is Standing.RESOLVED
            assert ruling_on(item, consensus).verdict == ADA
    coded = one != UNLABELED
    np.testing.assert_array_equal(consensus.track.codes[coded], one[coded])
    assert (consensus.track.codes[~coded] == UNLABELED).all()


@given(codes, codes, st.lists(st.tuples(st.integers(0, 200), st.integers(0, 5)), max_size=12))
def test_undo_restores_labels_marks_and_standings(one, other, acts):
    ada, ben = LabelTrack(one), LabelTrack(other)
    consensus = consensus_of(ada, ben)
    items = [item for item in items_of([ada, ben], 25.0) if not item.agreed]
    seen = []

    def state():
        return consensus.track.codes.tolist(), list(consensus.notes), [ruling_on(i, consensus) for i in items]

    for which, act in acts if items else []:
        item = items[which % len(items)]
        seen.append((consensus.last, state()))
        match act:
            case 0 | 1 if item.labels[act] != UNLABELED:
                commit(consensus, take(item, consensus, (ada, ben)[act], ADA))
            case 2:
                commit(consensus, answer(item, consensus, 3, Verdict("own answer", "clear")))
            case 3 | 4:
                commit(consensus, leave(item, consensus, "too dark" if act == 3 else ""))
                assert ruling_on(item, consensus).standing is Standing.LEFT
            case 5:
                commit(consensus, reopen(item, consensus))
                assert ruling_on(item, consensus).standing is Standing.OPEN
        if consensus.last == seen[-1][0]:
            seen.pop()  # it had been decided so before: nothing to undo
    for _last, before in reversed(seen):
        undo(consensus)
        assert state() == before


def item_and_consensus() -> tuple[Item, Replay, LabelTrack]:
    ada, ben = LabelTrack.blank(FRAMES), LabelTrack.blank(FRAMES)
    ada.fill(0, FRAMES, 1)
    ben.fill(0, FRAMES, 1)
    ben.fill(10, 20, 2)
    [item] = [item for item in items_of([ada, ben], 25.0) if not item.agreed]
    return item, consensus_of(ada, ben), ada


def test_a_new_decision_takes_the_place_of_the_old_one_and_of_its_mark():
    item, consensus, ada = item_and_consensus()
    commit(consensus, leave(item, consensus, "too dark"))
    assert ruling_on(item, consensus).verdict.reason == "too dark"
    commit(consensus, take(item, consensus, ada, ADA))
    assert consensus.notes == []
    commit(consensus, answer(item, consensus, 0, Verdict("own answer")))
    ruling = ruling_on(item, consensus)
    assert (ruling.standing, ruling.label, ruling.verdict.by) == (Standing.RESOLVED, 0, "own answer")


def test_the_same_label_by_another_way_is_another_decision():
    item, consensus, ada = item_and_consensus()
    commit(consensus, answer(item, consensus, 1, Verdict("own answer")))
    commit(consensus, take(item, consensus, ada, ADA))
    assert ruling_on(item, consensus).verdict == ADA
    assert take(item, consensus, ada, ADA) == []
    undo(consensus)
    assert ruling_on(item, consensus).verdict == Verdict("own answer")


def test_an_agreement_that_is_none_any_more_is_open():
    ada, ben = LabelTrack.blank(FRAMES), LabelTrack.blank(FRAMES)
    ada.fill(0, FRAMES, 1)
    ben.fill(0, FRAMES, 1)
    consensus = consensus_of(ada, ben)
    [item] = items_of([ada, ben], 25.0)
    assert ruling_on(item, consensus).standing is Standing.AGREED
    ben.fill(0, FRAMES, 2)
    [item] = items_of([ada, ben], 25.0)
    assert ruling_on(item, consensus).standing is Standing.OPEN
    commit(consensus, take(item, consensus, ada, ADA))
    assert ruling_on(item, consensus).standing is Standing.RESOLVED


def test_half_a_label_decides_nothing_and_other_notes_stay():
    item, consensus, _ada = item_and_consensus()
    own = Note(0, 12, 14, "tail in the way")
    commit(consensus, [NoteEdit(0, 12, 14, (), (own,))])
    commit(consensus, leave(item, consensus))
    half = Item(item.start, item.start + 4, 0, item.labels)
    commit(consensus, answer(half, consensus, 2, Verdict("own answer")))
    assert ruling_on(item, consensus).standing is Standing.OPEN
    assert own in consensus.notes


@pytest.mark.parametrize("reason", ["", "starts late", "as (p1): told: twice"])
def test_verdicts_are_read_back_as_they_were_written(reason):
    for verdict in (Verdict.of_pass("Ada: L. (x)", "pabcdefgh23", reason), Verdict("own answer", reason)):
        assert Verdict.read(verdict.text()) == verdict
