from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import LearnError, ProjectError
from napari_ethoprofile.annotation.ethogram import Behavior, Ethogram, make_ethogram
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, Bout, LabelTrack
from napari_ethoprofile.training.datasets import (
    IGNORED,
    Snapshot,
    class_indices,
    keep_for_test,
    passes_named,
    take_snapshot,
    test_subjects,
)

test_subjects.__test__ = False  # type: ignore[attr-defined]  # named after what it returns, no test
FRAMES = 40


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder, paths = tmp_path_factory.mktemp("recordings"), []
    for number in (1, 2):
        path = folder / f"0{number}_20180418_1200.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("mpeg4", rate=25)
            stream.width = stream.height = 32
            stream.pix_fmt = "yuv420p"
            for shade in range(FRAMES):
                picture = np.full((32, 32, 3), 40 * number + shade, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
            container.mux(stream.encode())
        paths.append(path)
    return paths


@pytest.fixture
def project(tmp_path: Path, recordings: list[Path]) -> Iterator[Project]:
    with Project.create(tmp_path / "project", make_ethogram(["eat", "sleep", "walk"])) as made:
        for path in recordings:
            made.record_frames(made.add_video(path).id, FRAMES, 25.0, exact=True)
        yield made


def labels(*bouts: tuple[int, int, int], frames: int = 20) -> LabelTrack:
    return LabelTrack.from_bouts([Bout(*bout) for bout in bouts], frames)


Score = Callable[..., str]


@pytest.fixture
def score(project: Project) -> Score:
    def add(number: int, who: str, *bouts: tuple[int, int, int], kind: str = "first", **more: object) -> str:
        start, stop = more.pop("at", (0, 20))  # type: ignore[misc]
        place = Stretch(f"0{number}_20180418_1200", start, stop)
        track = labels(*bouts, frames=stop - start)
        return project.import_track(place, who, track, kind, **more).id  # type: ignore[arg-type]

    return add


def test_labels_of_an_unfinished_pass_count_and_the_rest_stays_unlabeled(
    project: Project, score: Score
) -> None:
    score(1, "Ada", (0, 5, 1), (5, 8, NONE))
    found = take_snapshot(project)
    (only,) = found.stretches
    assert (only.subject, only.start, only.stop) == ("01", 0, 20)
    assert only.codes[:, 0].tolist() == [1] * 5 + [NONE] * 3 + [UNLABELED] * 12
    assert found.targets(0, 0).tolist() == [0] * 5 + [IGNORED] * 15
    assert found.seconds() == pytest.approx(8 / 25)
    assert found.frames_by_subject() == {1: {"01": 5}, 2: {"01": 0}, 3: {"01": 0}}


def test_a_review_leads_over_what_it_corrects_and_a_consensus_over_both(
    project: Project, score: Score
) -> None:
    first = score(1, "Ada", (0, 20, 1))
    review = score(1, "Ben", (0, 20, 2), kind="review", based_on=first)
    (only,) = take_snapshot(project).stretches
    assert only.passes == (review,)
    assert only.soft is None  # a review is no second vote
    assert set(only.codes[:, 0]) == {2}
    consensus = score(1, "Cleo", (0, 20, 3), kind="consensus")
    (only,) = take_snapshot(project).stretches
    assert only.passes == (consensus,)
    assert set(only.codes[:, 0]) == {3}
    (only,) = take_snapshot(project, passes=[first]).stretches
    assert set(only.codes[:, 0]) == {1}


def test_several_people_give_soft_labels(project: Project, score: Score) -> None:
    score(1, "Ada", (0, 10, 1))
    score(1, "Ben", (0, 5, 1), (5, 8, 2))
    (only,) = take_snapshot(project).stretches
    assert only.annotators == ("Ada", "Ben")
    assert only.soft is not None
    assert only.soft[0].tolist() == [1, 0, 0]
    assert only.soft[6].tolist() == [0.5, 0.5, 0]
    assert only.soft[9].tolist() == [0, 0, 0]  # one person only


def test_a_second_open_pass_and_a_begun_consensus_leave_other_labels_in_place(
    project: Project, score: Score
) -> None:
    first = score(1, "Ada", (0, 8, 1))
    second = score(1, "Ben", (0, 4, 1), (4, 14, 2))
    begun = score(1, "Cleo", (0, 4, 1), kind="consensus")
    (only,) = take_snapshot(project).stretches
    assert only.passes == (begun, first, second)
    assert only.codes[:, 0].tolist() == [1] * 8 + [2] * 6 + [UNLABELED] * 6
    assert only.soft is not None
    assert only.soft[2].tolist() == [0, 0, 0]  # decided
    assert only.soft[6].tolist() == [0.5, 0.5, 0]  # not yet


def test_what_a_finished_consensus_leaves_stays_unlabeled(project: Project, score: Score) -> None:
    score(1, "Ada", (0, 20, 1))
    consensus = score(1, "Cleo", (0, 4, 2), kind="consensus")
    with project.edit(consensus, "Cleo") as editor:
        editor.submit()
    (only,) = take_snapshot(project).stretches
    assert only.codes[:, 0].tolist() == [2] * 4 + [UNLABELED] * 16


def test_a_review_that_covers_a_part_leaves_the_rest_and_one_that_was_copied_takes_labels_off(
    project: Project, score: Score
) -> None:
    first = score(1, "Ada", (0, 20, 1))
    part = score(1, "Ben", (0, 5, 2), kind="review", based_on=first)
    (only,) = take_snapshot(project).stretches
    assert only.passes == (part, first)
    assert only.codes[:, 0].tolist() == [2] * 5 + [1] * 15
    assert only.soft is None
    other = score(2, "Ada", (0, 20, 1))
    review = project.start_pass(project.get_pass(other).clip, "Ben", "review", based_on=other)
    with project.edit(review.id, "Ben") as editor:
        editor.commit(Edit(0, 5, ((5, 1),), ((5, UNLABELED),), "manual"))
    _, only = take_snapshot(project).stretches
    assert only.codes[:, 0].tolist() == [1] * 5 + [UNLABELED] * 5 + [1] * 10


def test_two_people_score_a_group_each(tmp_path: Path, recordings: list[Path]) -> None:
    ethogram = Ethogram(
        (Behavior(1, "eat"), Behavior(2, "sleep"), Behavior(3, "vocal", group="sound"), Behavior(4, "walk"))
    )
    with Project.create(tmp_path / "project", ethogram) as project:
        video = project.record_frames(project.add_video(recordings[0]).id, FRAMES, 25.0, exact=True).id
        for who, place, group, behavior in (
            ("Ada", (0, 20), 0, 4), ("Ben", (0, 20), 1, 3), ("Cleo", (10, 30), 1, 3), ("Dan", (0, 20), 1, 3),
        ):  # fmt: skip
            track = LabelTrack.blank(20, 2)
            track.codes[:, group] = behavior if who != "Dan" else NONE
            project.import_track(Stretch(video, *place), who, track)
        whole, later = take_snapshot(project).stretches
    assert whole.annotators == ("Ada", "Ben", "Dan")
    assert (whole.codes == [4, 3]).all()
    assert whole.soft is not None
    assert whole.soft[0].tolist() == [0, 0, 0.5, 0]  # Ada says nothing about sounds, and walk is hers alone
    assert later.codes[:, 1].tolist() == [UNLABELED] * 10 + [3] * 10  # frames 10 to 20 count once


def test_models_never_teach_models(project: Project, score: Score) -> None:
    score(1, "some model", (0, 20, 1), kind="model")
    with pytest.raises(LearnError, match="Nothing is labeled yet"):
        take_snapshot(project)


def test_frames_of_overlapping_clips_count_once(project: Project, score: Score) -> None:
    score(1, "Ada", (0, 20, 1))
    score(1, "Ben", (0, 20, 2), at=(10, 30))
    found = take_snapshot(project)
    labeled = [
        frame
        for stretch in found.stretches
        for frame in np.flatnonzero(stretch.codes[:, 0] != UNLABELED) + stretch.start
    ]
    assert sorted(labeled) == list(range(30))


def test_a_blind_pass_closes_others_and_the_snapshot_says_so(project: Project, score: Score) -> None:
    hidden = score(1, "Ada", (0, 20, 1))
    blind = score(1, "Ben", (0, 20, 2), kind="blind")
    found = take_snapshot(project, acting="Ben")
    assert found.stretches[0].passes == (blind,)
    assert found.left_out == (f"The pass {hidden} of Ada is closed by an open blind pass.",)


def test_animals_kept_for_the_test_are_left_out(project: Project, score: Score) -> None:
    score(1, "Ada", (0, 20, 1))
    score(2, "Ada", (0, 20, 2))
    keep_for_test(project, ["02"])
    assert test_subjects(project) == ("02",)
    assert take_snapshot(project).subjects == ("01",)
    assert take_snapshot(project, test=True).subjects == ("02",)
    assert take_snapshot(project, test=None).subjects == ("01", "02")
    with pytest.raises(ProjectError, match="No recording of the project shows the subject '07'"):
        keep_for_test(project, ["07"])
    keep_for_test(project, [])
    assert take_snapshot(project).subjects == ("01", "02")


def test_nothing_is_learned_of_an_animal_with_frozen_test_passes(project: Project, score: Score) -> None:
    score(1, "Ada", (0, 20, 1))
    frozen = score(2, "Ada", (0, 20, 2))
    score(2, "Ada", (0, 20, 3), at=(20, 40))
    with project.edit(frozen, "Ada") as editor:
        editor.submit()
    project.freeze_passes([frozen], "test", "Ada")
    found = take_snapshot(project)
    assert found.subjects == ("01",)
    assert found.left_out == ("Nothing is learned of 02: passes are frozen as test data.",)
    (tested,) = take_snapshot(project, test=True).stretches
    assert (tested.subject, tested.start, tested.stop) == ("02", 0, 20)


def test_a_snapshot_comes_back_and_a_changed_one_is_refused(
    project: Project, score: Score, tmp_path: Path
) -> None:
    score(1, "Ada", (0, 10, 1))
    score(1, "Ben", (0, 10, 2))
    score(2, "Ada", (0, 20, 2))
    taken = take_snapshot(project)
    taken.write(tmp_path / "run")
    read = Snapshot.read(tmp_path / "run")
    assert read.hash == taken.hash
    assert [s.to_dict() for s in read.stretches] == [s.to_dict() for s in taken.stretches]
    other = taken.select([1])
    assert other.hash != taken.hash
    other.write(tmp_path / "other")
    (tmp_path / "other" / "labels.npz").replace(tmp_path / "run" / "labels.npz")
    with pytest.raises(LearnError, match=r"changed after it was written|damaged"):
        Snapshot.read(tmp_path / "run")
    with pytest.raises(LearnError, match="cannot be read"):
        Snapshot.read(tmp_path / "nothing")


def test_the_hash_changes_with_one_label(project: Project, score: Score) -> None:
    pass_id = score(1, "Ada", (0, 10, 1))
    before = take_snapshot(project).hash
    assert take_snapshot(project).hash == before
    with project.edit(pass_id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 3, 4, 2))
    assert take_snapshot(project).hash != before


