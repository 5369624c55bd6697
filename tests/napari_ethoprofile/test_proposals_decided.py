"""Proposals in a session without a window: what keys do to the pass, and what people are told."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.project import PassRecord
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack
from napari_ethoprofile.training.proposal_gate import SHARE_KEY, SURE_KEY
from napari_ethoprofile.training.proposal_store import FOLDER_NAME
from proposing_project import learn, proposing_project, say, truth

from napari_ethoprofile.proposing import Proposing
from napari_ethoprofile.session import Session

FRAMES = 120


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A session of Ada's on a project whose model has said something about the second clip."""
    project = proposing_project(tmp_path / "desk", FRAMES, held_out=0.9)
    project.settings.set(SHARE_KEY, 0.0)
    clip = project.clips()[1].id
    say(project, clip, truth(FRAMES), sure=0.6)
    session, messages = Session(), []
    proposing = Proposing(session)
    session.message.connect(messages.append)
    session.set_project(project)
    session.set_annotator("Ada")
    yield SimpleNamespace(
        project=project, clip=clip, session=session, proposing=proposing, messages=messages,
        open=lambda: session.open_pass(project.start_pass(clip, "Ada").id),
    )  # fmt: skip
    session.set_project(None)


def origins(desk: SimpleNamespace) -> list[tuple[int, int, str]]:
    runs = desk.session.current.editor.origins(0, FRAMES)
    return [(start, stop, origin.provenance) for start, stop, origin in runs if origin is not None]


def test_opening_shows_proposals_and_labels_nothing(desk: SimpleNamespace) -> None:
    desk.open()
    assert [bout.label for bout in desk.proposing.undecided] == [1, 2, 3, 1, 2, 3]
    assert desk.session.track == LabelTrack.blank(FRAMES)
    desk.session.close_pass()
    [record] = desk.project.passes(clip=desk.clip, annotator="Ada")
    assert desk.project.door.coverage(record.id, "Ada").labeled == 0


def test_accept_replace_reject_adjust_and_undo(desk: SimpleNamespace) -> None:
    desk.open()
    proposing, session = desk.proposing, desk.session
    proposing.accept()
    assert (session.playhead, origins(desk)) == (20, [(0, 20, "accepted")])
    proposing.answer_of(3, 20)()
    assert session.playhead == 40
    proposing.reject()
    assert session.playhead == 60
    session.seek(65)
    proposing.set_start()
    proposing.accept()
    assert origins(desk) == [(0, 20, "accepted"), (20, 40, "edited"), (65, 80, "edited")]
    codes = session.track.codes[:, 0]
    assert (set(codes[20:40]), set(codes[40:65]), set(codes[65:80])) == ({3}, {UNLABELED}, {1})
    while session.current.editor.can_undo:
        session.tell_changed(session.current.editor.undo())
    assert session.track == LabelTrack.blank(FRAMES)
    assert desk.proposing.undecided[0].label == 1


def test_enter_goes_on_to_what_is_uncertain_and_to_sure_ones_after_that(desk: SimpleNamespace) -> None:
    desk.project.settings.set(SURE_KEY, 0.8)
    say(desk.project, desk.clip, truth(FRAMES), np.repeat([0.6, 0.9, 0.85, 0.7, 0.95, 0.5], 20))
    desk.open()
    proposing, session = desk.proposing, desk.session
    assert [bout.start for bout in proposing.uncertain] == [0, 60, 100]
    visited = [session.playhead]
    for act in (proposing.accept, proposing.reject, proposing.answer_of(3, 100)):
        act()
        visited.append(session.playhead)
    assert visited == [0, 60, 100, 20]  # round the end of the clip to the first that is sure
    assert "3 sure proposals are left (confidence 0.80 or more)" in desk.messages[-1]
    assert [bout.start for bout in proposing.undecided] == [20, 40, 80]  # nothing sure was taken by itself
    for _ in range(3):
        proposing.accept()
    assert proposing.undecided == []
    assert desk.messages[-1] == "Every proposal of this clip is decided."


def test_hovering_tells_what_is_proposed_first(desk: SimpleNamespace) -> None:
    desk.open()
    assert desk.proposing.text_at(25) == "proposed: rest 0.60, walk 0.20, groom 0.20"


