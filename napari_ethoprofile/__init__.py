"""Score animal behavior frame by frame in napari."""

__version__ = "0.1.0"
