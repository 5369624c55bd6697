"""Who is filmed and how hard the picture is to read: subjects and difficulty."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..errors import EthoprofileError

COATS = ("black", "white")
#: Four times this fits into the signed bytes that the noise is kept in, and leaves gray levels between.
MAX_NOISE = 25.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A generated mouse.

    Attributes
    ----------
    number
        Number of the mouse; it is in the file's name and in the picture.
    coat
        ``black`` (as C57BL/6) or ``white`` (albino).
    size
        Body length relative to an average mouse.
    speed
        Walking speed relative to an average mouse.
    tempo
        Rate of licking, chewing, stroking and breathing relative to an average mouse.
    """

    number: int = 1
    coat: str = "black"
    size: float = 1.0
    speed: float = 1.0
    tempo: float = 1.0

    def __post_init__(self) -> None:
        if self.coat not in COATS:
            raise EthoprofileError(
                f"A synthetic mouse cannot have the coat '{self.coat}'; use {' or '.join(COATS)}."
            )

    @property
    def name(self) -> str:
        """Two-digit number and coat, such as ``01 black``."""
        return f"{self.number:02d} {self.coat}"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What makes a generated recording hard to read.

    Attributes
    ----------
    name
        What to call it.
    noise
        Standard deviation of the sensor noise in gray levels.
    contrast
        Contrast of the picture, 1 is full.
    bedding
        How far the bedding in front hides the mouse, as a fraction of the picture's width.
    nest
        Whether a nest stands in front of a part of the cage.
    size_spread
        Standard deviation of body size, speed and tempo between subjects.
    ambiguity
        0 to 1: grooming becomes small, micromovement becomes large and hunched, resting mice twitch,
        transitions take longer.
    jitter
        Camera shake in pixels of a picture 704 wide.
    flicker
        Relative standard deviation of the illumination.
    drinking
        About the share of time that a mouse drinks; as often as it feels like it where it is None.
    """

    name: str = "custom"
    noise: float = 2.0
    contrast: float = 1.0
    bedding: float = 0.0
    nest: bool = False
    size_spread: float = 0.03
    ambiguity: float = 0.0
    jitter: float = 0.0
    flicker: float = 0.0
    drinking: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.noise <= MAX_NOISE:
            raise EthoprofileError(
                f"A synthetic recording cannot have a noise of {self.noise:g} gray levels; "
                f"use 0 to {MAX_NOISE:g}."
            )


EASY = Difficulty("easy")
MEDIUM = Difficulty("medium", 3.5, 0.85, 0.008, False, 0.07, 0.35, 0.5, 0.008)
HARD = Difficulty("hard", 6.0, 0.62, 0.022, True, 0.12, 0.75, 1.5, 0.025)
HARDEST = replace(HARD, name="hardest", drinking=0.01)
_PRESETS = {d.name: d for d in (EASY, MEDIUM, HARD, HARDEST)}


def as_difficulty(difficulty: Difficulty | str) -> Difficulty:
    """Return the preset of this name (easy, medium, hard, hardest), or the settings as they came."""
    if isinstance(difficulty, Difficulty):
        return difficulty
    if difficulty not in _PRESETS:
        raise EthoprofileError(f"There is no synthetic difficulty '{difficulty}'; use {', '.join(_PRESETS)}.")
    return _PRESETS[difficulty]


def make_subjects(count: int, difficulty: Difficulty | str = EASY, seed: int = 0) -> list[Subject]:
    """Return `count` mice of alternating coats with individual size, speed and tempo."""
    spread = as_difficulty(difficulty).size_spread
    rng = np.random.default_rng([seed, 11])
    subjects = []
    for index in range(count):
        size, speed, tempo = np.clip(1 + spread * rng.standard_normal(3), 0.82, 1.2).tolist()
        subject = Subject(index + 1, COATS[index % len(COATS)])
        subjects.append(replace(subject, size=size, speed=speed, tempo=tempo))
    return subjects
