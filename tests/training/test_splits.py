from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labeled_stretches import snapshot, stretch
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.tracks import UNLABELED
from napari_ethoprofile.training.snapshots import Snapshot
from napari_ethoprofile.training.splits import (
    Fold,
    check_unseen,
    cut_clips,
    holdout,
    k_folds,
    leave_one_subject_out,
    leave_one_video_out,
    make_split,
    random_clips,
    subject_folds,
    within_recording,
)


def cohort(clips: int = 2) -> Snapshot:
    return snapshot(
        *(
            stretch(name, [1] * 500, strain=strain, start=500 * n, video=f"{name}-{n % 2}")
            for name, strain in (("01", "C57"), ("02", "SWISS"), ("03", "C57"), ("04", "SWISS"))
            for n in range(clips)
        )
    )


def test_every_subject_is_tested_once_and_never_learned_from_then() -> None:
    data = cohort()
    split = leave_one_subject_out(data)
    assert split.name == "leave-one-subject-out"
    assert [fold.name for fold in split.folds] == [f"subject 0{n}" for n in (1, 2, 3, 4)]
    assert split.folds[1].test == (2, 3)
    assert split.folds[1].train == (0, 1, 4, 5, 6, 7)


@given(st.lists(st.integers(0, 6), min_size=2, max_size=20), st.integers(1, 5), st.integers(0, 9))
def test_no_subject_is_on_both_sides_of_a_fold(names: list[int], count: int, seed: int) -> None:
    data = snapshot(*(stretch(f"s{n}", [1, 2], start=2 * i) for i, n in enumerate(names)))
    if len(set(names)) < 2:
        with pytest.raises(LearnError, match="only; label a second subject"):
            subject_folds(data, count, seed)
        return
    if count == 1:
        with pytest.raises(LearnError, match="leaves one side without labels"):
            subject_folds(data, count, seed)
        return
    split = subject_folds(data, count, seed)
    tested = [index for fold in split.folds for index in fold.test]
    assert sorted(tested) == list(range(len(names)))
    for fold in split.folds:
        sides = [{data.stretches[i].subject for i in side} for side in (fold.train, fold.test)]
        assert not sides[0] & sides[1]


def test_a_division_with_a_subject_on_both_sides_is_refused() -> None:
    with pytest.raises(LearnError, match="subject '01' is on both sides"):
        make_split("mine", "subject", cohort(), [Fold("odd", (0, 2), (1, 3))])
    with pytest.raises(LearnError, match="recording '01-0' is on both sides"):
        make_split("mine", "video", cohort(4), [Fold("odd", (0, 1), (2,))])


def test_a_holdout_takes_an_animal_of_every_strain() -> None:
    data = cohort()
    split = holdout(data)
    tested = {data.stretches[i].strain for i in split.folds[0].test}
    assert tested == {"C57", "SWISS"}
    assert len({data.stretches[i].subject for i in split.folds[0].test}) == 2
    assert holdout(data, ["03"]).name == "holdout of subjects 03"
    with pytest.raises(LearnError, match="Nothing is labeled of the subject '09'"):
        holdout(data, ["09"])
    with pytest.raises(LearnError, match="label a second subject"):
        holdout(data, ["01", "02", "03", "04"])


def test_names_say_where_animals_are_on_both_sides() -> None:
    assert "the same animals" in leave_one_video_out(cohort()).name
    assert "the same animals" not in leave_one_video_out(cohort(clips=1)).name
    assert random_clips(cohort(), 0.5, repeats=5).name == (
        "random clips 50/50 x 5 (seed 0), the same animals and recordings on both sides"
    )


def test_clips_cut_from_one_file_are_one_recording() -> None:
    data = snapshot(
        stretch("01", [1], video="a_s0", recording="a"),
        stretch("01", [1], video="a_s1", recording="a"),
        stretch("01", [1], video="b"),
    )
    assert [fold.test for fold in leave_one_video_out(data).folds] == [(0, 1), (2,)]


def test_a_recording_is_learned_from_before_a_gap_and_tested_after_it() -> None:
    parts, split = within_recording(cohort(clips=1), train=0.4, gap=4)
    assert "gap of 4 s" in split.name
    first, second = parts.stretches[split.folds[0].train[0]], parts.stretches[split.folds[0].test[0]]
    assert (first.start, first.stop, second.start, second.stop) == (0, 200, 300, 500)
    assert len(second.codes) == 200
    with pytest.raises(LearnError, match="too few to be divided"):
        within_recording(cohort(clips=1), gap=60)


def test_a_clip_that_is_too_short_for_the_gap_is_left_out_and_told() -> None:
    data = snapshot(stretch("01", [1] * 2000), stretch("02", [1] * 100))
    divided, split = within_recording(data)
    assert {s.subject for s in divided.stretches} == {"01"}
    assert split.folds[0].test
    assert divided.left_out == (
        "Frames 0 to 100 of 'video of 02' are too few to be divided with a gap of 10 s.",
    )
    with pytest.raises(LearnError, match="with a gap of 10 s; label a longer clip"):
        within_recording(data.select([1]))


