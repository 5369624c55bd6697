"""Label files of this and other tools: one module a format, and one set of functions for all of them."""

from .code_table import EIGHT
from .companions import Companion, companions, effective, named_companions
from .fitting import cut, fit_to
from .label_format import Format
from .labels import Labels, Layout, Loss, LossError, Mark, restore_details, source_details
from .mapping import OLD_CLASSES, map_to, old_classes, rename
from .options import TOLD, ReadOptions, WriteOptions
from .registry import FORMATS, get_format, losses, read_all, read_labels, sniff, write_labels

__all__ = [
    "EIGHT",
    "FORMATS",
    "OLD_CLASSES",
    "TOLD",
    "Companion",
    "Format",
    "Labels",
    "Layout",
    "Loss",
    "LossError",
    "Mark",
    "ReadOptions",
    "WriteOptions",
    "companions",
    "cut",
    "effective",
    "fit_to",
    "get_format",
    "losses",
    "map_to",
    "named_companions",
    "old_classes",
    "read_all",
    "read_labels",
    "rename",
    "restore_details",
    "sniff",
    "source_details",
    "write_labels",
]
