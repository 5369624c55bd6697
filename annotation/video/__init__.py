"""Recordings, exact to the frame: reading, indexing, recognizing and transcoding them."""

from .building import IndexingCanceledError, index_video, stored_index
from .containers import Probe, probe
from .fingerprint import Change, Fingerprint, compare, find_moved
from .index import FrameIndex
from .index_queue import IndexQueue, IndexStatus
from .transcoding import transcode
from .video import Video

__all__ = [
    "Change",
    "Fingerprint",
    "FrameIndex",
    "IndexQueue",
    "IndexStatus",
    "IndexingCanceledError",
    "Probe",
    "Video",
    "compare",
    "find_moved",
    "index_video",
    "probe",
    "stored_index",
    "transcode",
]
