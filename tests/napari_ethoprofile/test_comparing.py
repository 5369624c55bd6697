"""A comparison in a session without a window: order, moves, decisions, what a cell lists."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from compared_passes import FRAMES, add_pass, add_two, labels, new_project
from napari_ethoprofile.annotation.adjudication import Standing, begin_consensus, compare_passes
from napari_ethoprofile.annotation.errors import BlindError, ProjectError
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack
from proposing_project import proposing_project, say, truth
from quiet_desk import StillPlayer
from small_project import write_recording

from napari_ethoprofile.compared_parts import About, Cell, Order, Progress
from napari_ethoprofile.comparing import Comparing
from napari_ethoprofile.session import Session


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A session of Dora's on a project with passes of Ada and Ben, and a comparison that is not open yet."""
    project = new_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4", FRAMES))
    passes = add_two(project)
    session, player, messages = Session(), StillPlayer(), []
    comparing = Comparing(session, player)
    session.message.connect(messages.append)
    session.set_project(project)
    session.set_annotator("Dora")
    yield SimpleNamespace(
        project=project, passes=passes, session=session, player=player, comparing=comparing, messages=messages
    )
    session.set_project(None)


def starts(comparing: Comparing) -> list[int]:
    return [item.start for item in comparing.items]


def test_the_consensus_is_opened_with_what_all_agree_on(desk: SimpleNamespace) -> None:
    desk.comparing.open(desk.passes)
    current = desk.session.current
    assert (current.record.kind, current.record.annotator, desk.session.annotating) == (
        "consensus",
        "Dora",
        True,
    )
    assert current.editor.track.coverage().unlabeled == 30
    assert starts(desk.comparing) == [40, 60, 90]
    desk.comparing.close()
    assert desk.comparing.comparison is None
    assert desk.session.current is None


@pytest.mark.parametrize(("held_out", "stands_beside"), [(0.9, True), (0.6, False)])
def test_a_model_stands_beside_people_unasked_only_when_it_is_good_enough(
    tmp_path: Path, held_out: float, *, stands_beside: bool
) -> None:
    with proposing_project(tmp_path / "desk", 40, held_out=held_out, real=False) as project:
        clip = project.clips()[1].id
        for name in ("Ben", "Cora", "Dora"):
            project.add_annotator(name)
        people = [
            project.import_track(clip, name, truth(40), "first", source="a file").id
            for name in ("Ben", "Cora")
        ]
        say(project, clip, truth(40))
        comparison = compare_passes(project, people, "Dora")
        consensus = begin_consensus(project, comparison, "Dora")
    session = Session()
    comparing = Comparing(session, StillPlayer())
    session.open_video = lambda project, source: SimpleNamespace(
        fps=25.0, confirmed=200, close=lambda: None, prefetch=lambda frames: None
    )
    session.set_project(Project.open(tmp_path / "desk" / "project"))
    session.set_annotator("Dora")
    assert comparing.open_consensus(consensus)
    assert list(comparing.comparison.sources) == ["A", "B", *(["model"] if stands_beside else [])]
    session.set_project(None)


def test_next_and_previous_follow_the_playhead_and_the_order(desk: SimpleNamespace) -> None:
    comparing, session = desk.comparing, desk.session
    comparing.open([*desk.passes[:1], add_pass(desk.project, "Cora", labels((0, 62, 1), (62, 100, 2)))])
    assert [(item.start, item.stop) for item in comparing.items] == [(50, 62), (80, 100)]
    comparing.next()
    assert (session.playhead, comparing.current.start) == (50, 50)
    comparing.next()
    comparing.next()
    assert session.playhead == 80
    assert "last of 2" in desk.messages[-1]
    session.seek(5)
    assert comparing.current is None
    comparing.next()
    assert session.playhead == 50
    comparing.set_order(Order.LENGTH)
    assert starts(comparing) == [80, 50]
    comparing.next(-1)
    assert session.playhead == 80


