"""A project: one folder, one database, an append-only journal of edits, one door for reading."""

from .door import Door, HistoryEntry, SourceRun
from .editor import PassEditor
from .ethogram_changes import EthogramChange
from .ethograms import EthogramVersion
from .folders import find_project
from .holdouts import Purpose
from .journal import Act, Change, Origin
from .model_events import ModelAct, ModelEvent
from .notes import Note, NoteEdit
from .proposal_edits import ProposalEdit
from .records import (
    AnnotatorRecord,
    AssignmentRecord,
    ClipPreview,
    ClipRecord,
    Kind,
    PassRecord,
    Renaming,
    State,
    StateChange,
    SubjectRecord,
    VideoRecord,
)
from .standing import standing_edits
from .store import Project
from .taking_in import Merged
from .videos import VideoCheck

__all__ = [
    "Act",
    "AnnotatorRecord",
    "AssignmentRecord",
    "Change",
    "ClipPreview",
    "ClipRecord",
    "Door",
    "EthogramChange",
    "EthogramVersion",
    "HistoryEntry",
    "Kind",
    "Merged",
    "ModelAct",
    "ModelEvent",
    "Note",
    "NoteEdit",
    "Origin",
    "PassEditor",
    "PassRecord",
    "Project",
    "ProposalEdit",
    "Purpose",
    "Renaming",
    "SourceRun",
    "State",
    "StateChange",
    "SubjectRecord",
    "VideoCheck",
    "VideoRecord",
    "find_project",
    "standing_edits",
]
