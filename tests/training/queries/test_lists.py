"""Lists for a project: never animals that are kept apart or labeled frames; the same again; explained."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import LearnError, ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project, Purpose
from napari_ethoprofile.annotation.project.queries import NewQuery, QueryState
from napari_ethoprofile.training.queries.listing import PACE, make_list, pace_of
from napari_ethoprofile.training.queries.project_pool import pool_of
from small_project import write_recording

#: 40 s of 25 frames a second: four stretches of 10 s.
FRAMES = 1000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four animals; the first has a clip whose first 10 s are labeled by Ada; the last is kept apart."""
    home = tmp_path_factory.mktemp("asking")
    with Project.create(home / "project", preset("home-cage"), "Asking") as project:
        for name in ("Ada", "Ben"):
            project.add_annotator(name)
        for number in range(4):
            video = project.add_video(write_recording(home / f"mouse {number}.mp4", FRAMES), f"0{number}")
            project.index_video(video.id)
        project.keep_subjects(Purpose.CHAMPION, ["03"])
        [clip] = project.add_clips([Stretch("mouse 0", 0, 750)])
        record = project.start_pass(clip.id, "Ada")
        with project.edit(record.id, "Ada") as editor:
            editor.commit(Edit.paint(editor.track, 0, 250, 1))
        pool_of(project)  # how the recordings look is kept with the project
    return home


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[Project]:
    shutil.copytree(home, tmp_path / "home")
    with Project.open(tmp_path / "home" / "project") as project:
        yield project


def test_the_pool_is_every_unlabeled_stretch_of_animals_that_are_not_kept_apart(project: Project) -> None:
    found = pool_of(project, "Ada")
    places = {(unit.video, unit.start, unit.stop) for unit in found.pool.units}
    assert {video for video, *_ in places} == {"mouse 0", "mouse 1", "mouse 2"}
    assert [place[1:] for place in sorted(places) if place[0] == "mouse 0"] == [
        (250, 500), (500, 750), (750, 1000),
    ]  # fmt: skip
    assert [place[1:] for place in sorted(places) if place[0] == "mouse 1"] == [
        (0, 250), (250, 500), (500, 750), (750, 1000),
    ]  # fmt: skip
    clips = {
        (unit.video, unit.start): candidate.clip
        for unit, candidate in zip(found.pool.units, found.candidates, strict=True)
    }
    assert clips["mouse 0", 500] == "mouse 0_s0_n750"
    assert clips["mouse 0", 750] == clips["mouse 1", 0] == ""
    assert found.pool.features.shape[0] == found.pool.motion.shape[0] == len(found.pool.units) == 11
    assert np.isfinite(found.pool.features).all()


@pytest.mark.parametrize("strategy", ["clip_entropy_v1", "random", "sequential", "coreset", "entropy"])
def test_no_strategy_asks_for_what_is_kept_apart_or_labeled_and_all_say_why(
    project: Project, strategy: str
) -> None:
    made = make_list(project, "Ada", strategy=strategy, number=50)
    assert len(made.queries) == 11
    assert {query.video for query in made.queries} == {"mouse 0", "mouse 1", "mouse 2"}
    assert all(query.start >= 250 for query in made.queries if query.video == "mouse 0")
    assert all(query.reason and query.annotator == "Ada" for query in made.queries)
    assert made.wrong is None  # there is no model to be wrong


def test_the_same_labels_and_seed_give_the_same_list_and_the_next_one_differs(
    tmp_path: Path, home: Path, project: Project
) -> None:
    def places(project: Project) -> list[tuple[str, int]]:
        made = make_list(project, "Ada", strategy="random", number=6, seed=3)
        return [(query.video, query.start) for query in made.queries]

    shutil.copytree(home, tmp_path / "other")
    with Project.open(tmp_path / "other" / "project") as other:
        first = places(project)
        assert first == places(other)
    assert places(project) != first
    assert len(project.queries(QueryState.OPEN)) == 6  # the former list made way
    assert {query.round for query in project.queries()} == {1, 2}


def test_minutes_are_filled_from_the_pace_so_far(project: Project) -> None:
    assert pace_of(project, "Ben") == PACE
    made = make_list(project, "Ben", minutes=2)
    assert len(made.queries) == 4  # 10 s take 25 s
    assert made.seconds == pytest.approx(100)
    assert any("no label of mouse 01 yet" in query.reason for query in made.queries)


def test_what_one_is_asked_another_is_not(project: Project) -> None:
    ada = make_list(project, "Ada", number=6)
    ben = make_list(project, "Ben", number=50)
    asked = [{(q.video, q.start) for q in made.queries} for made in (ada, ben)]
    assert not asked[0] & asked[1]
    assert len(asked[1]) == 5


def test_nothing_left_is_said(project: Project) -> None:
    project.keep_subjects(Purpose.CHAMPION, ["00", "01", "02", "03"])
    with pytest.raises(LearnError, match="nothing left to ask for"):
        make_list(project, "Ada")


# the list itself


def test_a_query_makes_its_clip_and_ends_when_every_frame_is_labeled(project: Project) -> None:
    [query] = project.add_queries([NewQuery("mouse 1", 250, 500, reason="why not")], "Ada")
    assert query.clip == "mouse 1_s250_n250"
    assert project.end_answered_queries("Ada") == []
    record = project.start_pass(query.clip, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 249, 1))
    assert project.end_answered_queries("Ada") == []
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 249, 250, 0))  # none is a decision, too
    assert [ended.id for ended in project.end_answered_queries("Ada")] == [query.id]
    [done] = project.queries(acting="Ada")
    assert (done.state, done.pass_id) == (QueryState.DONE, record.id)
    project.end_query(query.id, QueryState.SKIPPED)
    assert project.queries()[0].state is QueryState.DONE  # what has ended stays as it is


def test_all_queries_are_taken_or_none(project: Project) -> None:
    clips = len(project.clips())
    with pytest.raises(ProjectError, match="do not lie within"):
        project.add_queries(
            [NewQuery("mouse 1", 0, 250), NewQuery("mouse 0", 700, 800, clip="mouse 0_s0_n750")], "Ada"
        )
    with pytest.raises(ProjectError, match="kept apart"):
        project.add_queries([NewQuery("mouse 1", 0, 250), NewQuery("mouse 3", 0, 250)], "Ada")
    assert project.queries() == []
    assert len(project.clips()) == clips


def test_reasons_are_not_told_where_labels_are_closed(project: Project) -> None:
    project.add_queries([NewQuery("mouse 0", 250, 500, "mouse 0_s0_n750", "entropy", "eat or drink", 0.7)])
    [seen] = project.queries(acting="Ben")
    assert (seen.reason, seen.score) == ("eat or drink", 0.7)
    project.start_pass("mouse 0_s0_n750", "Ben", "blind")
    [hidden] = project.queries(acting="Ben")
    assert (hidden.reason, hidden.score) == ("", None)
    [ada] = project.queries(acting="Ada")
    assert ada.reason == "eat or drink"
