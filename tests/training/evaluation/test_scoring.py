"""Figures of an evaluation against scikit-learn and worked cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labeled_stretches import snapshot as snapshot_of
from labeled_stretches import stretch
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED
from napari_ethoprofile.training.evaluation.learners import Said
from napari_ethoprofile.training.evaluation.protocols import PROTOCOLS, protocol_of
from napari_ethoprofile.training.evaluation.scoring import Answer, reliability_table, score
from napari_ethoprofile.training.probabilities import Probabilities
from napari_ethoprofile.training.snapshots import Snapshot
from sklearn.metrics import f1_score, recall_score

ETHOGRAM = make_ethogram(["eat", "rest", "walk"])
U, N, E, R, W = UNLABELED, NONE, 1, 2, 3


def snapshot(*tracks: list[int]) -> Snapshot:
    return snapshot_of(*(stretch(f"0{n}", track) for n, track in enumerate(tracks)), ethogram=ETHOGRAM)


def answer(
    index: int, codes: list[int], fold: str = "all", probabilities: Probabilities | None = None
) -> Answer:
    return Answer(fold, index, Said(np.array(codes, np.int16)[:, None], probabilities))


def figures(groups):
    return {metric.name: metric for metric in groups[0].metrics}


def test_a_worked_case() -> None:
    data = snapshot([E, E, R, R, N, U, W, W, W, W])
    (found,) = score(data, [answer(0, [E, R, R, U, E, E, W, W, W, E])], "one clip")
    told = figures((found,))
    assert told["frame accuracy"].value == pytest.approx(5 / 8)
    assert told["macro accuracy"].value == pytest.approx((1 / 2 + 1 / 2 + 3 / 4) / 3)
    assert found.confusion.tolist() == [[1, 1, 0, 0], [0, 1, 0, 1], [1, 0, 3, 0]]
    assert found.excluded == {"unlabeled": 1, "none": 1}
    assert told["time-budget error per clip"].value == pytest.approx((0 / 8 + 0 / 8 + 1 / 8) / 3)
    assert told["frame accuracy"].low is None
    assert (found.clips[0].frames, found.clips[0].right, found.clips[0].unsure) == (8, 5, 1)
    assert "expected calibration error" not in told


@given(st.integers(0, 2**32 - 1))
def test_figures_are_those_of_scikit_learn(seed: int) -> None:
    chance = np.random.default_rng(seed)
    truth = [chance.integers(1, 4, 60).tolist() for _ in range(3)]
    said = [chance.integers(1, 4, 60).tolist() for _ in range(3)]
    told = figures(score(snapshot(*truth), [answer(n, codes) for n, codes in enumerate(said)], "random"))
    everything = np.concatenate(truth), np.concatenate(said)
    recalls = recall_score(*everything, labels=[1, 2, 3], average=None)
    f1s = f1_score(*everything, labels=[1, 2, 3], average=None)
    assert told["frame accuracy"].value == pytest.approx(np.mean(everything[0] == everything[1]))
    assert told["macro accuracy"].value == pytest.approx(recalls.mean())
    for name, recall, f1 in zip(("eat", "rest", "walk"), recalls, f1s, strict=True):
        assert told[f"recall of {name}"].value == pytest.approx(recall)
        assert told[f"F1 of {name}"].value == pytest.approx(f1)


def test_a_clip_that_is_tested_twice_is_one_clip_to_the_intervals() -> None:
    data = snapshot([E] * 10, [R] * 10)
    answers = [answer(0, [E] * 10, "1"), answer(1, [R] * 10, "1"), answer(0, [R] * 10, "2")]
    (found,) = score(data, answers, "twice")
    assert found.confusion.tolist() == [[10, 10, 0, 0], [0, 10, 0, 0], [0, 0, 0, 0]]
    told = figures((found,))
    assert told["frame accuracy"].value == pytest.approx(2 / 3)
    assert told["bouts / bouts of people"].value == pytest.approx(1.0)
    assert told["recall of walk"].value is None
    assert "no frame is labeled walk" in told["recall of walk"].why


def test_hours_are_counted_from_the_start_of_the_recording() -> None:
    long = [E] * 3600 + [R] * 3600
    data = snapshot_of(stretch("01", long, fps=1.0), ethogram=ETHOGRAM)
    told = figures(score(data, [answer(0, [R] * 3600 + [E] * 3600)], "swapped"))
    assert told["time-budget error per clip"].value == pytest.approx(0.0)
    assert told["time-budget error per hour"].value == pytest.approx(2 / 3)


def test_hours_of_a_clip_that_is_a_file_of_its_own_are_those_of_the_uncut_recording() -> None:
    parts = [
        stretch("01", [E] * 4, fps=0.001, video=f"01_20180418_1200_s{start}_n4", recording="01")
        for start in (0, 8)
    ]
    data = snapshot_of(*parts, ethogram=ETHOGRAM)
    answers = [answer(0, [E] * 4), answer(1, [R] * 4)]
    # A frame lasts 1,000 s: the first clip lies in hour 0 and is right, the other in hours 2 and 3 is wrong.
    told = figures(score(data, answers, "hours"))
    assert told["time-budget error per hour"].value == pytest.approx((0 + 2 / 3 + 2 / 3) / 3)


def test_calibration_of_a_model_that_is_too_sure() -> None:
    truth = [E] * 6 + [R] * 4
    sure = np.tile(np.array([[0.95, 0.05, 0.0]], np.float32), (10, 1))
    said = Probabilities((sure,), ((1, 2, 3),), np.arange(11), "m")
    (found,) = score(snapshot(truth), [answer(0, [E] * 10, probabilities=said)], "sure")
    assert figures((found,))["expected calibration error"].value == pytest.approx(0.35, abs=1e-6)
    (row,) = [row for row in found.reliability if row.frames]
    assert (row.low, row.high, row.frames) == (0.9, 1.0, 10)
    assert row.accuracy == pytest.approx(0.6)


def test_all_figures_have_intervals_of_resampled_clips() -> None:
    data = snapshot([E] * 10, [R] * 10, [E] * 5 + [R] * 5)
    sure = np.tile(np.array([[0.95, 0.05, 0.0]], np.float32), (10, 1))
    said = Probabilities((sure,), ((1, 2, 3),), np.arange(11), "m")
    told = figures(score(data, [answer(n, [E] * 10, probabilities=said) for n in range(3)], "all eat"))
    # Three clips with errors 0, 2/3 and 1/3: a draw has all of one clip, now and then.
    budget = told["time-budget error per clip"]
    assert (budget.value, budget.low, budget.high) == pytest.approx((1 / 3, 0.0, 2 / 3))
    assert (told["bout F1 at an overlap of 0.5"].low, told["bout F1 at an overlap of 0.5"].high) == (0.0, 1.0)
    sureness = told["expected calibration error"]
    assert sureness.value == pytest.approx(0.95 - 0.5)
    assert (sureness.low, sureness.high) == pytest.approx((0.05, 0.95))
    assert told["time-budget error per hour"].low is not None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200))
def test_every_frame_lies_in_one_bin(frames) -> None:
    confidence, right = (np.array(column) for column in zip(*frames, strict=True))
    table = reliability_table(confidence.astype(float), right.astype(bool))
    assert sum(row.frames for row in table) == len(frames)
    hits = sum(row.frames * row.accuracy for row in table if row.accuracy is not None)
    assert hits == pytest.approx(right.sum())


def test_an_unknown_protocol_is_told_with_the_known_ones() -> None:
    with pytest.raises(Exception, match="There is no protocol 'loso'; the protocols are leave-one-subject"):
        protocol_of("loso")
    assert all(protocol.sentence.endswith(".") for protocol in PROTOCOLS.values())
