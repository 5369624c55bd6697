"""From which expected accuracy on proposals are shown, and what it is measured on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project.queries import NewQuery
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training import proposal_gate, witnesses
from napari_ethoprofile.training.proposal_gate import (
    SHARE_KEY,
    Offer,
    expected_accuracy,
    offer_for,
)
from napari_ethoprofile.training.witnesses import latest_witnesses, proposals_took_part
from proposing_project import card_of, learn, proposing_project, say, score, truth

FRAMES = 2500


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = proposing_project(tmp_path / "desk", FRAMES, real=False)
    made.settings.set(SHARE_KEY, 0.0)
    yield made
    made.close()


def wrong_from(frame: int) -> LabelTrack:
    track = truth(FRAMES)
    track.codes[frame:] = track.codes[frame:] % 3 + 1
    return track


def offer_on_last(project: Project) -> Offer:
    clip = project.clips()[-1].id
    say(project, clip, truth(FRAMES))
    return offer_for(project, project.start_pass(clip, "Ada").id, "Ada")


def test_a_model_that_is_right_is_shown_and_one_that_is_wrong_is_not(project: Project) -> None:
    clip = project.clips()[1].id
    say(project, clip, wrong_from(1800))
    score(project, clip, truth(FRAMES))
    found = expected_accuracy(project, card_of(project).id, "Ada")
    assert found.value == pytest.approx(1800 / 2500)
    assert found.how == "on 100 s that were scored without proposals"
    refused = offer_on_last(project)
    assert refused.shown is None
    assert refused.why == (
        "The accuracy of 'mice' is 72% on 100 s that were scored without proposals; "
        "proposals are shown from 75% on."
    )
    project.settings.set(proposal_gate.GATE_KEY, 0.7)
    assert offer_for(project, project.passes(clip=project.clips()[-1].id)[-1].id, "Ada").shown is not None


def test_a_pass_with_proposals_is_no_witness_even_where_everything_was_typed(project: Project) -> None:
    clip = project.clips()[1].id
    said = say(project, clip, wrong_from(1800))
    record = project.start_pass(clip, "Ada")
    project.pin_proposals(record.id, said.id, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.submit()
    assert proposals_took_part(project, project.get_pass(record.id), "Ada")
    assert expected_accuracy(project, card_of(project).id, "Ada").value is None


def test_frozen_test_passes_are_no_witnesses(project: Project) -> None:
    clip = project.clips()[1].id
    say(project, clip, truth(FRAMES))
    record = score(project, clip, truth(FRAMES))
    project.freeze_passes([record.id], "test", "Ada")
    assert expected_accuracy(project, card_of(project).id, "Ada").value is None


def test_the_latest_clips_count_until_there_are_enough(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for clip, start in zip(project.clips()[1:4], (0, FRAMES, FRAMES), strict=True):
        say(project, clip.id, wrong_from(start))
        score(project, clip.id, truth(FRAMES))
    model = card_of(project).id
    assert expected_accuracy(project, model, "Ada").value == pytest.approx(2 / 3)
    monkeypatch.setattr(proposal_gate, "ENOUGH_SECONDS", 150.0)  # the oldest, all wrong, is not looked at
    assert expected_accuracy(project, model, "Ada").value == 1.0


def test_a_pass_is_counted_once_and_anew_when_it_was_changed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    count = witnesses._counted

    def noting(project: Project, look: witnesses._Look, acting: str) -> tuple[int, int] | None:
        counted.append(look.theirs.id)
        return count(project, look, acting)

    monkeypatch.setattr(witnesses, "_counted", noting)
    model = card_of(project).id
    passes = []
    for clip in project.clips()[1:3]:
        say(project, clip.id, truth(FRAMES))
        passes.append(score(project, clip.id, truth(FRAMES)))
    with Project.open(project.folder) as another:  # what was counted is on the disk
        assert expected_accuracy(another, model, "Ada").value == 1.0
    assert sorted(counted) == sorted(record.id for record in passes)
    assert expected_accuracy(project, model, "Ada").value == 1.0
    assert len(counted) == 2

    project.reopen_pass(passes[0].id, "Ada")
    with project.edit(passes[0].id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, FRAMES, 1))
        editor.submit()
    assert expected_accuracy(project, model, "Ada").value == pytest.approx(2 / 3, abs=0.01)
    assert counted[2:] == [passes[0].id]

    for path in (project.cache_folder / "proposals").glob("witnesses.*"):
        path.write_text("[broken")
    assert expected_accuracy(project, model, "Ada").value == pytest.approx(2 / 3, abs=0.01)


def test_what_is_closed_is_no_witness_though_it_was_counted_before(project: Project) -> None:
    clip, model = project.clips()[1].id, card_of(project).id
    say(project, clip, truth(FRAMES))
    score(project, clip, truth(FRAMES))
    assert expected_accuracy(project, model, "Ada").value == 1.0
    project.assign("Ada", [clip])
    assert expected_accuracy(project, model, "Ada").value is None


def test_a_stretch_drawn_by_chance_counts_when_it_is_answered_whatever_becomes_of_its_clip(
    project: Project,
) -> None:
    clip = project.clips()[1]
    said = say(project, clip.id, truth(FRAMES))
    half = FRAMES // 2
    ask = [NewQuery(clip.video, clip.start, clip.start + half, clip.id, audit=True)]
    [query] = project.add_queries(ask, "Ada")
    record = project.start_pass(clip.id, "Ada")
    project.pin_proposals(record.id, said.id, "Ada")  # the rest of the clip is scored with proposals
    with project.edit(record.id, "Ada") as editor:
        for bout in truth(half).bouts():
            editor.commit(Edit.paint(editor.track, bout.start, bout.stop, bout.label))
        editor.commit(Edit.paint(editor.track, 0, 20, 2))  # the model says 1
    assert latest_witnesses(project, card_of(project), "Ada", 1e9).frames == 0
    assert project.end_answered_queries("Ada") == [query]
    found = latest_witnesses(project, card_of(project), "Ada", 1e9)
    assert (found.right, found.frames) == (half - 20, half)

    with project.edit(record.id, "Ada") as editor:
        editor.commit(replace(Edit.paint(editor.track, half, FRAMES, 1), provenance="accepted"))
        editor.submit()
    assert latest_witnesses(project, card_of(project), "Ada", 1e9) == found


def test_a_pass_without_proposals_counts_its_stretches_once(project: Project) -> None:
    clip = project.clips()[1]
    say(project, clip.id, truth(FRAMES))
    project.add_queries([NewQuery(clip.video, clip.start, clip.start + 500, clip.id, audit=True)], "Ada")
    score(project, clip.id, truth(FRAMES))
    project.end_answered_queries("Ada")
    assert latest_witnesses(project, card_of(project), "Ada", 1e9).frames == FRAMES


def test_a_stretch_drawn_by_chance_whose_proposals_were_accepted_tells_nothing(project: Project) -> None:
    clip = project.clips()[1]
    say(project, clip.id, truth(FRAMES))
    record = project.start_pass(clip.id, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(replace(Edit.paint(editor.track, 0, FRAMES, 1), provenance="accepted"))
    project.add_queries([NewQuery(clip.video, clip.start, clip.stop, clip.id, audit=True)], "Ada")
    assert len(project.end_answered_queries("Ada")) == 1
    assert latest_witnesses(project, card_of(project), "Ada", 1e9).frames == 0


def test_without_a_witness_the_figures_of_the_training_decide(tmp_path: Path) -> None:
    with proposing_project(tmp_path / "desk", 200, held_out=0.74, real=False) as project:
        found = expected_accuracy(project, card_of(project).id, "Ada")
        assert (found.value, found.how) == (0.74, "on its training labels (3-fold by subject)")


def test_a_model_that_took_the_place_of_another_is_expected_to_be_as_good(project: Project) -> None:
    before = card_of(project)
    say(project, project.clips()[1].id, wrong_from(2000))
    score(project, project.clips()[1].id, truth(FRAMES))
    newer = learn(project, "rats", 0.74)
    assert expected_accuracy(project, newer.id, "Ada").value == 0.74  # nothing tells how they compare
    project.note_model(newer.id, newer.name, "current", parent=before.id)
    found = expected_accuracy(project, newer.id, "Ada")
    assert found.value == pytest.approx(0.8)
    assert found.how == "or more, as 'mice' before it on 100 s that were scored without proposals"
    newest = learn(project, "voles", 0.9)
    project.note_model(newest.id, newest.name, "current", parent=newer.id)
    assert expected_accuracy(project, newest.id, "Ada").value == 0.9  # its own figure is better


def test_a_random_share_goes_without_and_it_is_on_record(project: Project) -> None:
    project.settings.set(SHARE_KEY, 1.0)
    refused = offer_on_last(project)
    assert refused.why == "This clip was drawn at random to be scored without proposals."
    [pinned] = [
        project.pinned_proposals(p.id, "Ada")
        for p in project.passes(clip=project.clips()[-1].id, annotator="Ada")
    ]
    assert pinned is not None
    assert (pinned.model_pass, pinned.why) == ("", "drawn at random to be scored without proposals")
    drawn = [f"clip {n}" for n in range(2000)]
    project.settings.set(SHARE_KEY, 0.1)
    share = np.mean([proposal_gate.drawn_for_audit(project, clip) for clip in drawn])
    assert 0.08 < share < 0.12
