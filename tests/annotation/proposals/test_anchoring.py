from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import Behavior, Ethogram
from napari_ethoprofile.annotation.project import Project, editor, pass_rows, passes
from napari_ethoprofile.annotation.proposals import Proposals, accept, accept_above, reject, replace_by
from napari_ethoprofile.annotation.proposals.anchoring import audit_anchoring
from napari_ethoprofile.annotation.proposals.deciding import decided
from napari_ethoprofile.annotation.tracks import LabelTrack
from small_project import create_project, write_recording

FRAMES, BOUT = 6000, 100
SOURCE = "mice@1"
#: The model says walk and groom in turn.
SAID = LabelTrack(np.tile(np.repeat([8, 3], BOUT), FRAMES // BOUT // 2)[:, None])


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock that stands still until it is moved on by some seconds."""
    at = [datetime(2026, 3, 1, 9, tzinfo=UTC)]

    def now() -> str:
        return at[0].isoformat(timespec="milliseconds").replace("+00:00", "Z")

    for module in (editor, pass_rows, passes):
        monkeypatch.setattr(module, "now", now)

    def move_on(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    return move_on


@pytest.fixture
def shared(tmp_path: Path, tick: Callable[[float], None]) -> Iterator[Project]:
    """A project with two long clips that a model has looked at."""
    project = create_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4"))
    video = project.videos()[0]
    project.record_frames(video.id, 2 * FRAMES, 25.0, exact=True)
    for start in (0, FRAMES):
        place = Stretch(video.id, start, start + FRAMES)
        project.import_track(place, "mice", SAID, "model", source=SOURCE)
    yield project
    project.close()


def clips_of_model(project: Project) -> list[str]:
    return [p.clip for p in project.passes() if p.kind == "model"]


def score(project: Project, clip: str, tick: Callable[[float], None], pace: float, *, shown: bool) -> None:
    """Score a clip as the model does, bout by bout: with its proposals, or by hand and every fourth apart."""
    record = project.start_pass(clip, "Ada")
    [said] = [p for p in project.passes(clip=clip) if p.kind == "model"]
    project.pin_proposals(record.id, said.id if shown else "", "Ada", why="" if shown else "drawn")
    proposals = Proposals.of(SAID, np.full(SAID.codes.shape, 0.9), SOURCE)
    with project.edit(record.id, "Ada") as open_pass:
        for number, bout in enumerate(proposals.undecided(open_pass.track)):
            tick(pace)
            if shown:
                open_pass.commit(accept(open_pass.track, bout, SOURCE))
            else:
                label = bout.label if number % 4 else 7
                open_pass.commit(Edit.paint(open_pass.track, bout.start, bout.stop, label))
        tick(pace)
        open_pass.submit()


def test_work_with_and_without_proposals_side_by_side(shared: Project, tick: Callable[[float], None]) -> None:
    first, second = clips_of_model(shared)
    score(shared, first, tick, 2.0, shown=True)
    score(shared, second, tick, 5.0, shown=False)
    found = audit_anchoring(shared, "Ada")
    assert found.drawn
    assert (found.shown.passes, found.shown.bouts, found.shown.accepted, found.shown.edited) == (1, 60, 60, 0)
    assert found.shown.unchanged == 1.0
    assert found.shown.haste == pytest.approx(2.0)
    assert found.shown.seconds_a_bout == pytest.approx(2.0, rel=0.05)
    assert found.without.seconds_a_bout == pytest.approx(5.0, rel=0.05)
    assert found.shown.agreement == 1.0
    assert found.without.agreement == pytest.approx(0.75)
    assert [w[:44] for w in found.warnings] == ["People agree with the model in 100% of the f"]
    assert found.sentences == list(found.warnings)
    rows = {row.name: (row.shown, row.without) for row in found.rows}
    assert rows["bouts"] == ("60", "60")
    assert rows["frames as the model says"] == ("100.0%", "75.0%")
    assert rows["proposals accepted unchanged"] == ("100.0%", "")  # there were none


def test_where_there_is_little_nothing_is_claimed(shared: Project, tick: Callable[[float], None]) -> None:
    told = audit_anchoring(shared, "Ada").sentences
    assert told[0].startswith("In submitted passes 0 proposals were decided; from 20 on")
    assert "is told from 60 s of labels on both sides on" in told[1]
    score(shared, clips_of_model(shared)[0], tick, 2.0, shown=True)
    told = audit_anchoring(shared, "Ada").sentences
    assert told[0] == "Nothing tells that proposals are waved through."
    assert "is told from 60 s of labels on both sides on" in told[1]
    record = shared.start_pass(clips_of_model(shared)[1], "Ada")  # never opened where proposals are shown
    with shared.edit(record.id, "Ada") as open_pass:
        open_pass.submit()
    assert "not drawn at random" in audit_anchoring(shared, "Ada").sentences[-1]


def test_faster_than_a_look_is_told(shared: Project, tick: Callable[[float], None]) -> None:
    score(shared, clips_of_model(shared)[0], tick, 0.3, shown=True)
    [warning] = audit_anchoring(shared, "Ada").warnings
    assert "100% of the proposals were accepted unchanged, one every 0.3 s" in warning


def test_undone_and_redone_acceptance_is_no_haste(shared: Project, tick: Callable[[float], None]) -> None:
    clip = clips_of_model(shared)[0]
    record = shared.start_pass(clip, "Ada")
    [said] = [p for p in shared.passes(clip=clip) if p.kind == "model"]
    shared.pin_proposals(record.id, said.id, "Ada")
    proposals = Proposals.of(SAID, np.full(SAID.codes.shape, 0.9), SOURCE)
    with shared.edit(record.id, "Ada") as open_pass:
        for bout in proposals.undecided(open_pass.track)[:25]:
            tick(3.0)
            open_pass.commit(accept(open_pass.track, bout, SOURCE))
            for _ in range(2):
                tick(0.1)
                open_pass.undo()
                tick(0.1)
                open_pass.redo()
        open_pass.submit()
    found = audit_anchoring(shared, "Ada")
    assert found.shown.accepted == 25
    assert found.shown.haste == pytest.approx(3.4)


def test_accepted_together_is_told_apart(shared: Project) -> None:
    clip = clips_of_model(shared)[0]
    record = shared.start_pass(clip, "Ada")
    [said] = [p for p in shared.passes(clip=clip) if p.kind == "model"]
    shared.pin_proposals(record.id, said.id, "Ada")
    proposals = Proposals.of(SAID, np.full(SAID.codes.shape, 0.9), SOURCE)
    with shared.edit(record.id, "Ada") as open_pass:
        bouts = proposals.undecided(open_pass.track)
        open_pass.commit(replace_by(open_pass.track, bouts[0], 7, SOURCE, "walk"))
        open_pass.commit_all([reject(bouts[1], proposals)])
        open_pass.commit(accept(open_pass.track, bouts[2], SOURCE))
        open_pass.reason = "second look"  # a reason of the person's own goes before it
        open_pass.commit_all(accept_above(open_pass.track, bouts[3:], 0.8, SOURCE))
        open_pass.submit()
    found = audit_anchoring(shared, "Ada")
    work = found.shown
    assert (work.accepted, work.edited, work.rejected, work.at_once) == (58, 1, 1, 57)
    assert "57 of 60 proposals were accepted together" in found.warnings[0]


def test_a_model_that_has_learned_from_a_pass_is_not_what_it_is_compared_with(
    shared: Project, tick: Callable[[float], None]
) -> None:
    clip = clips_of_model(shared)[0]
    score(shared, clip, tick, 5.0, shown=False)
    tick(60)
    [mine] = shared.passes(clip=clip, annotator="Ada")
    shared.import_track(clip, "later", shared.door.labels(mine.id, "Ada"), "model", source="later@1")
    assert audit_anchoring(shared, "Ada").without.agreement == pytest.approx(0.75)


def test_absence_counts_where_a_group_has_one_behavior() -> None:
    ethogram = Ethogram(
        (
            Behavior(1, "walk", group="posture"),
            Behavior(2, "rest", group="posture"),
            Behavior(3, "sniff", group="sniff"),
        )
    )
    codes = np.array([[1, 3], [0, 0], [-1, -1]])
    np.testing.assert_array_equal(decided(codes, ethogram), [[True, True], [False, True], [False, False]])
