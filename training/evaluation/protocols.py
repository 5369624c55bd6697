"""How labels are divided to measure a model, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...annotation.errors import LearnError
from ..snapshots import Snapshot
from ..splits import (
    Split,
    holdout,
    leave_one_subject_out,
    leave_one_video_out,
    random_clips,
    within_recording,
)


@dataclass(frozen=True, slots=True)
class Protocol:
    """A way of dividing labels.

    Attributes
    ----------
    name
        As it is typed.
    unit
        What a model keeps apart again when it is calibrated on the learning side.
    sentence
        What it does, and what its figures do not say.
    divide
        From labels, a seed and the animals that are to be tested (none: drawn) to labels and their division.
    chosen_animals
        Whether the animals that are tested can be named.
    """

    name: str
    unit: str
    sentence: str
    divide: Callable[[Snapshot, int, Sequence[str]], tuple[Snapshot, Split]]
    chosen_animals: bool = False


PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            "leave-one-subject-out",
            "subject",
            "Every animal is tested with a model of all others.",
            lambda data, _seed, _tested: (data, leave_one_subject_out(data)),
        ),
        Protocol(
            "leave-one-video-out",
            "video",
            "Every recording is tested with a model of all others; some of these may show the same animal.",
            lambda data, _seed, _tested: (data, leave_one_video_out(data)),
        ),
        Protocol(
            "fixed-holdout",
            "subject",
            "Fixed animals, one of every strain unless they are named, are tested by a model of the others.",
            lambda data, seed, tested: (data, holdout(data, tested or None, seed)),
            chosen_animals=True,
        ),
        Protocol(
            "within-recording",
            "clips",
            "The end of every clip is tested with a model of its beginning, after a gap of 10 s; clips of a "
            "recording with less between them are divided as one. Shows that the parts work together, not "
            "how well a model does on other animals.",
            lambda data, _seed, _tested: within_recording(data),
        ),
        Protocol(
            "clips-90-10",
            "clips",
            "A tenth of the clips is tested, whoever they show: the same animals are on both sides.",
            lambda data, seed, _tested: (data, random_clips(data, 0.1, 1, seed)),
        ),
        Protocol(
            "clips-50-50x5",
            "clips",
            "Half of the clips is tested, five times: the same animals are on both sides.",
            lambda data, seed, _tested: (data, random_clips(data, 0.5, 5, seed)),
        ),
    )
}


def protocol_of(name: str, tested: Sequence[str] = ()) -> Protocol:
    """Return the protocol of this name.

    Parameters
    ----------
    name
        As it is typed.
    tested
        The animals that are to be tested; none where that is left to the protocol.

    Raises
    ------
    LearnError
        When there is none, or it does not let animals be named.
    """
    if name not in PROTOCOLS:
        raise LearnError(f"There is no protocol '{name}'; the protocols are {', '.join(PROTOCOLS)}.")
    if tested and not PROTOCOLS[name].chosen_animals:
        raise LearnError(f"The protocol '{name}' tests every animal; name some with fixed-holdout only.")
    return PROTOCOLS[name]
