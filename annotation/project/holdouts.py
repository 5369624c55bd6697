"""Animals that are kept apart: no model ever learns from them, and no proposal is shown on their clips.

Those for the *final test* are read on request only. Those for the *champion* decide whether a new model takes
the place of the current one. An animal is never kept for both.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import select

from ..errors import ProjectError
from ..recordings import parse_name
from . import schema
from .lights import Lights
from .people import People
from .records import State, VideoRecord
from .settings import read_setting, write_setting

_KEYS = {"test": "learn.test_subjects", "champion": "learn.champion_subjects"}


class Purpose(StrEnum):
    """What animals are kept for."""

    TEST = "test"
    """The final test, which is read on request only."""
    CHAMPION = "champion"
    """Whether a new model takes the place of the current one."""

    @property
    def words(self) -> str:
        """As the end of ``kept for ...``."""
        return "the final test" if self is Purpose.TEST else "comparing models"


class Holdouts(Lights, People):
    """Animals that are kept apart."""

    def kept_subjects(self, purpose: Purpose | str) -> tuple[str, ...]:
        """Return the animals that are kept for a purpose, sorted."""
        return tuple(self.settings.get(_KEYS[Purpose(purpose).value], []))

    def keep_subjects(self, purpose: Purpose | str, subjects: Iterable[str]) -> None:
        """Keep these animals for a purpose, in place of those kept for it until now.

        Raises
        ------
        ProjectError
            When the project does not know one of them, or it is kept for the other purpose.
        """
        wanted, known = sorted(set(subjects)), {video.subject for video in self.videos()} - {""}
        own = Purpose(purpose)
        other = Purpose.CHAMPION if own is Purpose.TEST else Purpose.TEST
        for name in wanted:
            if name not in known:
                raise ProjectError(
                    f"No recording of the project shows the subject '{name}'; its subjects are "
                    f"{', '.join(sorted(known)) or 'not named'}."
                )
        frozen = self.frozen_animals() if own is Purpose.CHAMPION else frozenset()
        with self.database.writing() as connection:
            taken = set(read_setting(connection, _KEYS[other.value], [])) | frozen
            for name in wanted:
                if name in taken:
                    raise ProjectError(
                        f"The subject '{name}' is kept for {other.words} already, and an animal is kept for "
                        f"one purpose only; choose another one for {own.words}."
                    )
            write_setting(connection, _KEYS[own.value], wanted or None)

    def frozen_animals(self) -> frozenset[str]:
        """Return the animals of which a pass is frozen as test data.

        An animal is never on both sides, so nothing is learned from its other labels, either.
        """
        passes, clips = schema.passes, schema.clips
        query = select(clips.c.video).join(passes, passes.c.clip == clips.c.id)
        with self.database.reading() as connection:
            videos = set(connection.scalars(query.where(passes.c.state == State.TEST.value)))
        return frozenset(animal_of(video) for video in self.videos() if video.id in videos)

    def kept_apart(self, video_id: str) -> str:
        """Return what the animal of a recording is kept for: ``test``, ``champion``, or empty for nothing."""
        video = self.get_video(video_id)
        if video.subject in self.kept_subjects(Purpose.TEST) or animal_of(video) in self.frozen_animals():
            return Purpose.TEST.value
        return Purpose.CHAMPION.value if video.subject in self.kept_subjects(Purpose.CHAMPION) else ""

    def suggest_subjects(self, number: int, seed: int = 0, *, avoid: Iterable[str] = ()) -> tuple[str, ...]:
        """Return animals that could be kept apart, spread over the strains.

        Nothing is changed. Of every strain at least as many animals stay as are taken, and none is taken that
        is kept already.

        Parameters
        ----------
        number
            How many.
        seed
            Decides between equals.
        avoid
            Animals to take last, such as those that a model has learned from.

        Raises
        ------
        ProjectError
            When there are too few animals.
        """
        if number < 1:
            raise ProjectError(f"{number} animals cannot be kept apart; ask for 1 or more.")
        free, chance, late = self._free(), random.Random(seed), set(avoid)
        room = {strain: len(names) // 2 for strain, names in free.items()}
        if number > sum(room.values()):
            raise ProjectError(
                f"{number} animals cannot be kept apart: at least as many of every strain must stay to learn "
                f"from, so that {sum(room.values())} can be kept at most; add recordings of other animals."
            )
        order = {
            strain: sorted(names, key=lambda name: (name in late, chance.random()))
            for strain, names in free.items()
        }
        chosen: dict[str, list[str]] = {strain: [] for strain in order}
        for _ in range(number):
            open_ = [strain for strain in order if len(chosen[strain]) < room[strain]]
            # The strain with the fewest so far; of equals the one with more animals.
            strain = min(open_, key=lambda s: (len(chosen[s]), -len(order[s]), s))
            chosen[strain].append(order[strain][len(chosen[strain])])
        return tuple(sorted(name for names in chosen.values() for name in names))

    def spare_subjects(self) -> int:
        """Return how many more animals could be kept apart; see `suggest_subjects`."""
        return sum(len(names) // 2 for names in self._free().values())

    def _free(self) -> dict[str, list[str]]:
        """Return the animals that are not kept yet, by their strain."""
        kept = {name for purpose in Purpose for name in self.kept_subjects(purpose)} | self.frozen_animals()
        strains = {record.id: record.strain for record in self.subjects()}
        free: dict[str, list[str]] = {}
        for name in sorted({video.subject for video in self.videos()} - kept - {""}):
            free.setdefault(strains.get(name, ""), []).append(name)
        return free


def animal_of(video: VideoRecord) -> str:
    """Return whose recording it is; one of which nobody said it shows an animal of its own."""
    return video.subject or f"unnamed ({recording_of(video)})"


def recording_of(video: VideoRecord) -> str:
    """Return what clips cut from one file share: the name up to where it says which part they are."""
    name = parse_name(video.path)
    if name is None or name.frames is None:
        return video.id
    return f"{name.subject}_{name.recorded_at:%Y%m%d_%H%M}"
