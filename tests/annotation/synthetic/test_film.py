"""Pictures: reproducible, marked as synthetic, and showing what the ground truth says."""

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import EthoprofileError, VideoError
from napari_ethoprofile.annotation.synthetic import (
    Difficulty,
    Subject,
    make_script,
    make_subjects,
    render,
)
from napari_ethoprofile.annotation.synthetic.cage import LID, SPOUT
from napari_ethoprofile.annotation.synthetic.script import IDS
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack

SIZE = (176, 144)
ORDER = ("walk", "drink", "walk", "eat", "groom", "rest", "micromovement", "rear", "hang", "rear", "walk")
LENGTH = 50
#: Rows above the burnt-in lettering.
CLEAR = 130
STILL = Difficulty("still", noise=0.0)


class Film:
    """All behaviors in turn, with the body told from the empty cage."""

    def __init__(self, coat):
        bouts = [Bout(k * LENGTH, (k + 1) * LENGTH, IDS[name]) for k, name in enumerate(ORDER)]
        script = LabelTrack.from_bouts(bouts, LENGTH * len(ORDER))
        self.frames = np.stack(list(render(script, Subject(1, coat), STILL, 4, SIZE)))
        self.gray = self.frames[:, :CLEAR].astype(float)
        self.empty = np.median(self.gray[::5], axis=0)
        self.body = np.abs(self.gray - self.empty) > 25

    def of(self, name):
        """Return the frames that show a behavior and nothing else."""
        start = ORDER.index(name) * LENGTH
        return slice(start + 9, start + LENGTH - 9)

    def center(self, frames):
        """Return x and y of the body's center in pixels, one row a frame."""
        rows, columns = np.indices(self.empty.shape)
        body = self.body[frames]
        area = body.sum(axis=(1, 2))
        x, y = ((body * places).sum(axis=(1, 2)) / area for places in (columns, rows))
        return np.stack((x, y), axis=1)

    def change(self, name):
        """Return the mean change of a pixel from frame to frame."""
        return np.abs(np.diff(self.gray[self.of(name)], axis=0)).mean()


@pytest.fixture(scope="module")
def films():
    return {coat: Film(coat) for coat in ("black", "white")}


@pytest.fixture(params=["black", "white"])
def film(films, request):
    return films[request.param]


def test_frames_are_gray_pictures_of_the_size_asked_for(film):
    assert film.frames.shape == (LENGTH * len(ORDER), SIZE[1], SIZE[0])
    assert film.frames.dtype == np.uint8


def test_rest_changes_least(film):
    others = [film.change(name) for name in set(ORDER) - {"rest"}]
    assert film.change("rest") < 0.6 * min(others)


def test_walk_changes_place_and_nothing_else_does(film):
    moved = {name: np.ptp(film.center(film.of(name))[:, 0]) for name in set(ORDER)}
    still = [moved[name] for name in ("drink", "eat", "groom", "rest", "micromovement", "rear")]
    assert moved["walk"] > 3 * max(still)


def test_hang_is_up_at_the_lid_and_rear_is_upright(film):
    heights = {name: film.center(film.of(name))[:, 1].mean() for name in set(ORDER)}
    assert heights["hang"] < LID * SIZE[0] + 30
    assert all(heights["hang"] + 25 < heights[name] for name in set(ORDER) - {"hang"})
    tall = {name: np.ptp(np.flatnonzero(film.body[film.of(name)].mean(axis=(0, 2)) > 0.02)) for name in ORDER}
    assert tall["rear"] > 1.4 * tall["rest"]


def test_the_head_is_at_the_spout_only_while_drinking(film):
    x, y = (int(place * SIZE[0]) for place in SPOUT)
    near = film.body[:, y : y + 6, x - 9 : x].mean(axis=(1, 2))
    drinking = near[film.of("drink")]
    assert drinking.min() > 0.3
    assert near[film.of("rest")].max() < 0.05