def test_what_is_proposed_leads_even_where_something_else_is_likelier(
    desk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    said = desk.proposing._kept
    monkeypatch.setattr(
        type(said), "alternatives", lambda *_: [("walk", 0.45), ("rest", 0.4), ("groom", 0.15)]
    )
    assert desk.proposing.text_at(25) == "proposed: rest 0.40, walk 0.45, groom 0.15"


@pytest.mark.parametrize("damage", [None, b"", b"PK\x03\x04 cut short", b"noise"])
def test_without_kept_probabilities_no_confidence_is_made_up(
    desk: SimpleNamespace, damage: bytes | None
) -> None:
    for path in (desk.project.cache_folder / FOLDER_NAME).iterdir():
        if damage is None:
            path.unlink()
        else:
            path.write_bytes(damage)
    desk.open()
    proposing = desk.proposing
    assert not proposing.sureness_known
    assert len(proposing.undecided) == 6
    assert proposing.text_at(25) == "proposed: rest"
    assert proposing.surer_than(0.0) == []
    assert proposing.accept_above(0.0) == 0
    proposing.accept()
    [(_, _, origin)] = desk.session.current.editor.origins(0, 20)
    assert origin.reason.endswith("confidence not known")


def test_sure_ones_are_one_step(desk: SimpleNamespace) -> None:
    desk.open()
    assert desk.proposing.accept_above(0.61) == 0
    assert desk.proposing.accept_above(0.59) == 6
    np.testing.assert_array_equal(desk.session.track.codes, truth(FRAMES).codes)
    assert "0.59" in desk.session.current.editor.origins(0, 20)[0][2].reason
    desk.session.tell_changed(desk.session.current.editor.undo())
    assert desk.session.track == LabelTrack.blank(FRAMES)


def test_blind_passes_are_shown_nothing(desk: SimpleNamespace) -> None:
    desk.session.open_pass(desk.project.start_pass(desk.clip, "Ada", "blind").id)
    assert desk.proposing.proposals is None
    assert desk.proposing.undecided == []


def say_otherwise(desk: SimpleNamespace, name: str, held_out: float) -> PassRecord:
    """Let another model become the current one that says something else about the clip."""
    card = learn(desk.project, name, held_out)
    said = LabelTrack(truth(FRAMES).codes % 3 + 1)
    record = desk.project.import_track(desk.clip, name, said, "model", provenance="model", source=card.id)
    desk.session.passes_changed()
    return record


def test_a_newer_model_is_offered_and_not_swapped(desk: SimpleNamespace) -> None:
    desk.open()
    shown = desk.proposing.offer.shown
    newer = say_otherwise(desk, "rats", 0.9)
    assert desk.proposing.offer.shown == shown
    assert desk.proposing.offer.newer == newer
    assert desk.proposing.undecided[0].label == 1
    desk.proposing.take_newer()
    assert desk.proposing.offer.shown == newer
    assert desk.proposing.undecided[0].label == 2


def test_a_newer_model_that_is_not_good_enough_is_not_offered(desk: SimpleNamespace) -> None:
    desk.open()
    say_otherwise(desk, "rats", 0.3)
    assert desk.proposing.offer.newer is None


def test_a_model_that_comes_while_somebody_scores_is_offered_and_a_pass_without_work_is_shown_it(
    desk: SimpleNamespace,
) -> None:
    [waiting] = [clip.id for clip in desk.project.clips()[2:3]]
    record = desk.project.start_pass(waiting, "Ada")
    desk.session.open_pass(record.id)
    desk.session.commit([Edit.paint(desk.session.track, 0, 30, 1)])
    said = say(desk.project, waiting, truth(FRAMES))
    desk.session.passes_changed()
    assert desk.proposing.undecided == []
    assert desk.proposing.answer_of(2, 30) is None  # a key does what it did a moment ago
    assert desk.project.pinned_proposals(record.id, "Ada") is None
    assert desk.proposing.offer.newer == said
    desk.proposing.take_newer()
    assert desk.proposing.undecided[0].start == 30

    other = desk.project.clips()[3].id
    desk.session.open_pass(desk.project.start_pass(other, "Ada").id)
    assert desk.proposing.undecided == []
    say(desk.project, other, truth(FRAMES))
    desk.session.passes_changed()
    assert desk.proposing.undecided
