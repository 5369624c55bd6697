"""The agreement of a window without the window: what is computed, dropped, refused and played."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from double_coded import twice_scored
from napari_ethoprofile.annotation.agreement import Settings
from napari_ethoprofile.annotation.agreement.kinds import Kind
from napari_ethoprofile.annotation.agreement.report import Part
from napari_ethoprofile.annotation.agreement.sources import FileOptions
from napari_ethoprofile.annotation.errors import AgreementError, EthoprofileError, GapsError, ProjectError
from napari_ethoprofile.annotation.tracks import UNLABELED
from quiet_desk import StillPlayer
from rating_files import clip_files, frames_file, rescored, scored
from small_project import write_recording

from napari_ethoprofile.agreeing import Agreeing, FileRequest, PassRequest
from napari_ethoprofile.comparing import Comparing
from napari_ethoprofile.playlist import Playlist
from napari_ethoprofile.session import Session

QUICK = Settings(resamples=10)


class Later:
    """Does work when it is asked to, as a thread would be done at some time."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Callable, Callable]] = []

    def __call__(self, work: Callable[[], Any], done: Callable, failed: Callable) -> None:
        self.waiting.append((work, done, failed))

    def finish(self) -> None:
        work, done, failed = self.waiting.pop(0)
        try:
            result = work()
        except EthoprofileError as error:
            failed(error)
        else:
            done(result)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SimpleNamespace]:
    project = twice_scored(tmp_path / "project", write_recording(tmp_path / "mouse.mp4"))
    session, later = Session(), Later()
    comparing = Comparing(session, StillPlayer())
    playlist = Playlist(comparing, session)
    agreeing = Agreeing(session, playlist, later)
    told: list[Any] = []
    agreeing.refused.connect(told.append)
    session.message.connect(told.append)
    session.set_project(project)
    session.set_annotator("Dora")
    yield SimpleNamespace(
        project=project, session=session, later=later, agreeing=agreeing, playlist=playlist, told=told
    )
    session.set_project(None)


def of_passes(desk: SimpleNamespace, *raters: str) -> PassRequest:
    return PassRequest(desk.project.folder, raters or ("Ada", "Ben"), desk.session.annotator, QUICK)


def shown(desk: SimpleNamespace) -> None:
    desk.agreeing.start(of_passes(desk))
    desk.later.finish()
    assert desk.agreeing.report is not None


def test_a_report_comes_when_the_thread_is_done(desk: SimpleNamespace) -> None:
    busy: list[bool] = []
    desk.agreeing.busy_changed.connect(busy.append)
    desk.agreeing.start(of_passes(desk))
    assert (desk.agreeing.busy, desk.agreeing.report) == (True, None)
    desk.later.finish()
    assert busy == [True, False]
    # by hand: 19 of 100 frames differ
    assert desk.agreeing.pair.agreement.value == pytest.approx(0.81)


def test_what_was_given_up_never_appears(desk: SimpleNamespace) -> None:
    agreeing, later = desk.agreeing, desk.later
    agreeing.start(of_passes(desk))
    agreeing.cancel()
    assert not agreeing.busy
    later.finish()
    assert agreeing.report is None
    agreeing.start(of_passes(desk, "Ada", "Zoe"))
    agreeing.start(of_passes(desk))
    later.finish()  # the refusal of the first, which nobody waits for any more
    assert (desk.told, agreeing.busy) == ([], True)
    later.finish()
    assert agreeing.report is not None


def test_a_refusal_is_told_in_its_sentence(desk: SimpleNamespace) -> None:
    desk.agreeing.start(of_passes(desk, "Ada", "Dora"))
    desk.later.finish()
    assert isinstance(desk.told[0], ProjectError)
    assert "Dora has no pass" in str(desk.told[0])
    assert not desk.agreeing.busy


def test_another_annotator_or_project_puts_it_away(desk: SimpleNamespace) -> None:
    shown(desk)
    desk.session.set_annotator("Ada")
    desk.agreeing.check_still_allowed()
    assert (desk.agreeing.report, desk.agreeing.pair) == (None, None)
    desk.agreeing.start(of_passes(desk))
    desk.session.set_annotator("Dora")
    desk.agreeing.check_still_allowed()
    desk.later.finish()
    assert desk.agreeing.report is None
    shown(desk)
    desk.session.set_project(None)
    desk.agreeing.check_still_allowed()
    assert desk.agreeing.report is None


def test_blind_work_that_begins_puts_it_away(desk: SimpleNamespace) -> None:
    shown(desk)
    desk.agreeing.check_still_allowed()
    assert desk.agreeing.report is not None
    desk.project.start_pass(desk.project.clips()[0].id, "Dora", "blind")
    desk.agreeing.check_still_allowed()
    assert desk.agreeing.report is None
    assert "blind work of Dora" in desk.told[-1]


def test_stretches_are_told_and_played(desk: SimpleNamespace) -> None:
    shown(desk)
    agreeing = desk.agreeing
    assert agreeing.sentence(Part(labels=(2, 1))) == (
        "Ada eat, Ben drink: 9 frames (0.4 s, 2 stretches in 2 clips). "
        "Click to play them, one second around each."
    )
    assert agreeing.sentence(Part(labels=(2, UNLABELED))) == "Ada eat, Ben unlabeled: nowhere."
    agreeing.play(Part(kind=Kind.SPURIOUS))
    assert desk.playlist.title == "Ada and Ben differ (spurious)"
    assert desk.session.current.record.kind == "consensus"
    with pytest.raises(ProjectError, match="nothing to play"):
        agreeing.play(Part(kind=Kind.MISSED))


def test_label_files_have_numbers_but_nothing_to_play(desk: SimpleNamespace, tmp_path: Path) -> None:
    labels = scored(200, 1)
    files = (
        frames_file(tmp_path, "a.csv", labels, fps=25),
        frames_file(tmp_path, "b.csv", rescored(labels, 2), fps=25),
    )
    desk.agreeing.start(FileRequest(files, settings=QUICK))
    desk.later.finish()
    assert desk.agreeing.report.material.raters == ("a", "b")
    part = Part(labels=(1, 1))
    assert "No project" in desk.agreeing.sentence(part)
    with pytest.raises(ProjectError, match="belong to no project"):
        desk.agreeing.play(part)
    desk.session.set_annotator("Ada")
    desk.agreeing.check_still_allowed()
    assert desk.agreeing.report is not None  # files are nobody's blind work


def test_gaps_of_bout_tables_are_asked_for(desk: SimpleNamespace, tmp_path: Path) -> None:
    labels = ["", *scored(99, 1)]
    files = tuple(clip_files(tmp_path / "a", "ann", [labels]) + clip_files(tmp_path / "b", "bob", [labels]))
    desk.agreeing.start(FileRequest(files, settings=QUICK))
    desk.later.finish()
    assert isinstance(desk.told[0], GapsError)
    desk.agreeing.start(FileRequest(files, FileOptions(gaps="none"), QUICK))
    desk.later.finish()
    assert desk.agreeing.report.material.gaps == "none"


def test_one_file_of_one_rater_is_refused(desk: SimpleNamespace, tmp_path: Path) -> None:
    desk.agreeing.start(FileRequest((frames_file(tmp_path, "a.csv", scored(50, 1), fps=25),), settings=QUICK))
    desk.later.finish()
    assert isinstance(desk.told[0], AgreementError)
