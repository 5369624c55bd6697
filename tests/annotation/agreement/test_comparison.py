"""Whole comparisons: parts that fit together, divisions, and bad input in a sentence."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement import (
    ClipRatings,
    Kind,
    Pair,
    PairReport,
    Settings,
    Undefined,
    compare,
    compare_many,
    is_defined,
    number_or_none,
)
from napari_ethoprofile.annotation.errors import AgreementError
from napari_ethoprofile.annotation.tracks import UNLABELED
from sklearn.metrics import cohen_kappa_score

NAMES = {1: "rest", 2: "groom", 3: "walk"}
QUICK = Settings(resamples=200)


def tracks(seed: int, frames: int = 3000, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(10, 80, frames // 10)
    a = np.repeat(rng.integers(0, 4, lengths.size), lengths)[:frames].astype(np.int16)
    other = np.repeat(rng.integers(0, 4, frames // 20), 20)[:frames]
    b = np.roll(np.where(np.repeat(rng.random(frames // 20) < noise, 20), other, a), 3).astype(np.int16)
    return a, b


def some_pairs(clips: int = 4) -> list[Pair]:
    return [
        Pair(
            *tracks(number),
            clip=f"clip{number}",
            fps=25,
            subject=f"mouse{number // 2}",
            week=None if number == 0 else f"2026-W0{number % 2 + 1}",
        )
        for number in range(clips)
    ]


@pytest.fixture(scope="module")
def report() -> PairReport:
    return compare(some_pairs(), NAMES, raters=("Ada", "Ben"), settings=replace(QUICK, by=("week",)))


def test_overall_numbers_are_those_of_all_frames(report: PairReport) -> None:
    a, b = (np.concatenate([getattr(pair, side) for pair in some_pairs()]) for side in "ab")
    assert report.frames == a.size
    assert report.seconds == pytest.approx(a.size / 25)
    assert report.kappa.value == pytest.approx(cohen_kappa_score(a, b))
    both = (a > 0) & (b > 0)
    assert report.kappa_without_none.value == pytest.approx(cohen_kappa_score(a[both], b[both]))
    low, high = report.kappa.interval.low, report.kappa.interval.high
    assert low < report.kappa.value < high
    assert report.behavior("groom").seconds_a == pytest.approx((a == 2).sum() / 25)
    assert report.none is not None
    assert report.none.seconds_b == pytest.approx((b == 0).sum() / 25)
    with pytest.raises(KeyError):
        report.behavior("none")


def test_a_late_rater_shows_in_every_measure_of_timing(report: PairReport) -> None:
    assert report.bouts.onset.median == pytest.approx(3 / 25)
    shift = next(row for row in report.kinds if row.kind is Kind.BOUNDARY_SHIFT)
    assert shift.median_shift == pytest.approx(120)
    assert report.collar.kappa > report.kappa.value
    assert report.tolerance.agreement > report.agreement.value
    assert report.tolerance_curve[0].agreement == pytest.approx(report.agreement.value)
    assert [point.tolerance for point in report.tolerance_curve][::10] == [0, 1, 2]


def test_clips_and_weeks_apart_add_up(report: PairReport) -> None:
    assert [row.facts.clip for row in report.clip_rows] == [f"clip{number}" for number in range(4)]
    assert sum(row.frames for row in report.clip_rows) == report.frames
    assert [(row.name, row.clips) for row in report.group_rows] == [
        ("2026-W01", 1),
        ("2026-W02", 2),
        ("not known", 1),
    ]
    assert sum(row.frames for row in report.group_rows) == report.frames
    assert isinstance(report.group_rows[0].kappa.interval, Undefined)
    alone = compare([some_pairs()[2]], NAMES, settings=QUICK)
    assert report.group_rows[0].kappa.value == alone.kappa.value
    weighted = sum(row.agreement * row.frames for row in report.clip_rows) / report.frames
    assert report.agreement.value == pytest.approx(weighted)


def test_exchanging_the_raters_keeps_what_is_symmetric_and_turns_the_rest() -> None:
    pairs = some_pairs()
    one = compare(pairs, NAMES, settings=QUICK)
    two = compare([replace(pair, a=pair.b, b=pair.a) for pair in pairs], NAMES, settings=QUICK)
    assert one.kappa.value == pytest.approx(two.kappa.value)
    assert one.bouts.f1[0.5] == pytest.approx(two.bouts.f1[0.5])
    assert one.bouts.onset.median == pytest.approx(-two.bouts.onset.median)
    assert one.behavior("rest").bias == pytest.approx(-two.behavior("rest").bias)
    assert one.behavior("rest").recall == pytest.approx(two.behavior("rest").precision)
    assert one.edit_score == pytest.approx(two.edit_score)


def test_the_same_pass_twice_agrees_in_everything() -> None:
    a = tracks(1)[0]
    found = compare([Pair(a, a, clip="x", fps=25), Pair(a, a, clip="y", fps=25)], NAMES, settings=QUICK)
    for value in (
        found.agreement.value,
        found.macro_agreement.value,
        found.kappa.value,
        found.ac1.value,
        found.bouts.f1[0.75],
        found.bouts.onset_f1,
        found.edit_score,
        found.alignment_kappa,
        found.collar.kappa,
        found.tolerance.corrected,
    ):
        assert value == pytest.approx(1)
    assert found.clips_needed == 0
    assert all(row.count == 0 for row in found.kinds)


def numbers_in(value: object) -> list[float]:
    """Return every float that a report holds."""
    if isinstance(value, float):
        return [value]
    if isinstance(value, np.ndarray):
        return value.ravel().astype(float).tolist()
    if is_dataclass(value):
        return [each for field in fields(value) for each in numbers_in(getattr(value, field.name))]
    if isinstance(value, dict):
        return [each for item in value.values() for each in numbers_in(item)]
    if isinstance(value, tuple | list):
        return [each for item in value for each in numbers_in(item)]
    return []


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 30), st.integers(-1, 3))
def test_no_number_of_any_report_is_nan(seed: int, clips: int, frames: int, highest: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [
        Pair(*rng.integers(-1, highest + 1, (2, frames)).astype(np.int16), clip=str(number), fps=25)
        for number in range(clips)
    ]
    try:
        found = compare(pairs, NAMES, settings=replace(QUICK, resamples=20, by=("subject",)))
    except AgreementError:
        assert not any(pair.compared.any() for pair in pairs)
        return
    numbers = numbers_in(found)
    assert len(numbers) > 50
    assert np.isfinite(numbers).all()


def test_a_rater_of_one_behavior_only_is_compared_and_says_what_is_missing() -> None:
    a = np.ones(100, np.int16)
    found = compare([Pair(a, a, clip="x", fps=25)], NAMES, settings=QUICK)
    assert found.agreement.value == 1
    assert "one and the same label" in str(found.kappa.value)
    assert "only one clip" in str(found.agreement.interval)
    assert isinstance(found.clips_needed, Undefined)
    assert "neither rater used" in str(found.behavior("walk").kappa.value)
    assert found.none is None
    b = np.repeat(np.array([1, 2], np.int16), 50)
    other = compare([Pair(a, b, clip="x", fps=25)], NAMES, settings=QUICK)
    assert other.kappa.value == 0
    assert other.behavior("rest").precision == 1
    assert "first rater did not use" in str(other.behavior("groom").recall)
    assert "second rater did not use" in str(other.behavior("walk").precision)


def test_unlabeled_frames_never_count() -> None:
    a, b = tracks(3)
    hidden_a, hidden_b = a.copy(), b.copy()
    hidden_a[:500] = UNLABELED
    hidden_b[2500:] = UNLABELED
    found = compare([Pair(hidden_a, hidden_b, clip="x", fps=25)], NAMES, settings=QUICK)
    inner = compare([Pair(a[500:2500], b[500:2500], clip="x", fps=25)], NAMES, settings=QUICK)
    assert (found.excluded.only_b, found.excluded.only_a, found.excluded.neither) == (500, 500, 0)
    assert found.kappa == inner.kappa
    assert found.bouts.f1 == inner.bouts.f1
    assert found.tolerance == inner.tolerance
    assert found.edit_score == inner.edit_score


def test_many_raters_with_clips_that_not_all_scored() -> None:
    a, b = tracks(4)
    c = np.where(np.arange(a.size) % 50 < 5, 3, a).astype(np.int16)
    nobody = np.full(a.size, UNLABELED, np.int16)
    clips = [
        ClipRatings(np.stack([a, b, c]), clip="x", fps=25),
        ClipRatings(np.stack([a, b, nobody]), clip="y", fps=25),
        ClipRatings(np.stack([nobody, nobody, c]), clip="z", fps=25),
    ]
    found = compare_many(("Ada", "Ben", "Cem"), clips, NAMES, settings=QUICK)
    assert [(pair.a, pair.b, len(pair.clip_rows)) for pair in found.pairs] == [
        ("Ada", "Ben", 2),
        ("Ada", "Cem", 1),
        ("Ben", "Cem", 1),
    ]
    assert (found.frames, found.frames_all, found.excluded) == (2 * a.size, a.size, a.size)
    assert found.unanimous.value == pytest.approx(((a == b) & (b == c)).mean())
    assert is_defined(found.krippendorff_alpha.value)


def test_raters_without_a_frame_in_common_are_named() -> None:
    a, b = tracks(5)
    nobody = np.full(a.size, UNLABELED, np.int16)
    clips = [
        ClipRatings(np.stack([a, b, nobody]), clip="x", fps=25),
        ClipRatings(np.stack([nobody, a, b]), clip="y", fps=25),
    ]
    found = compare_many(("Ada", "Ben", "Cem"), clips, NAMES, settings=QUICK)
    assert found.not_compared == (("Ada", "Cem"),)
    assert "no frame was labeled by every rater" in str(found.fleiss_kappa.value)
    with pytest.raises(AgreementError, match="No two of Ada, Ben have labeled a frame in common"):
        compare_many(
            ("Ada", "Ben"), [ClipRatings(np.stack([a, nobody]), clip="x", fps=25)], NAMES, settings=QUICK
        )


def test_intervals_by_subject_need_subjects() -> None:
    found = compare(some_pairs(), NAMES, settings=replace(QUICK, unit="subject"))
    assert found.kappa.interval.units == 2
    nameless = [replace(pair, subject=None) for pair in some_pairs()]
    with pytest.raises(AgreementError, match="subject of clip 'clip0' is not known"):
        compare(nameless, NAMES, settings=replace(QUICK, unit="subject"))


def test_what_cannot_be_laid_side_by_side_is_refused_in_a_sentence() -> None:
    a, b = tracks(6, 100)
    with pytest.raises(AgreementError, match="one rater has 100 frames and the other 99"):
        Pair(a, b[:99], clip="x", fps=25)
    with pytest.raises(AgreementError, match="frame rate of clip 'x' is not known"):
        Pair(a, b, clip="x", fps=0)
    with pytest.raises(AgreementError, match="not an integer for each frame"):
        Pair(a.astype(float), b, clip="x", fps=25)  # type: ignore[arg-type]
    with pytest.raises(AgreementError, match="stand for no behavior"):
        Pair(a - 5, b, clip="x", fps=25)
    with pytest.raises(AgreementError, match="is there twice"):
        compare([Pair(a, b, clip="x", fps=25)] * 2, NAMES)
    with pytest.raises(AgreementError, match="no clip was scored by two raters"):
        compare([], NAMES)
    with pytest.raises(AgreementError, match="no frame in common"):
        compare([Pair(a, np.full(100, UNLABELED), clip="x", fps=25)], NAMES, raters=("Ada", "Ben"))
    with pytest.raises(AgreementError, match="not from 'mouse'"):
        compare([Pair(a, b, clip="x", fps=25)], NAMES, settings=Settings(unit="mouse"))  # type: ignore[arg-type]
    with pytest.raises(AgreementError, match="One rater alone"):
        compare_many(("Ada",), [ClipRatings(a[None], clip="x", fps=25)], NAMES)
    with pytest.raises(AgreementError, match="labels of 1 raters, but 2 are named"):
        compare_many(("Ada", "Ben"), [ClipRatings(a[None], clip="x", fps=25)], NAMES)


def test_an_undefined_number_is_a_sentence_and_null_in_json() -> None:
    assert str(Undefined("there is one clip")) == "not defined because there is one clip"
    assert number_or_none(Undefined("x")) is None
    assert number_or_none(0.5) == 0.5
