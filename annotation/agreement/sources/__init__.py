"""Where the labels of an agreement report come from: label files, or passes of a project."""

from .files import FileOptions, material_of_files
from .material import ORIGINS, Coding, Material, SharedClip
from .passes import material_of_passes

__all__ = [
    "ORIGINS",
    "Coding",
    "FileOptions",
    "Material",
    "SharedClip",
    "material_of_files",
    "material_of_passes",
]
