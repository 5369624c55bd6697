"""Recordings, exact to the frame: reading, indexing, recognizing and transcoding them."""

from .building import IndexingCanceledError, index_video
from .containers import Probe, probe
from .fingerprint import Change, Fingerprint, compare, find_moved
from .index import FrameIndex
from .video import Video

__all__ = [
    "Change",
    "Fingerprint",
    "FrameIndex",
    "IndexingCanceledError",
    "Probe",
    "Video",
    "compare",
    "find_moved",
    "index_video",
    "probe",
]