def test_adjoining_clips_of_a_recording_are_divided_as_one() -> None:
    data = snapshot(*(stretch("01", [1] * 750, start=750 * n) for n in range(4)))
    parts, split = within_recording(data)
    train, test = ([parts.stretches[i] for i in side] for side in (split.folds[0].train, split.folds[0].test))
    assert [(s.start, s.stop) for s in train] == [(0, 750), (750, 1500), (1500, 1800)]
    assert [(s.start, s.stop) for s in test] == [(2050, 2250), (2250, 3000)]
    assert parts.left_out == ()
    short = snapshot(*(stretch("01", [1] * 100, start=100 * n) for n in range(10)))
    assert within_recording(short)[0].left_out == (
        "Frames 600 to 700 of 'video of 01' lie in the gap of 10 s.",
        "Frames 700 to 800 of 'video of 01' lie in the gap of 10 s.",
    )


def test_the_gap_counts_frames_of_the_recording_that_clips_were_cut_from() -> None:
    names = [f"01_20180418_1200_s{start}_n750" for start in (45000, 45750, 60000)]
    cut = [stretch("01", [1] * 750, video=name, recording="01_20180418_1200") for name in names]
    parts, split = within_recording(snapshot(*cut))
    places = [(s.video, s.start, s.stop) for s in parts.stretches]
    assert [places[i] for i in split.folds[0].test] == [(names[1], 400, 750), (names[2], 700, 750)]
    assert [parts.stretches[i].video for i in split.folds[0].train] == [names[0], names[1], names[2]]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=8), st.integers(1, 12)
)
def test_the_gap_holds_against_everything_that_is_learned(clips: list[tuple[int, int]], gap: int) -> None:
    places, at = [], 0
    for hole, frames in clips:
        places.append((at + hole, frames))
        at += hole + frames
    data = snapshot(*(stretch("01", [1] * frames, start=start, fps=1) for start, frames in places))
    try:
        parts, split = within_recording(data, gap=gap)
    except LearnError:
        return
    train, test = ([parts.stretches[i] for i in side] for side in (split.folds[0].train, split.folds[0].test))
    assert all(max(a.start - b.stop, b.start - a.stop) >= gap for a in train for b in test)


@given(st.lists(st.sets(st.integers(1, 3), min_size=1), min_size=3, max_size=8), st.integers(0, 3))
def test_what_two_animals_show_is_learned_whichever_is_tested(shown: list[set[int]], seed: int) -> None:
    data = snapshot(
        *(stretch(f"{n}", [code for code in codes for _ in range(20)]) for n, codes in enumerate(shown))
    )
    split = k_folds(data, "subject", 3, seed)
    assert sorted(len(fold.test) for fold in split.folds) == sorted(len(shown[n::3]) for n in range(3))
    for code in (1, 2, 3):
        if sum(code in codes for codes in shown) > 1:
            for fold in split.folds:
                assert any(code in shown[number] for number in fold.train)


def test_sides_have_as_many_labels_however_long_their_clips_are() -> None:
    labels = [[1] * 10 + [UNLABELED] * 990, [1] * 300, [1] * 200, [1] * 100]
    data = snapshot(*(stretch(f"{n}", codes) for n, codes in enumerate(labels)))
    amounts = [sum(data.stretches[i].labeled for i in fold.test) for fold in k_folds(data, count=2).folds]
    assert sorted(amounts) == [300, 310]


def test_one_clip_is_enough_to_be_divided_by_clips() -> None:
    one = cohort(clips=1).select([0])
    parts, split = within_recording(one, train=0.4, gap=4)
    bounds = [(part.start, part.stop) for part in parts.stretches]
    assert bounds == [(0, 66), (66, 133), (133, 200), (300, 500)]
    assert split.folds[0] == Fold("end of every clip", (0, 1, 2), (3,))
    assert [part.frames for part in cut_clips(one).stretches] == [166, 167, 167]
    assert sorted(fold.test for fold in k_folds(cut_clips(one), "clips").folds) == [(0,), (1,), (2,)]
    assert cut_clips(cohort()).hash == cohort().hash


def test_the_hash_follows_the_content_not_the_order_of_hashes() -> None:
    data = cohort()
    moved = Snapshot(data.ethogram, tuple(replace(s, path="elsewhere") for s in data.stretches))
    assert leave_one_subject_out(data).hash == leave_one_subject_out(moved).hash
    assert leave_one_subject_out(data).hash != subject_folds(data, 4).hash
    fewer = data.select(range(6))
    assert leave_one_subject_out(data).hash != leave_one_subject_out(fewer).hash


def test_a_backbone_that_has_seen_a_tested_animal_is_refused() -> None:
    assert check_unseen(("01",), ["02"], "The backbone")
    assert not check_unseen(None, ["02"], "The backbone")
    with pytest.raises(LearnError, match="trained on the subject '02'"):
        check_unseen(("01", "02"), ["02"], "The backbone")