def test_black_is_darker_and_white_is_brighter_than_the_cage(films):
    tones = {c: film.gray[film.of("rest")][film.body[film.of("rest")]].mean() for c, film in films.items()}
    wall = films["black"].empty[60:90, 40:140].mean()
    assert tones["black"] < 0.65 * wall
    assert tones["white"] > 1.1 * wall


def test_same_seed_same_frames_other_seed_others():
    script = make_script(1, 30)
    first, again, other = (
        np.stack(list(render(script, Subject(), "hard", seed, SIZE))) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.5


def test_every_frame_says_synthetic():
    size = (352, 288)
    frames = list(render(make_script(1, 3), Subject(3), STILL, 1, size))
    letters = frames[0][-11:-4, 4:58] > 200
    assert 0.2 < letters.mean() < 0.6
    for frame in frames[1:]:
        np.testing.assert_array_equal(frame[-11:-4, 4:58] > 200, letters)


def _corner(difficulty, frames=60):
    """Return what the camera makes of a place where no mouse goes."""
    return np.stack(list(render(make_script(1, frames), Subject(), difficulty, 1, SIZE)))[:, 2:18, 20:120]


def test_noise_contrast_flicker_and_shake_do_what_they_say():
    still = _corner(STILL).astype(float)
    assert still.std(axis=0).max() == 0
    noisy = _corner(Difficulty(noise=6.0)).astype(float)
    assert 5.0 < noisy.std(axis=0).mean() < 7.0
    flat = _corner(Difficulty(noise=0.0, contrast=0.5)).astype(float)
    assert np.ptp(flat) < 0.65 * np.ptp(still)
    flicker = _corner(Difficulty(noise=0.0, flicker=0.05)).astype(float)
    assert flicker.mean(axis=(1, 2)).std() > 0.5
    shaken = np.stack(list(render(make_script(1, 40), Subject(), Difficulty(noise=0.0, jitter=8.0), 1, SIZE)))
    lid = shaken[:, 25:45, 80:120].astype(float).mean(axis=2)
    assert len({int(row) for row in lid.argmax(axis=1)}) > 1


def test_bedding_and_nest_hide_the_mouse():
    bouts = [Bout(0, 70, IDS["walk"]), Bout(70, 110, IDS["hang"]), Bout(110, 160, IDS["walk"])]
    script = LabelTrack.from_bouts(bouts, 160)

    def visible(difficulty):
        frames = np.stack(list(render(script, Subject(), difficulty, 4, SIZE)))[:, :CLEAR].astype(float)
        return (np.abs(frames - np.median(frames[::4], axis=0)) > 25).sum()

    free = visible(STILL)
    assert visible(Difficulty(noise=0.0, bedding=0.04)) < 0.97 * free
    assert visible(Difficulty(noise=0.0, nest=True)) < 0.97 * free


def test_extreme_noise_never_wraps_around():
    frames = list(render(make_script(1, 2), Subject(1, "white"), Difficulty(noise=20.0), 1, SIZE))
    dark = np.stack(frames)[:, :20, 20:100]
    assert dark.max() < 220


def test_subjects_differ_more_in_hard_recordings():
    easy, hard = (make_subjects(30, level, 3) for level in ("easy", "hard"))
    assert np.std([s.size for s in hard]) > 2 * np.std([s.size for s in easy])
    assert [s.coat for s in easy[:4]] == ["black", "white", "black", "white"]
    assert [s.number for s in easy] == list(range(1, 31))


@pytest.mark.parametrize("size", [(640, 480), (11, 9), (715, 585)])
def test_other_proportions_are_refused(size):
    with pytest.raises(VideoError, match="11:9"):
        next(render(make_script(1, 2), size=size))


def test_unknown_coats_and_difficulties_are_refused():
    with pytest.raises(EthoprofileError, match="coat 'pink'"):
        Subject(1, "pink")
    with pytest.raises(EthoprofileError, match="easy, medium, hard"):
        next(render(make_script(1, 2), difficulty="brutal"))
    with pytest.raises(EthoprofileError, match="noise of 40"):
        Difficulty(noise=40.0)
