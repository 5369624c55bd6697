from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.clips import (
    Source,
    Stretch,
    plan_every,
    plan_from_table,
    plan_random,
    plan_whole,
)
from napari_ethoprofile.annotation.errors import ProjectError

SIX_HOURS = Source("v", 540_000, 25.0, "01")
sources = st.lists(
    st.builds(
        Source,
        st.integers(0, 99).map(lambda n: f"v{n:02d}"),
        st.integers(0, 20_000),
        st.sampled_from([25.0, 30.0, 30_000 / 1001]),
        st.sampled_from(["", "01", "02"]),
    ),
    max_size=6,
    unique_by=lambda source: source.video,
)
lengths = st.floats(0.5, 400, allow_nan=False)


def check_on_their_recordings(stretches: list[Stretch], among: list[Source]) -> None:
    frames = {source.video: source.frames for source in among}
    assert len(set(stretches)) == len(stretches)
    for stretch in stretches:
        assert 0 <= stretch.start < stretch.stop <= frames[stretch.video]
    for one, two in pairwise(sorted(stretches)):
        assert one.video != two.video or one.stop <= two.start


def test_five_minutes_of_every_half_hour() -> None:
    plan = plan_every([SIX_HOURS], 300, 1800)
    assert plan == [Stretch("v", n * 45_000, n * 45_000 + 7_500) for n in range(12)]


def test_a_short_rest_is_left_out_but_a_short_recording_is_not() -> None:
    source = Source("v", 45_000 + 3_000, 25.0)
    assert plan_every([source], 300, 1800) == [Stretch("v", 0, 7_500)]
    assert plan_every([Source("w", 3_000, 25.0)], 300, 1800) == [Stretch("w", 0, 3_000)]
    assert plan_every([Source("x", 0, 25.0)], 300, 1800) == []


def test_starts_do_not_drift_at_odd_rates() -> None:
    source = Source("v", 1_000_000, 30_000 / 1001)
    starts = [stretch.start for stretch in plan_every([source], 60, 600)]
    assert starts == [round(n * 600 * 30_000 / 1001) for n in range(len(starts))]


def test_whole_recordings() -> None:
    assert plan_whole([SIX_HOURS]) == [Stretch("v", 0, 540_000)]
    assert plan_whole([Source("v", 20_000, 25.0)], 300) == [
        Stretch("v", 0, 7_500),
        Stretch("v", 7_500, 15_000),
        Stretch("v", 15_000, 20_000),
    ]


@given(sources, lengths)
def test_whole_recordings_are_covered_once(among: list[Source], length: float) -> None:
    plan = plan_whole(among, length)
    check_on_their_recordings(plan, among)
    assert sum(stretch.frames for stretch in plan) == sum(source.frames for source in among)


@given(sources, lengths, st.floats(1, 5))
def test_regular_clips_lie_on_their_recordings(among: list[Source], length: float, factor: float) -> None:
    check_on_their_recordings(plan_every(among, length, length * factor), among)


@given(sources, lengths, st.integers(1, 5), st.integers(0, 100))
def test_random_clips_do_not_overlap_and_can_be_drawn_again(
    among: list[Source], length: float, count: int, seed: int
) -> None:
    plan = plan_random(among, length, count, seed)
    check_on_their_recordings(plan, among)
    assert plan == plan_random(among[::-1], length, count, seed)
    subject = {source.video: source.subject or source.video for source in among}
    rate = {source.video: source.fps for source in among}
    for stretch in plan:
        assert stretch.frames == max(1, round(length * rate[stretch.video]))
    for one in set(subject.values()):
        assert sum(subject[stretch.video] == one for stretch in plan) <= count


def test_random_clips_are_drawn_per_subject() -> None:
    among = [Source(f"v{n}", 540_000, 25.0, subject) for n, subject in enumerate(["01", "01", "02", ""])]
    plan = plan_random(among, 300, 4, seed=1)
    videos = [stretch.video for stretch in plan]
    assert sum(video in ("v0", "v1") for video in videos) == 4
    assert (videos.count("v2"), videos.count("v3")) == (4, 4)
    assert plan != plan_random(among, 300, 4, seed=2)


def test_a_new_subject_leaves_the_draws_of_others() -> None:
    one, two = Source("v1", 540_000, 25.0, "01"), Source("v2", 540_000, 25.0, "02")
    both = plan_random([one, two], 300, 3, 7)
    assert plan_random([one], 300, 3, 7) == [stretch for stretch in both if stretch.video == "v1"]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (lambda: plan_every([SIX_HOURS], 300, 60), "would overlap"),
        (lambda: plan_every([SIX_HOURS], 0, 60), "length of a clip must be more than 0 s"),
        (lambda: plan_every([SIX_HOURS], 10, float("inf")), "distance between clips"),
        (lambda: plan_whole([SIX_HOURS], -5), "more than 0 s, not -5 s"),
        (lambda: plan_random([SIX_HOURS], 300, 0), "must be 1 or more, not 0"),
    ],
)
def test_plans_that_make_no_sense_are_refused(plan, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ProjectError, match=message):
        plan()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_in_frames(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "list.csv"
    rows = [["Video", "Start", "Stop", "why"], ["v", "0", "750", "a, b" if separator != "," else "a"], []]
    rows.append(["v", "1000", "2000.0", ""])
    path.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8-sig")
    assert plan_from_table([SIX_HOURS], path) == [Stretch("v", 0, 750), Stretch("v", 1000, 2000)]


def test_a_list_in_seconds_goes_to_the_nearest_frame(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("video,start_s,stop_s\nw,1.001,2.002\n")
    assert plan_from_table([Source("w", 900, 30_000 / 1001)], path) == [Stretch("w", 30, 60)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("video,from,to\nv,0,5\n", "needs the columns video, start and stop"),
        ("video,start,stop\n\nw,0,5\n", "In row 3 .* the recording 'w'"),
        ("video,start,stop\nv,0,x\n", "must be numbers, not 0 and x"),
        ("video,start,stop\nv,0,nan\n", "must be numbers"),
        ("video,start,stop\nv,0,inf\n", "must be numbers"),
        ("video,start,stop\nv,0,5.5\n", "must be whole numbers"),
        ("video,start,stop\nv,5,5\n", "frames 5 to 5 do not lie on 'v'"),
        ("video,start,stop\nv,0,540001\n", "which has 540000 frames"),
        ("", "is empty"),
    ],
)
def test_a_wrong_list_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(ProjectError, match=message):
        plan_from_table([SIX_HOURS], path)


def test_a_missing_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be read"):
        plan_from_table([SIX_HOURS], tmp_path / "missing.csv")
