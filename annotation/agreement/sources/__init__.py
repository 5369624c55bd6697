"""Where the labels of an agreement report come from: label files, or passes of a project."""

from .choosable import Choosable, RaterChoice, choosable_raters, open_passes
from .files import FileOptions, material_of_files
from .material import ORIGINS, Coding, Material, SharedClip
from .passes import material_of_passes

__all__ = [
    "ORIGINS",
    "Choosable",
    "Coding",
    "FileOptions",
    "Material",
    "RaterChoice",
    "SharedClip",
    "choosable_raters",
    "material_of_files",
    "material_of_passes",
    "open_passes",
]
