"""Movement: the ground truth switches where the body does, and the mouse is where a behavior takes place."""

import numpy as np
import pytest
from napari_ethoprofile.annotation.synthetic import EASY, HARD, Subject, make_script
from napari_ethoprofile.annotation.synthetic.body import mouth
from napari_ethoprofile.annotation.synthetic.cage import BODY, FEEDER, GROUND, SPOUT
from napari_ethoprofile.annotation.synthetic.motion import move
from napari_ethoprofile.annotation.synthetic.script import IDS, bouts_of
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack


def script_of(*names, length=50):
    bouts = [Bout(k * length, (k + 1) * length, IDS[name]) for k, name in enumerate(names)]
    return LabelTrack.from_bouts(bouts, length * len(names))


def mouth_in_cage(pose, subject):
    """Return x and y of the mouth as fractions of the picture's width."""
    reach, body = mouth(pose), BODY * subject.size
    return pose.x + pose.facing * reach.real * body, GROUND - reach.imag * body


def test_same_seed_same_movement():
    script = make_script(2, 400)
    first, again = (move(script, Subject(), EASY, 2) for _ in range(2))
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.fore_near, again.fore_near)


@pytest.mark.parametrize("difficulty", [EASY, HARD], ids=lambda d: d.name)
@pytest.mark.parametrize(("before", "after"), [("rest", "rear"), ("micromovement", "hang"), ("hang", "walk")])
def test_label_switches_on_the_first_frame_past_half_of_the_blend(before, after, difficulty):
    script = script_of(before, after)
    pitch = move(script, Subject(), difficulty, 1).pitch
    half = 0.5 * (np.median(pitch[10:35]) + np.median(pitch[65:90]))
    past = np.sign(pitch - half) == np.sign(np.median(pitch[65:90]) - half)
    change = int(np.flatnonzero(past)[0])
    assert abs(change - 50) <= 1


def test_blending_adds_up():
    pose = move(script_of("walk", "rear", "rest", "hang", length=30), Subject(), EASY, 1)
    assert np.all((pose.girth > 0.85) & (pose.girth < 1.25))
    assert np.all((pose.eye > -1e-9) & (pose.eye < 1 + 1e-9))


@pytest.mark.parametrize("size", [0.82, 1.0, 1.2])
@pytest.mark.parametrize("seed", [1, 2])
def test_mouth_is_at_the_spout_while_drinking(size, seed):
    subject = Subject(size=size)
    script = script_of("micromovement", "walk", "drink", "walk")
    x, y = mouth_in_cage(move(script, subject, EASY, seed), subject)
    drinking = slice(100 + 8, 150 - 8)
    assert np.hypot(x[drinking] - SPOUT[0], y[drinking] - SPOUT[1]).max() < 0.025


def test_an_eating_mouse_gnaws_at_the_hopper_or_holds_a_pellet():
    gnawed = held = 0
    for seed in range(10):
        subject = Subject()
        pose = move(script_of("micromovement", "walk", "eat", "walk"), subject, EASY, seed)
        x, y = mouth_in_cage(pose, subject)
        if pose.pellet[125] > 0.99:
            held += 1
            assert pose.to_mouth[125] > 0.99
        else:
            gnawed += 1
            assert np.hypot(x[125] - FEEDER[0], y[125] - FEEDER[1]) < 0.035
    assert gnawed
    assert held


def test_only_walks_move_the_hips():
    script = make_script(5, 2500)
    pose = move(script, Subject(), EASY, 5)
    for bout in bouts_of(script):
        inside = pose.x[bout.start + 8 : bout.stop - 8]
        if bout.length < 30:
            continue
        way = np.abs(np.diff(inside)).sum()
        speed = way / inside.size * 25
        if bout.label == IDS["walk"]:
            assert speed > 0.06
        else:
            assert np.ptp(inside) < 0.08


def test_faster_mice_walk_farther():
    script = script_of("micromovement", "walk", "micromovement", length=100)
    ways = []
    for speed in (0.8, 1.25):
        seeds = range(8)
        poses = [move(script, Subject(speed=speed), EASY, seed) for seed in seeds]
        ways.append(sum(np.abs(np.diff(pose.x)).sum() for pose in poses))
    assert ways[1] > 1.2 * ways[0]


def test_hard_recordings_blur_groom_and_micromovement():
    script = script_of("groom", "micromovement", length=200)

    def liveliness(difficulty):
        pose = move(script, Subject(), difficulty, 3)
        strokes = np.abs(np.diff(pose.stroke_near[20:180])).mean()
        looks = np.abs(np.diff(pose.neck[220:380])).mean()
        return strokes, looks

    (easy_strokes, easy_looks), (hard_strokes, hard_looks) = liveliness(EASY), liveliness(HARD)
    assert hard_strokes < 0.7 * easy_strokes
    assert hard_looks > 1.3 * easy_looks
