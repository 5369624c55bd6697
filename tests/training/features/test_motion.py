import numpy as np
import pytest
from napari_ethoprofile.training.features.motion import (
    DIMENSION,
    SIZE,
    MotionDescriber,
    motion_energy,
)
from napari_ethoprofile.training.preprocessing import Preprocessing

FPS = 25.0
EDGES = np.arange(0, 101, 5)


def film(place: object, *, coat: int = 40, floor: int = 150) -> np.ndarray:
    """Return 100 frames of an animal, an ellipse whose middle `place(frame)` gives, before a plain wall."""
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    frames = np.full((100, *SIZE), floor, np.uint8)
    for number in range(100):
        x, y = place(number)  # type: ignore[operator]
        frames[number][((columns - x) / 14) ** 2 + ((rows - y) / 8) ** 2 <= 1] = coat
    return frames


def described(frames: np.ndarray, floor: int = 150) -> np.ndarray:
    maker = MotionDescriber(Preprocessing(size=SIZE), np.full(SIZE, floor, np.uint8), FPS)
    return maker.describe(frames, 0, EDGES)


def test_every_step_has_a_row_of_finite_numbers() -> None:
    chance = np.random.default_rng(0)
    rows = described(chance.integers(0, 256, (100, *SIZE)).astype(np.uint8))
    assert rows.shape == (20, DIMENSION)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()


def test_place_and_size_of_the_animal_are_found_whatever_its_coat() -> None:
    for coat, floor in ((40, 150), (240, 120)):
        area, x, y, long, short = described(film(lambda n: (40, 60), coat=coat, floor=floor), floor)[5, :5]
        assert area == pytest.approx(np.pi * 14 * 8 / (96 * 128), rel=0.25)
        assert (x * 128, y * 96) == (pytest.approx(40, abs=1), pytest.approx(60, abs=1))
        assert long > 1.4 * short


def test_an_empty_cage_has_no_animal() -> None:
    assert (described(np.full((100, *SIZE), 150, np.uint8))[:, :12] == 0).all()


def test_motion_is_more_energy_than_rest() -> None:
    still = motion_energy(described(film(lambda n: (60, 50))))
    moving = motion_energy(described(film(lambda n: (20 + 0.8 * n, 50))))
    assert moving[5:].min() > 10 * still.max() + 0.1


def test_flow_tells_left_from_right() -> None:
    right, left = (described(film(lambda n, s=s: (64 + s * (n - 50), 50))) for s in (1, -1))
    differing = (np.sign(right.mean(axis=0)) * np.sign(left.mean(axis=0)) < 0).sum()
    assert differing >= 8  # the cells of horizontal flow around the animal


def test_a_row_does_not_depend_on_what_else_is_asked_for() -> None:
    frames = film(lambda n: (30 + n % 40, 40 + n % 7))
    maker = MotionDescriber(Preprocessing(size=SIZE), np.full(SIZE, 150, np.uint8), FPS)
    whole = maker.describe(frames, 0, EDGES)
    part = maker.describe(frames[20:80], 20, EDGES[8:13])
    np.testing.assert_array_equal(whole[8:12], part)
