"""A generated side-view home-cage recording with frame-exact ground truth for demo, tests, simulations."""

from .film import render
from .person import label_as_a_person
from .recorder import (
    RecordingCanceledError,
    SyntheticRecording,
    make_cohort,
    read_truth,
    record,
    truth_path,
)
from .script import ETHOGRAM, make_script
from .settings import EASY, HARD, HARDEST, MEDIUM, Difficulty, Subject, as_difficulty, make_subjects

__all__ = [
    "EASY",
    "ETHOGRAM",
    "HARD",
    "HARDEST",
    "MEDIUM",
    "Difficulty",
    "RecordingCanceledError",
    "Subject",
    "SyntheticRecording",
    "as_difficulty",
    "label_as_a_person",
    "make_cohort",
    "make_script",
    "make_subjects",
    "read_truth",
    "record",
    "render",
    "truth_path",
]
