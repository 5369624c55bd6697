"""Outputs to probabilities that mean what they say: temperature and class prior, fitted on held-out animals.

Temperature scaling: Guo et al., ICML 2017. Training weighs rare behaviors up, which tilts the outputs toward
them; the class prior tilts them back, as far as the held-out labels ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .snapshots import IGNORED

#: Temperatures beyond these come from too few labels.
_TEMPERATURES = (0.2, 10.0)
_THRESHOLDS = np.linspace(0.05, 0.95, 19)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns the outputs of one group into probabilities.

    Attributes
    ----------
    temperature
        Outputs are divided by it; above 1 the model was too sure.
    log_prior
        Logarithm of the frequency of every class among the labels that were learned from; two classes
        (absent, present) in a group of one behavior.
    strength
        How far the prior counts, 0 (balanced recall) to 1 or so (frame accuracy).
    threshold
        In a group of one behavior: the probability from which it counts as happening. Not used elsewhere.
    """

    temperature: float = 1.0
    log_prior: tuple[float, ...] = ()
    strength: float = 0.0
    threshold: float = 0.5

    def probabilities(self, logits: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return probabilities (steps, outputs) of logits (steps, outputs)."""
        probabilities = np.exp(_log_softmax(self._scores(logits)))
        single = logits.shape[1] == 1
        return (probabilities[:, 1:] if single else probabilities).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: the inverse of `from_dict`."""
        return asdict(self) | {"log_prior": list(self.log_prior)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Calibration:
        """Return the calibration that plain data describe."""
        return cls(**data | {"log_prior": tuple(data["log_prior"])})

    def _scores(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        full = _with_absence(logits) / self.temperature
        return full + self.strength * np.asarray(self.log_prior) if self.log_prior else full


def fit_calibration(
    logits: Sequence[NDArray[np.floating]], targets: Sequence[NDArray[np.integer]], counts: Sequence[float]
) -> Calibration:
    """Return the calibration under which held-out labels are most likely.

    Parameters
    ----------
    logits
        Outputs (steps, outputs) for stretches that the model has not learned from.
    targets
        Classes of their labels (steps,); `IGNORED` where there is none.
    counts
        Examples of every class among the labels that were learned from; two in a group of one behavior.

    Returns
    -------
    Calibration
        The identity where nothing is labeled.
    """
    from scipy.optimize import minimize

    all_targets = np.concatenate([np.asarray(target) for target in targets])
    known = all_targets != IGNORED
    if not known.any():
        return Calibration()
    scores = _with_absence(np.concatenate(list(logits)))[known]
    wanted = all_targets[known]
    frequency = (np.asarray(counts, float) + 1) / (np.sum(counts) + len(counts))
    log_prior = np.log(frequency)

    def surprise(parameters: NDArray[np.float64]) -> float:
        logs = _log_softmax(scores / np.exp(parameters[0]) + parameters[1] * log_prior)
        return float(-logs[np.arange(len(wanted)), wanted].mean())

    bounds = [(float(np.log(_TEMPERATURES[0])), float(np.log(_TEMPERATURES[1]))), (0.0, 1.0)]
    found = minimize(surprise, np.array([0.0, 0.0]), bounds=bounds, method="L-BFGS-B")
    calibration = Calibration(
        float(np.exp(found.x[0])), tuple(log_prior.tolist()), float(found.x[1])
    )  # fmt: skip
    if scores.shape[1] != 2 or logits[0].shape[1] != 1:
        return calibration
    probabilities = calibration.probabilities(np.concatenate(list(logits))[known])[:, 0]
    return Calibration(
        calibration.temperature, calibration.log_prior, calibration.strength,
        best_threshold(probabilities, wanted == 1),
    )  # fmt: skip


def best_threshold(probabilities: NDArray[np.floating], happens: NDArray[np.bool_]) -> float:
    """Return the threshold of the highest F1, of equals the nearest to one half."""
    if not happens.any():
        return 0.5

    def score(threshold: float) -> tuple[float, float]:
        said = probabilities >= threshold
        right = float((said & happens).sum())
        return 2 * right / float(said.sum() + happens.sum()), -abs(threshold - 0.5)

    return float(max(_THRESHOLDS, key=score))


def _with_absence(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return logits of two classes (absent, present) where there is one output, else the logits."""
    wide = np.asarray(logits, np.float64)
    return np.concatenate([np.zeros_like(wide), wide], axis=1) if wide.shape[1] == 1 else wide


def _log_softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = scores - scores.max(axis=1, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result
