import numpy as np
import pytest
from labeled_stretches import snapshot, stretch
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED
from napari_ethoprofile.training.examples import example_of, step_targets, tasks_of
from napari_ethoprofile.training.snapshots import IGNORED


def test_a_behavior_with_too_few_examples_is_left_out_and_what_is_missing_is_told() -> None:
    data = snapshot(
        stretch("01", [1] * 30 + [2] * 40 + [3] * 5),
        stretch("02", [1] * 30 + [2] * 20),
        stretch("03", [1] * 9),
    )
    tasks, sentences = tasks_of(data)
    assert tasks[0].card.behaviors == ((1, "eat"), (2, "sleep"))
    (sentence,) = sentences
    assert sentence == (
        "walk needs 20 labeled frames of each of 2 animals and has them of 0; "
        "frames missing: 15 of 01, 20 of 02, 20 of 03."
    )
    targets = tasks[0].targets(data.stretches[0])
    assert (targets[-5:] == IGNORED).all()  # never learned as something else


def test_nothing_to_tell_apart_is_an_error_that_says_what_is_missing() -> None:
    data = snapshot(stretch("01", [1] * 30), stretch("02", [1] * 30 + [2] * 3))
    with pytest.raises(LearnError) as error:
        tasks_of(data)
    assert str(error.value) == (
        "There is too little to learn from: a model needs two behaviors, or one and its absence, with 20 "
        "labeled frames of each of 2 animals; frames are missing of sleep (20 of 01, 17 of 02); not labeled "
        "at all: walk."
    )


def test_a_behavior_alone_in_its_group_needs_its_absence_too() -> None:
    ethogram = make_ethogram(["eat", "sleep"], exclusive=False)
    both = np.array([[1, NONE]] * 30 + [[NONE, NONE]] * 30)
    data = snapshot(stretch("01", both), stretch("02", both), ethogram=ethogram)
    tasks, sentences = tasks_of(data)
    assert [task.card.name for task in tasks] == ["eat"]
    assert "sleep needs 20" in sentences[0]
    always = np.array([[1, NONE]] * 30)
    with pytest.raises(LearnError, match="not labeled at all: the absence of eat, sleep"):
        tasks_of(snapshot(stretch("01", always), stretch("02", always), ethogram=ethogram))


def test_a_step_has_the_label_of_most_of_its_frames() -> None:
    frames = np.array([0, 0, 1, 1, 1, IGNORED, IGNORED, IGNORED, 2, 0])
    assert step_targets(frames, np.array([0, 3, 5, 8]), 3).tolist() == [0, 1, IGNORED, 0]


def test_shares_of_annotators_become_shares_of_steps() -> None:
    made = stretch("01", [1, 1, 2, UNLABELED])
    soft = np.array([[1, 0, 0], [0.5, 0.5, 0], [0, 0.5, 0.5], [0, 0, 0]], np.float32)
    data = snapshot(stretch("01", [1] * 20 + [2] * 20), stretch("02", [1] * 20 + [2] * 20))
    (task,), _ = tasks_of(data)
    object.__setattr__(made, "soft", soft)
    edges = np.array([0, 2, 4])
    found = example_of(made, np.zeros((2, 1), np.float32), edges, [task], [1, 2, 3])
    assert found.soft[0][0].tolist() == [0.75, 0.25]
    assert found.soft[0][1].tolist() == [0, 1]  # walk is not learned
    assert found.targets[0].tolist() == [0, 1]
