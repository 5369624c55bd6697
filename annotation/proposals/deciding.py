"""Which frames of a pass tell whether a model is right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..ethogram import Ethogram
from ..tracks import NONE


def decided(codes: NDArray[np.integer], ethogram: Ethogram) -> NDArray[np.bool_]:
    """Return where a person has said something that a model can be right or wrong about.

    That is a behavior; in a group of one behavior none says that it is absent, which counts as much. In a
    group of several, none says that nothing could be determined: there is no right answer then.

    Parameters
    ----------
    codes
        Labels of a person (frames, groups).
    ethogram
        Of the project.

    Returns
    -------
    NDArray
        bool (frames, groups).
    """
    sizes = [sum(b.group == group for b in ethogram.behaviors) for group in ethogram.groups]
    return np.where(np.array(sizes) == 1, codes >= NONE, codes > NONE)
