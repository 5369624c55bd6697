"""Proposals on stretches that a list asks for: keys stay there, and what is drawn by chance goes without."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from napari_ethoprofile.annotation.assigning import pass_to_score
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.project.queries import NewQuery, QueryState
from napari_ethoprofile.training.proposal_gate import SHARE_KEY
from proposing_project import proposing_project, say, truth

from napari_ethoprofile.proposing import Proposing
from napari_ethoprofile.query_desk import QueryDesk
from napari_ethoprofile.query_link import QueryLink
from napari_ethoprofile.session import Session
from napari_ethoprofile.timeline import TimelineModel

FRAMES = 240


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Ada is asked for two stretches of two bouts each, and for one by chance between them."""
    project = proposing_project(tmp_path / "desk", FRAMES, held_out=0.9)
    project.settings.set(SHARE_KEY, 0.0)
    first, second = project.clips()[1:3]
    for clip in (first, second):
        say(project, clip.id, truth(FRAMES), sure=0.6)
    project.add_queries(
        [
            NewQuery(first.video, first.start + 40, first.start + 80, first.id, reason="rest or groom"),
            NewQuery(second.video, second.start + 100, second.start + 140, second.id, reason="walk"),
            NewQuery(second.video, second.start + 180, second.start + 220, second.id, audit=True),
        ],
        "Ada",
    )
    session, handlers = Session(), {"next_item": lambda: None}
    proposing = Proposing(session)

    def open_clip(clip: str) -> None:
        session.open_pass(pass_to_score(project, clip, "Ada").id)

    queries = QueryDesk(session, SimpleNamespace(), open_clip, lambda _video: None, lambda *_work: None)
    link = QueryLink(queries, session, SimpleNamespace(handlers=handlers), proposing, TimelineModel())
    session.set_project(project)
    session.set_annotator("Ada")
    yield SimpleNamespace(
        project=project, session=session, proposing=proposing, queries=queries, link=link,
        clips=(first.id, second.id), next_item=handlers["next_item"], open=open_clip,
    )  # fmt: skip
    session.set_project(None)


def place(desk: SimpleNamespace) -> tuple[str, int]:
    return desk.session.current.clip.id, desk.session.playhead


def test_enter_stays_within_what_is_asked_for_then_leads_on(desk: SimpleNamespace) -> None:
    first, second = desk.clips
    desk.queries.serve_next()
    assert place(desk) == (first, 40)
    desk.proposing.accept()
    assert place(desk) == (first, 60)
    desk.proposing.accept()
    # Answered: it waits there for a look back or an undo, and the next key leads on.
    assert place(desk) == (first, 60)
    assert desk.queries.current is None
    desk.proposing.accept()
    assert place(desk) == (second, 100)
    assert desk.session.track.coverage().labeled == 0


def test_the_key_for_the_next_proposal_does_the_same(desk: SimpleNamespace) -> None:
    first, second = desk.clips
    desk.queries.serve_next()
    for frame in (60, 40, 60):
        desk.proposing.next()
        assert place(desk) == (first, frame)
    desk.proposing.next(-1)
    assert place(desk) == (first, 40)
    desk.session.commit([Edit.paint(desk.session.track, 40, 80, 1)])
    desk.proposing.next()
    assert place(desk) == (second, 100)


def test_what_was_rejected_is_asked_for_until_it_has_a_label(desk: SimpleNamespace) -> None:
    first, _second = desk.clips
    desk.queries.serve_next()
    desk.proposing.reject()
    desk.proposing.accept()
    assert desk.queries.current is not None
    assert place(desk) == (first, 40)
    desk.proposing.accept()  # nothing is proposed there any more
    assert place(desk) == (first, 40)
    desk.session.commit([Edit.paint(desk.session.track, 40, 60, 3)])
    assert desk.queries.current is None


def test_without_a_list_enter_goes_through_the_whole_clip(desk: SimpleNamespace) -> None:
    first, _second = desk.clips
    desk.open(first)
    desk.session.seek(0)
    frames = []
    for _ in range(5):
        desk.proposing.accept()
        frames.append(desk.session.playhead)
    assert frames == [20, 40, 60, 80, 100]
    # The stretch that the list asks for was labeled on the way: that is noted when the clip is left.
    desk.session.close_pass()
    assert desk.queries.queries[0].state is QueryState.DONE


def test_nothing_is_proposed_where_chance_asks_and_all_is_elsewhere(desk: SimpleNamespace) -> None:
    _first, second = desk.clips
    desk.open(second)
    proposing = desk.proposing
    assert [(b.start, b.stop) for b in proposing.undecided][-3:] == [(140, 160), (160, 180), (220, 240)]
    assert (proposing.said.track.codes[180:220] < 0).all()
    assert proposing.text_at(190) == ""
    [_, _, chance] = desk.queries.queries
    desk.queries.skip(chance)
    assert [(b.start, b.stop) for b in proposing.undecided][-3:] == [(180, 200), (200, 220), (220, 240)]


def test_somebody_who_is_not_asked_is_shown_everything(desk: SimpleNamespace) -> None:
    _first, second = desk.clips
    desk.project.add_annotator("Ben")
    desk.session.set_annotator("Ben")
    desk.session.open_pass(desk.project.start_pass(second, "Ben").id)
    assert len(desk.proposing.undecided) == FRAMES // 20
