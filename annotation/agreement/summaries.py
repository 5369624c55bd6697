"""Agreement on one number a clip, such as seconds of grooming: what enters the biology."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .results import BlandAltman, SummaryAgreement
from .undefined import Undefined, Value

Floats = NDArray[np.float64]

_FEW = "there are fewer than two clips"
_ALIKE = "all clips have the same value for both raters, so there is nothing to tell apart"
#: Sums of squares below this share of the squares of the values are rounding errors of equal numbers.
_ROUNDING = 1e-12


def summarize(a: Floats, b: Floats) -> SummaryAgreement:
    """Return the agreement of two raters on one measure of each clip.

    Parameters
    ----------
    a, b
        The measure of each clip, shape (clips,).
    """
    return SummaryAgreement(icc(np.column_stack((a, b))), concordance(a, b), bland_altman(a, b))


def icc(ratings: Floats) -> Value:
    """Return ICC(2,1): two-way random effects, absolute agreement, single rater.

    ``(MS_R - MS_E) / (MS_R + (k - 1) MS_E + k (MS_C - MS_E) / n)`` with the mean squares of n clips, k raters
    and error of a two-way analysis of variance. Source: Shrout & Fleiss 1979, Psychol Bull 86, 420-428;
    McGraw & Wong 1996, ICC(A,1). Depends on how much the clips differ from each other. May be negative.

    Parameters
    ----------
    ratings
        Shape (clips, raters).
    """
    clips, raters = ratings.shape
    if clips < 2:
        return Undefined(_FEW)
    mean = ratings.mean()
    by_clip, by_rater = ratings.mean(axis=1), ratings.mean(axis=0)
    between = raters * ((by_clip - mean) ** 2).sum() / (clips - 1)
    of_raters = clips * ((by_rater - mean) ** 2).sum() / (raters - 1)
    rest = ratings - by_clip[:, None] - by_rater + mean
    error = (rest**2).sum() / ((clips - 1) * (raters - 1))
    whole = between + (raters - 1) * error + raters * (of_raters - error) / clips
    if abs(whole) <= _ROUNDING * (ratings**2).sum():
        return Undefined(_ALIKE)
    return float((between - error) / whole)


def concordance(a: Floats, b: Floats) -> Value:
    """Return Lin's concordance correlation ``2 s_ab / (s_a^2 + s_b^2 + (mean_a - mean_b)^2)``.

    Source: Lin 1989, Biometrics 45, 255-268, with variances over n. 1 only when all points lie on the line of
    equality.
    """
    if a.size < 2:
        return Undefined(_FEW)
    spread = a.var() + b.var() + (a.mean() - b.mean()) ** 2
    if spread <= _ROUNDING * ((a**2).sum() + (b**2).sum()):
        return Undefined(_ALIKE)
    return float(2 * ((a - a.mean()) * (b - b.mean())).mean() / spread)


def bland_altman(a: Floats, b: Floats) -> BlandAltman:
    """Return bias and limits of agreement of second minus first rater.

    Source: Bland & Altman 1986, Lancet 327, 307-310; standard deviation over n - 1. Limits assume that
    differences are about normal and do not grow with the mean: look at the points.
    """
    difference, mean = b - a, (a + b) / 2
    points = tuple(zip(mean.tolist(), difference.tolist(), strict=True))
    if a.size < 2:
        bias: Value = float(difference[0]) if a.size else Undefined("there is no clip")
        return BlandAltman(a.size, bias, Undefined(_FEW), Undefined(_FEW), points)
    center, spread = float(difference.mean()), 1.96 * float(difference.std(ddof=1))
    return BlandAltman(a.size, center, center - spread, center + spread, points)
