"""What a finished job left."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ...annotation.errors import LearnError
from .job import Job

RESULT_NAME = "result.json"


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished job left in its folder ``result``; ``result.json``.

    Attributes
    ----------
    model
        Id of the model.
    sentence
        What came out, with figures.
    warnings
        Sentences for the user.
    seconds
        How long it took, without what an earlier run of the same job had finished.
    """

    model: str
    sentence: str
    warnings: tuple[str, ...]
    seconds: float

    @classmethod
    def read(cls, job: Job) -> Result:
        """Read the result of a job, or raise `LearnError`."""
        try:
            data = json.loads((job.result / RESULT_NAME).read_text(encoding="utf-8"))
            return cls(**data | {"warnings": tuple(data["warnings"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LearnError(f"The result of the training {job.id} cannot be read; train again.") from error
