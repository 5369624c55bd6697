"""From the probabilities of a model to labels of a project: smoothing, abstention, translation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..annotation.ethogram import Ethogram
from ..annotation.tracks import CODE, UNLABELED, LabelTrack
from .calibration import Calibration
from .cards import ModelCard, translation
from .probabilities import Probabilities
from .smoothing import Smoothing, codes_of_classes


@dataclass(frozen=True, eq=False)
class Decision:
    """What a model says at every step.

    Attributes
    ----------
    codes
        int16 (steps, groups of the model): behavior ids of the model, none where the only behavior of a group
        is absent, unlabeled where the model is not sure.
    confidence
        Mean probability of the bout, float32 (steps, groups).
    """

    codes: NDArray[np.int16]
    confidence: NDArray[np.float32]


def calibrations_of(card: ModelCard) -> tuple[Calibration, ...]:
    """Return the calibration of every group of a model."""
    return tuple(Calibration.from_dict(item) for item in card.calibration["groups"])


def smoothings_of(card: ModelCard) -> tuple[Smoothing, ...]:
    """Return the smoothing of every group of a model."""
    return tuple(Smoothing.from_dict(item) for item in card.smoothing["groups"])


def always_sure(card: ModelCard) -> ModelCard:
    """Return the card without abstention: something is said about every frame."""
    groups = [{**group, "abstain": 0.0} for group in card.smoothing["groups"]]
    return replace(card, smoothing={**card.smoothing, "groups": groups})


def decide(
    probabilities: Probabilities, calibrations: tuple[Calibration, ...], smoothings: tuple[Smoothing, ...]
) -> Decision:
    """Return the labels of the steps."""
    columns, sure = [], []
    for values, classes, calibration, smoothing in zip(
        probabilities.groups, probabilities.classes, calibrations, smoothings, strict=True
    ):
        found, confidence = smoothing.decide(values, calibration.threshold)
        columns.append(codes_of_classes(found, classes))
        sure.append(confidence)
    return Decision(np.stack(columns, axis=1), np.stack(sure, axis=1))


def label_track(
    probabilities: Probabilities,
    card: ModelCard,
    ethogram: Ethogram,
) -> LabelTrack:
    """Return what a model says about every frame, in the codes of an ethogram.

    Parameters
    ----------
    probabilities
        Of the model.
    card
        Of the model.
    ethogram
        Of the project.

    Returns
    -------
    LabelTrack
        (frames, groups of the ethogram); unlabeled where the model is not sure or knows nothing.

    Raises
    ------
    LearnError
        When the model does not fit the ethogram.
    """
    return track_and_confidence(probabilities, card, ethogram)[0]


def track_and_confidence(
    probabilities: Probabilities,
    card: ModelCard,
    ethogram: Ethogram,
) -> tuple[LabelTrack, NDArray[np.float32]]:
    """Return what a model says about every frame, and how sure it is; parameters are those of `label_track`.

    Returns
    -------
    tuple
        The labels, and the mean probability of the bout that a frame lies in, float32 (frames, groups of the
        ethogram), 0 where the model knows nothing of a group.
    """
    ids, columns = translation(card, ethogram)
    decision = decide(probabilities, calibrations_of(card), smoothings_of(card))
    codes = np.full((probabilities.frames, len(ethogram.groups)), UNLABELED, CODE)
    confidence = np.zeros(codes.shape, np.float32)
    for group, column in enumerate(columns):
        own = decision.codes[:, group]
        translated = own.copy()
        for old, new in ids.items():
            translated[own == old] = new
        codes[:, column] = probabilities.per_frame(translated)
        confidence[:, column] = probabilities.per_frame(decision.confidence[:, group])
    return LabelTrack(codes), confidence
