"""A playlist over several clips, without a window: what is listed, looped, and where it goes on."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from double_coded import twice_scored
from napari_ethoprofile.annotation.agreement import Settings
from napari_ethoprofile.annotation.agreement.kinds import Kind
from napari_ethoprofile.annotation.agreement.report import PairStretches, Part, agreement_report
from napari_ethoprofile.annotation.agreement.sources import material_of_passes
from napari_ethoprofile.annotation.errors import BlindError
from quiet_desk import StillPlayer
from small_project import write_recording

from napari_ethoprofile.comparing import Comparing
from napari_ethoprofile.playlist import Entry, Playlist, entries_of
from napari_ethoprofile.session import Session


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SimpleNamespace]:
    project = twice_scored(tmp_path / "project", write_recording(tmp_path / "mouse.mp4"))
    session, player, messages = Session(), StillPlayer(), []
    comparing = Comparing(session, player)
    session.message.connect(messages.append)
    session.set_project(project)
    session.set_annotator("Dora")
    yield SimpleNamespace(
        project=project,
        session=session,
        player=player,
        comparing=comparing,
        playlist=Playlist(comparing, session),
        messages=messages,
    )
    session.set_project(None)


def entries(desk: SimpleNamespace, part: Part, raters: tuple[str, ...] = ("Ada", "Ben")) -> list[Entry]:
    material = material_of_passes(desk.project, raters, "Dora")
    report = agreement_report(material, Settings(resamples=10))
    found, left = entries_of(desk.project, PairStretches(report, report.pairs[0]).of(part), 0)
    assert not left
    return found


def listed(desk: SimpleNamespace) -> tuple[str, list[tuple[int, int]]]:
    return desk.session.current.clip.id[-6:], [(i.start, i.stop) for i in desk.comparing.items]


def test_exactly_the_stretches_are_looped_with_a_second_around_them_clip_by_clip(
    desk: SimpleNamespace,
) -> None:
    desk.playlist.play("Ada eat, Ben drink", entries(desk, Part(labels=(2, 1))))
    assert listed(desk) == ("s0_n50", [(20, 25)])
    assert desk.player.asked[-1] == ("loop", 0, 50)  # a second is 25 frames
    assert desk.playlist.sentence == "Ada eat, Ben drink: 2 stretches in 2 clips; this is clip 1"
    desk.comparing.take("B")
    assert desk.session.track.bout_at(22).label == 1
    desk.comparing.next()
    assert listed(desk) == ("50_n50", [(10, 14)])
    assert desk.player.asked[-1] == ("loop", 0, 39)
    assert desk.playlist.sentence.endswith("this is clip 2")
    desk.comparing.next()
    assert "last" in desk.messages[-1]
    desk.comparing.next(-1)
    assert listed(desk) == ("s0_n50", [(20, 25)])
    assert desk.comparing.ruling(desk.comparing.items[0]).standing.value == "resolved"


def test_going_back_leads_to_the_last_stretch_of_the_clip_before(desk: SimpleNamespace) -> None:
    found = entries(desk, Part())
    desk.playlist.play("all", [found[1], found[0]])
    desk.comparing.next()
    assert desk.comparing.current.start == 20
    desk.comparing.next()
    assert listed(desk)[0] == "s0_n50"
    desk.comparing.next(-1)
    assert listed(desk)[0] == "50_n50"
    assert desk.comparing.current.start == 20
    desk.comparing.next(-1)
    assert desk.comparing.current.start == 10


def test_another_list_or_another_comparison_ends_it(desk: SimpleNamespace) -> None:
    desk.playlist.play("spurious", entries(desk, Part(kind=Kind.SPURIOUS)))
    assert listed(desk) == ("50_n50", [(20, 30)])
    desk.comparing.show_only(None)
    assert (desk.playlist.entries, desk.playlist.sentence) == ((), "")
    assert len(desk.comparing.items) == 2
    desk.playlist.play("spurious", entries(desk, Part(kind=Kind.SPURIOUS)))
    desk.comparing.close()
    assert desk.playlist.entries == ()


def test_a_playlist_that_blind_work_closes_is_refused(desk: SimpleNamespace) -> None:
    found = entries(desk, Part(kind=Kind.SPURIOUS))
    desk.project.start_pass(desk.project.clips()[1].id, "Dora", "blind")
    with pytest.raises(BlindError):
        desk.playlist.play("spurious", found)
    assert desk.playlist.entries == ()
    assert desk.comparing.comparison is None


def test_passes_that_are_not_submitted_or_a_consensus_are_told(desk: SimpleNamespace) -> None:
    first = desk.project.clips()[0]
    open_pass = desk.project.start_pass(first.id, "Dora")
    [ada] = [p.id for p in desk.project.passes(clip=first.id, annotator="Ada")]
    clip = SimpleNamespace(sources=(ada, open_pass.id), stretches=((20, 25),))
    assert entries_of(desk.project, [clip], 0) == ([], ["Not played: 1 where a pass is not submitted yet."])