def test_the_next_two_are_decoded_ahead(desk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.comparing.open(desk.passes)
    asked: list[list[int]] = []
    monkeypatch.setattr(desk.session.current.video, "prefetch", lambda frames: asked.append(list(frames)))
    for _ in range(3):
        desk.comparing.next()
    desk.comparing.next(-1)
    assert asked == [[60, 90], [90], [], [40]]


def test_decisions_are_one_undo_step_each_and_are_counted(desk: SimpleNamespace) -> None:
    comparing, editor = desk.comparing, None
    comparing.open(desk.passes)
    editor = desk.session.current.editor
    comparing.next()
    comparing.reason = "clear onset"
    comparing.take("A")
    assert comparing.reason == ""
    comparing.next()
    comparing.leave()
    comparing.next()
    comparing.answer(NONE)
    assert comparing.progress == Progress(3, 1, 3)
    assert comparing.ruling(comparing.items[0]).verdict.reason == "clear onset"
    comparing.answer(UNLABELED)
    assert comparing.progress == Progress(2, 1, 3)
    for left in ((3, 1), (2, 1), (1, 0), (0, 0)):
        changes = editor.undo()
        desk.session.tell_changed(changes)
        assert comparing.progress == Progress(*left, 3)


def test_a_decision_needs_the_playhead_near_its_stretch(desk: SimpleNamespace) -> None:
    desk.comparing.open(desk.passes)
    desk.session.seek(5)
    with pytest.raises(ProjectError, match="no disagreement under the playhead"):
        desk.comparing.take("A")
    desk.session.seek(45)
    desk.comparing.take("B")
    assert desk.comparing.ruling(desk.comparing.items[0]).standing is Standing.RESOLVED
    desk.session.advance(58)
    assert desk.comparing.current.start == 40
    desk.session.seek(61)
    assert desk.comparing.current.start == 60
    with pytest.raises(ProjectError, match="no rater C"):
        desk.comparing.take("C")
    with pytest.raises(ProjectError, match="No model"):
        desk.comparing.take("model")


def test_a_cell_lists_exactly_its_stretches_and_loops_them_padded_by_a_second(desk: SimpleNamespace) -> None:
    comparing = desk.comparing
    comparing.open(desk.passes)
    comparing.show_only(Cell(0, 1, (2, 2)))
    assert [(item.start, item.stop) for item in comparing.items] == [(50, 60), (70, 80)]
    assert desk.player.asked[-1] == ("loop", 25, 85)
    comparing.next()
    assert desk.player.asked[-1] == ("loop", 45, 100)
    comparing.answer(4)
    assert desk.session.current.editor.track.bout_at(75).label == 4
    assert comparing.ruling(comparing.items[1]).standing is Standing.RESOLVED
    assert comparing.progress == Progress(0, 0, 3)
    comparing.show_only(None)
    assert len(comparing.items) == 3


def test_the_disagreements_about_a_behavior_are_listed(desk: SimpleNamespace) -> None:
    desk.comparing.open(desk.passes)
    desk.comparing.show_only(About(0, 1, 2))
    assert starts(desk.comparing) == [40, 60]
    desk.comparing.show_only(About(0, 1, 3))
    assert starts(desk.comparing) == [90]


def test_finishing_wants_every_disagreement_decided(desk: SimpleNamespace) -> None:
    comparing = desk.comparing
    comparing.open(desk.passes)
    with pytest.raises(ProjectError, match="3 of 3 disagreements are still open"):
        comparing.finish()
    for _ in range(3):
        comparing.next()
        comparing.leave()
    pass_id = desk.session.current.record.id
    comparing.finish()
    assert desk.project.get_pass(pass_id).submitted_at is not None
    assert comparing.comparison is None
    comparing.open(desk.passes)
    comparing.next()
    with pytest.raises(ProjectError, match="submitted"):
        comparing.take("A")


def test_a_blind_annotator_opens_nothing(desk: SimpleNamespace) -> None:
    [clip] = desk.project.clips()
    desk.project.start_pass(clip.id, "Dora", "blind")
    with pytest.raises(BlindError):
        desk.comparing.open(desk.passes)
    assert desk.comparing.comparison is None
    assert desk.session.current is None


def test_every_group_of_a_multi_label_project_has_its_own_disagreements(tmp_path: Path) -> None:
    ethogram = make_ethogram(["rear", "sniff"], exclusive=False)
    project = new_project(tmp_path / "multi", write_recording(tmp_path / "two.mp4", FRAMES), ethogram)
    ada, ben = LabelTrack.blank(FRAMES, 2), LabelTrack.blank(FRAMES, 2)
    for track in (ada, ben):
        track.codes[:] = NONE
        track.fill(10, 40, 1, group=0)
    ben.fill(30, 50, 2, group=1)
    session = Session()
    comparing = Comparing(session, StillPlayer())
    session.set_project(project)
    session.set_annotator("Dora")
    comparing.open([add_pass(project, "Ada", ada), add_pass(project, "Ben", ben)])
    assert [(item.start, item.stop, item.group) for item in comparing.items] == [(30, 50, 1)]
    comparing.next()
    with pytest.raises(ProjectError, match="about sniff; rear belongs to rear"):
        comparing.answer(1)
    comparing.answer(2)
    assert session.track == ben
    session.set_project(None)


def test_a_changed_ethogram_is_read_again(desk: SimpleNamespace) -> None:
    desk.comparing.open(desk.passes)
    desk.comparing.next()
    desk.comparing.take("A")
    before = desk.comparing.comparison
    desk.session.ethogram_changed(desk.project.ethogram)
    assert desk.comparing.comparison is not before
    assert desk.comparing.progress == Progress(1, 0, 3)
