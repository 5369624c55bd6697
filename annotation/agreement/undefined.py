"""One way to say that a number does not exist: a reason in place of NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Undefined:
    """A statistic that is not defined for these data.

    Attributes
    ----------
    reason
        Why, as the end of a sentence that begins with "not defined because".
    """

    reason: str

    def __str__(self) -> str:
        return f"not defined because {self.reason}"


#: A number, or the reason why there is none. It is never NaN or infinite.
Value = float | Undefined


def is_defined(value: Value) -> TypeGuard[float]:
    """Whether `value` is a number."""
    return not isinstance(value, Undefined)


def number_or_none(value: Value) -> float | None:
    """Return the number, or None (JSON's null) where it is not defined."""
    return None if isinstance(value, Undefined) else value


def value_of(number: float, reason: str) -> Value:
    """Return `number` as a plain float, or `Undefined` with this reason when it is NaN or infinite."""
    return float(number) if math.isfinite(number) else Undefined(reason)


def ratio(part: float, whole: float, reason: str) -> Value:
    """Return ``part / whole``, or `Undefined` with this reason when `whole` is 0."""
    return float(part) / float(whole) if whole else Undefined(reason)


def divide(part: Any, whole: Any) -> NDArray[np.float64]:
    """Divide arrays; NaN where there is nothing to divide by, for `value_of` to put into words."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)
