"""Scripts: every frame labeled, plausible bouts, all behaviors within a minute and a half."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import TrackError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, make_script
from napari_ethoprofile.annotation.synthetic.script import IDS, NAMES, bouts_of
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack

FPS = 25.0


def test_behaviors_are_those_of_the_home_cage_preset():
    assert preset("home-cage") == ETHOGRAM


@pytest.mark.parametrize("seed", range(12))
def test_two_minutes_show_every_behavior(seed):
    script = make_script(seed, int(120 * FPS))
    assert set(script.codes.ravel().tolist()) == set(NAMES)


def test_same_seed_same_script_other_seed_another():
    assert make_script(3, 2000) == make_script(3, 2000)
    assert make_script(3, 2000) != make_script(4, 2000)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), frames=st.integers(1, 4000), fps=st.sampled_from([10.0, 25.0, 30.0]))
def test_any_script_is_whole_and_plausible(seed, frames, fps):
    script = make_script(seed, frames, fps)
    assert script.codes.shape == (frames, 1)
    bouts = bouts_of(script)
    assert all(bout.length >= 0.5 * fps - 1 for bout in bouts[:-1])
    at_spout = False
    for before, bout in zip([None, *bouts[:-1]], bouts, strict=True):
        if NAMES[bout.label] == "drink":
            assert at_spout or (before is not None and NAMES[before.label] == "walk")
        at_spout = NAMES[bout.label] == "drink" or (at_spout and NAMES[bout.label] != "walk")


def test_rest_is_longer_than_walk():
    script = make_script(1, int(1200 * FPS))
    lengths = {name: [b.length for b in script.bouts() if b.label == number] for name, number in IDS.items()}
    assert np.median(lengths["rest"]) > 2 * np.median(lengths["walk"])


@pytest.mark.parametrize("share", [0.01, 0.03])
def test_rare_drinking_is_about_as_rare_as_asked(share):
    scripts = [make_script(seed, int(1200 * FPS), drinking=share) for seed in range(8)]
    found = np.mean([(script.codes == IDS["drink"]).mean() for script in scripts])
    assert 0.6 * share < found < 1.4 * share
    for script in scripts:
        before = [NAMES[a.label] for a, b in pairwise(script.bouts()) if NAMES[b.label] == "drink"]
        assert before
        assert set(before) <= {"walk", "micromovement"}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (LabelTrack.from_bouts([Bout(0, 5, 1)], 10), "frame 5 has the code -1"),
        (LabelTrack.from_bouts([Bout(0, 10, 99)], 10), "frame 0 has the code 99"),
        (LabelTrack(np.ones((4, 2), int)), "several groups"),
    ],
)
def test_scripts_that_cannot_be_filmed_are_refused(script, words):
    with pytest.raises(TrackError, match=words):
        bouts_of(script)


def test_a_script_needs_a_frame():
    with pytest.raises(TrackError, match="at least one frame"):
        make_script(0, 0)