def test_none_is_the_absence_of_the_only_behavior_of_a_group() -> None:
    codes = np.array([UNLABELED, NONE, 7])
    assert class_indices(codes, (7,)).tolist() == [IGNORED, 0, 1]
    assert class_indices(codes, (6, 7)).tolist() == [IGNORED, IGNORED, 1]


def test_labels_are_chosen_by_pass_kind_or_annotator(project: Project, score: Score) -> None:
    ada, bob = score(1, "Ada", (0, 20, 1)), score(1, "Bob", (0, 20, 2))
    review = score(2, "Ada", (0, 20, 3), kind="review")

    def chosen(*names: str) -> list[tuple[str, ...]]:
        return [s.passes for s in take_snapshot(project, passes=passes_named(project, names)).stretches]

    assert passes_named(project, ()) is None
    assert chosen("ada") == [(ada,), (review,)]
    assert chosen("review") == [(review,)]
    assert chosen(bob) == [(bob,)]
    assert chosen("first") == [(ada, bob)]
    assert chosen(bob, "review") == [(bob,), (review,)]
    with pytest.raises(LearnError, match=r"that 'Eve' could mean: .* annotator \(Ada, Bob\)"):
        passes_named(project, ["Eve"])
    with pytest.raises(LearnError, match="that 'consensus' could mean"):
        passes_named(project, ["consensus"])
