"""Lists of bouts and boundaries, and of what people differ about, in a real project."""

import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack
from napari_ethoprofile.training.calibration import Calibration
from napari_ethoprofile.training.cards import groups_of
from napari_ethoprofile.training.queries import project_pool
from napari_ethoprofile.training.queries.doubtful import Mode
from napari_ethoprofile.training.queries.listing import PACE, WATCHED, make_list
from napari_ethoprofile.training.queries.project_pool import pool_of
from napari_ethoprofile.training.queries.recordings import Footage, keep_said
from napari_ethoprofile.training.stack_prediction import no_smoothing

#: 40 s of 10 frames and 5 steps a second.
FRAMES, STEPS = 400, 200


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, mice: Path) -> Path:
    """Two mice without a label; the first half of the first recording is a clip."""
    home = tmp_path_factory.mktemp("modes") / "project"
    with Project.create(home, ETHOGRAM, "Modes") as project:
        for name in ("Ada", "Ben", "Cleo"):
            project.add_annotator(name)
        for path in sorted(mice.glob("*.mkv"))[:2]:
            project.index_video(project.add_video(path).id)
        project.add_clips([Stretch(project.videos()[0].id, 0, FRAMES // 2)])
        pool_of(project)  # how the recordings look is kept with the project
    return home


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[Project]:
    shutil.copytree(home, tmp_path / "project")
    with Project.open(tmp_path / "project") as project:
        yield project


@pytest.fixture
def modeled(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project with a model that says one behavior after the other, 4 s each, more or less sure of it."""
    groups = groups_of(ETHOGRAM)
    [group] = groups
    card = SimpleNamespace(
        id="made up@1", groups=groups, smoothing={"groups": [no_smoothing(len(group.behaviors)).to_dict()]}
    )
    model = SimpleNamespace(card=card, rate=5.0, calibrations=(Calibration(),))
    monkeypatch.setattr(project_pool, "_current", lambda _project: model)
    for number, video in enumerate(project.videos()):
        rng = np.random.default_rng(number)
        values = np.full((STEPS, len(group.behaviors)), 0.0)
        for bout in range(10):
            rows = slice(20 * bout, 20 * bout + 20)
            values[rows] = rng.dirichlet(np.full(values.shape[1], 0.2))
            top = (bout + number) % values.shape[1]
            values[rows] *= 0.4
            values[rows, top] += 0.6
        footage = project_pool._footage(project, video.id, [], None)
        assert isinstance(footage, Footage)
        keep_said(footage, model, project.cache_folder, values.astype(np.float16))  # type: ignore[arg-type]
    return project


@pytest.mark.parametrize("mode", ["bout", "boundary"])
def test_bouts_and_boundaries_are_work_items_within_clips(modeled: Project, mode: str) -> None:
    made = make_list(modeled, "Ada", mode=mode, number=10)
    assert made.mode is Mode(mode)
    assert 4 <= len(made.queries) <= 10
    audits = [query for query in made.queries if query.audit]
    assert 1 <= len(audits) <= 2
    assert all(query.stop - query.start == 100 for query in audits)  # a fair look is a look at ten seconds
    for query in made.queries:
        clip = modeled.get_clip(query.clip)
        assert clip.start <= query.start < query.stop <= clip.stop
        if not query.audit:
            length = (query.stop - query.start) / 10
            assert length == pytest.approx(2.0 if mode == "boundary" else 5.0, abs=1.01)
            assert query.seconds == pytest.approx(PACE * (length + WATCHED), abs=0.1)
            told = "s of" if mode == "bout" else "ends and"
            assert told in query.reason
        elif not query.reason.startswith("by chance, to see how good the model is"):
            pytest.fail(query.reason)
    clips = [modeled.get_clip(query.clip) for query in made.queries]
    for one, other in combinations({clip.id: clip for clip in clips}.values(), 2):
        assert one.video != other.video or one.stop <= other.start or other.stop <= one.start
    for clip in clips:  # somebody can begin a pass on each of them
        if not modeled.passes(clip=clip.id):
            modeled.start_pass(clip.id, "Ada")


def test_the_most_doubtful_bout_comes_first(modeled: Project) -> None:
    found = pool_of(modeled, "Ada", mode="bout")
    made = make_list(modeled, "Ada", mode="bout", strategy="entropy", number=3)
    doubts = sorted((c.doubt for c in found.candidates), reverse=True)[:3]
    assert [query.score for query in made.queries] == pytest.approx(doubts)
    assert made.queries[0].reason.startswith("4.0 s of ")


def test_minutes_are_filled_whatever_the_length(modeled: Project) -> None:
    for mode in Mode:
        made = make_list(modeled, "Ada", mode=mode, minutes=1.5)
        assert 45 < made.seconds <= 110


def test_labeled_bouts_are_not_asked_for(modeled: Project) -> None:
    [clip] = modeled.clips()
    record = modeled.start_pass(clip.id, "Ben")
    with modeled.edit(record.id, "Ben") as editor:
        editor.commit(Edit.paint(editor.track, 0, 50, 1))
    found = pool_of(modeled, "Ada", mode="bout")
    own = [c for c in found.candidates if c.clip == clip.id and c.doubtful is not None]
    assert own
    assert all(c.start >= 50 and c.stop <= clip.stop for c in own)


def test_without_a_model_one_sentence_says_so(project: Project) -> None:
    with pytest.raises(LearnError, match="no current model whose boundaries could be asked for; train one"):
        make_list(project, "Ada", mode="boundary")


# what people differ about


def score(project: Project, name: str, kind: str, *labels: tuple[int, int, int]) -> str:
    """Let somebody score the clip, and submit it; return the pass."""
    record = project.start_pass(project.clips()[0].id, name, kind)
    with project.edit(record.id, name) as editor:
        for start, stop, label in labels:
            editor.commit(Edit.paint(editor.track, start, stop, label))
        editor.submit()
    return record.id


def asked(project: Project, name: str | None) -> list[tuple[int, int, float]]:
    """Return what could be asked for another opinion: start, stop and share about which people differ."""
    found = pool_of(project, name)
    return [(c.start, c.stop, round(c.differing, 2)) for c in found.candidates if c.differing]


def test_only_a_third_person_is_asked_and_told_how_much(project: Project) -> None:
    score(project, "Ada", "first", (0, 200, 1))
    score(project, "Ben", "first", (0, 60, 1), (60, 100, 2), (100, 103, 2), (103, 200, 1))
    # A difference of 0.3 s at 10 s belongs to the one before; elsewhere it would be none.
    assert asked(project, "Cleo") == [(0, 100, 0.4), (100, 200, 0.03)]
    assert asked(project, "Ada") == asked(project, "Ben") == asked(project, None) == []
    made = make_list(project, "Cleo", number=5)
    [query] = [q for q in made.queries if "two people differ" in q.reason]
    assert (query.reason, query.start, query.clip) == (
        "two people differ about it: 40% of it", 0, project.clips()[0].id,
    )  # fmt: skip
    assert not query.audit
    assert not any("differ" in q.reason for q in make_list(project, "Ada", number=6).queries)


def test_a_moment_more_or_less_is_no_difference(project: Project) -> None:
    score(project, "Ada", "first", (0, 50, 1), (50, 200, 2))
    score(project, "Ben", "first", (0, 53, 1), (53, 200, 2))
    assert asked(project, "Cleo") == []


def test_a_review_settles_it(project: Project) -> None:
    first = score(project, "Ada", "first", (0, 200, 1))
    score(project, "Ben", "first", (0, 200, 2))
    assert len(asked(project, "Cleo")) == 2
    record = project.start_pass(project.clips()[0].id, "Ben", "review", based_on=first)
    assert project.door.labels(record.id, "Ben").codes[0, 0] == 1
    assert asked(project, "Cleo") == []


def test_what_is_blind_work_is_never_looked_into(project: Project) -> None:
    score(project, "Ada", "first", (0, 200, 1))
    score(project, "Ben", "blind", (0, 200, 2))
    assert len(asked(project, "Cleo")) == 2
    project.start_pass(project.clips()[0].id, "Cleo", "blind")
    assert asked(project, "Cleo") == []
    assert all(c.clip == "" for c in pool_of(project, "Cleo").candidates)


def test_what_is_left_unlabeled_is_no_opinion(project: Project) -> None:
    [clip] = project.clips()
    for name, labels in (("Ada", [1] * 100 + [UNLABELED] * 100), ("Ben", [UNLABELED] * 100 + [2] * 100)):
        track = LabelTrack(np.array(labels, np.int16)[:, None])
        project.import_track(clip.id, name, track, source=f"{name}.csv")
    assert asked(project, "Cleo") == []
