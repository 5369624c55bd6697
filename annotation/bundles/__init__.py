"""Work on several computers: assigned clips go out in one file, finished passes come back in another."""

from .merging import merge
from .opening import open_bundle
from .packing import VIDEO_WAYS, Packed, pack_assigned, pack_finished

__all__ = ["VIDEO_WAYS", "Packed", "merge", "open_bundle", "pack_assigned", "pack_finished"]
