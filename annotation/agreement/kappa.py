"""Agreement of two raters frame by frame, from a confusion matrix.

Functions whose name ends in ``_of`` take counts of shape (..., labels, labels) and return an array of shape
(...), NaN where the statistic is not defined: they are what resampling needs. The others take one matrix of
shape (labels, labels) and return a `Value`. Notation: n frames, n_ab frames that the first rater called a and
the second b, p = n_ab / n, p_a. and p_.b shares of labels, p_o observed and p_e chance agreement, K labels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .undefined import Value, divide, value_of

Counts = NDArray[Any]
Floats = NDArray[np.float64]

NO_FRAMES = "no frame was labeled by both raters"
ONE_LABEL = "both raters used one and the same label throughout, so chance alone explains all agreement"
ONE_ROW = "there is only one label that could be given"
NOT_USED = "neither rater used this label"
NOT_USED_BY_A = "the first rater did not use this label"
NOT_USED_BY_B = "the second rater did not use this label"
NO_BEHAVIOR = "the first rater used no behavior"


def raw_agreement_of(counts: Counts) -> Floats:
    """Return p_o, the share of frames with the same label. Source: any textbook.

    It says nothing about chance: a behavior that only one rater saw in 20 of 9,000 frames leaves it at .998.
    """
    return divide(_diagonal(counts).sum(axis=-1), _total(counts))


def macro_agreement_of(counts: Counts, none: int | None = None) -> Floats:
    """Return the mean over behaviors of the share of the first rater's frames that the second calls the same.

    This is the macro average of DeepEthoProfile: the mean of the diagonal of the confusion matrix in row
    percent, rows being the human or earlier labels. Behaviors that the first rater did not use are left out.
    It is not symmetric.

    Parameters
    ----------
    counts
        Frames, rows of the first rater.
    none
        Row of the label none, which is no behavior and so is not averaged; frames of a behavior that the
        second rater called none do count as not agreed.
    """
    rows = counts.sum(axis=-1).astype(float)
    if none is not None:
        rows[..., none] = 0
    recall = np.divide(_diagonal(counts), rows, out=np.zeros(rows.shape), where=rows > 0)
    return divide(recall.sum(axis=-1), (rows > 0).sum(axis=-1))


def cohen_kappa_of(counts: Counts) -> Floats:
    """Return Cohen's kappa, ``(p_o - p_e) / (1 - p_e)`` with ``p_e = sum_c p_c. p_.c``.

    Source: Cohen 1960, Educ Psychol Meas 20, 37-46. Low for rare behaviors even where raters agree well (see
    `prevalence_index`); not defined when both raters used one and the same label only.
    """
    total = _total(counts)
    expected = divide((_rows(counts) * _columns(counts)).sum(axis=-1), total**2)
    return _above_chance(raw_agreement_of(counts), expected)


def kappa_max_of(counts: Counts) -> Floats:
    """Return the largest kappa that these label shares allow: p_o at most ``sum_c min(p_c., p_.c)``.

    Source: Cohen 1960; Umesh, Peterson & Sauber 1989, Educ Psychol Meas 49, 835-850.
    """
    total = _total(counts)
    rows, columns = _rows(counts), _columns(counts)
    expected = divide((rows * columns).sum(axis=-1), total**2)
    return _above_chance(divide(np.minimum(rows, columns).sum(axis=-1), total), expected)


def ac1_of(counts: Counts) -> Floats:
    """Return Gwet's AC1: as kappa, with ``p_e = sum_c q_c (1 - q_c) / (K - 1)``, ``q_c = (p_c. + p_.c) / 2``.

    Source: Gwet 2008, Br J Math Stat Psychol 61, 29-48. Steady for rare behaviors. K is the number of rows:
    all labels that could be given, so that it depends on the ethogram; not defined for a single label.
    """
    number = counts.shape[-1]
    if number < 2:
        return np.full(counts.shape[:-2], np.nan)
    share = divide(_rows(counts) + _columns(counts), 2 * _total(counts)[..., None])
    return _above_chance(raw_agreement_of(counts), (share * (1 - share)).sum(axis=-1) / (number - 1))


def pabak_of(counts: Counts) -> Floats:
    """Return kappa adjusted for prevalence and bias: ``(K p_o - 1) / (K - 1)``, for two labels ``2 p_o - 1``.

    Source: Byrt, Bishop & Carlin 1993, J Clin Epidemiol 46, 423-429 (K = 2); Brennan & Prediger 1981 (any).
    It is raw agreement on another scale: read it beside kappa, not in its place.
    """
    number = counts.shape[-1]
    if number < 2:
        return np.full(counts.shape[:-2], np.nan)
    return (number * raw_agreement_of(counts) - 1) / (number - 1)


def prevalence_index_of(counts: Counts) -> Floats:
    """Return ``|n_11 - n_22| / n`` of 2 x 2 tables: near 1, kappa is low whatever the raters do.

    Source: Byrt, Bishop & Carlin 1993.
    """
    return divide(np.abs(counts[..., 0, 0] - counts[..., 1, 1]), _total(counts))


def bias_index_of(counts: Counts) -> Floats:
    """Return ``(n_12 - n_21) / n`` of 2 x 2 tables: positive when the first rater scores more of the label.

    Source: Byrt, Bishop & Carlin 1993, who take its absolute value.
    """
    return divide(counts[..., 0, 1] - counts[..., 1, 0], _total(counts))


def positive_agreement_of(counts: Counts) -> Floats:
    """Return specific agreement on the first label of 2 x 2 tables, ``2 n_11 / (n_1. + n_.1)``: the frame F1.

    Source: Cicchetti & Feinstein 1990, J Clin Epidemiol 43, 551-558. Symmetric: neither rater is the truth.
    """
    return divide(2 * counts[..., 0, 0], _rows(counts)[..., 0] + _columns(counts)[..., 0])


def negative_agreement_of(counts: Counts) -> Floats:
    """Return specific agreement on the absence of the label, ``2 n_22 / (n_2. + n_.2)``."""
    return divide(2 * counts[..., 1, 1], _rows(counts)[..., 1] + _columns(counts)[..., 1])


def recall_of(counts: Counts) -> Floats:
    """Return the share of the first rater's frames of the first label that the second calls the same."""
    return divide(counts[..., 0, 0], _rows(counts)[..., 0])


def precision_of(counts: Counts) -> Floats:
    """Return the share of the second rater's frames of the first label that the first calls the same."""
    return divide(counts[..., 0, 0], _columns(counts)[..., 0])


def raw_agreement(counts: Counts) -> Value:
    """Return the share of frames with the same label, see `raw_agreement_of`."""
    return value_of(float(raw_agreement_of(counts)), NO_FRAMES)


def cohen_kappa(counts: Counts) -> Value:
    """Return Cohen's kappa, see `cohen_kappa_of`."""
    return value_of(float(cohen_kappa_of(counts)), why_no_kappa(counts))


def why_no_kappa(counts: Counts) -> str:
    """Return why kappa of these counts is not defined, should it be NaN."""
    return ONE_LABEL if counts.sum() else NO_FRAMES


def why_no_ac1(counts: Counts) -> str:
    """Return why AC1 of these counts is not defined, should it be NaN."""
    return ONE_ROW if counts.sum() else NO_FRAMES


def _diagonal(counts: Counts) -> Counts:
    return np.diagonal(counts, axis1=-2, axis2=-1)


def _rows(counts: Counts) -> Floats:
    return np.asarray(counts.sum(axis=-1), float)


def _columns(counts: Counts) -> Floats:
    return np.asarray(counts.sum(axis=-2), float)


def _total(counts: Counts) -> Floats:
    return np.asarray(counts.sum(axis=(-2, -1)), float)


def _above_chance(observed: Floats, expected: Floats) -> Floats:
    return divide(observed - expected, 1 - expected)
