"""Small label files and labels for the tests of formats."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from napari_ethoprofile.annotation.ethogram import Ethogram, preset
from napari_ethoprofile.annotation.formats import Labels
from napari_ethoprofile.annotation.tracks import LabelTrack

HEADER_8 = "0:drink; 1:eat; 2:groom; 3:hang; 4:micromovement; 5:rear; 6:rest; 7:walk; "
HEADER_10 = "0:none; 1:drink; 2:eat; 3:groom back; 4:groom; 5:hang; 6:micromovement; 7:rear; 8:rest; 9:walk; "
HEADER_7 = "0:drink; 1:eat; 2:mm+; 3:hang; 4:rear; 5:rest; 6:walk; v4"
HEADER_RESULTS = "0:drink; 1:eat; 2:groom; 3:hang; 4:mm; 5:rear; 6:rest; 7:walk; v4"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file byte for byte and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def clip_text(
    codes: Sequence[object], header: str = HEADER_8, second: str = "frame;annotation", first: int = 0
) -> str:
    """Return a DeepEthoProfile table with these codes."""
    lines = [header, second, *(f"{frame};{code}" for frame, code in enumerate(codes, start=first))]
    return "\n".join(line for line in lines if line) + "\n"


def home_cage(codes: Sequence[int], **more: object) -> Labels:
    """Return labels of the home-cage ethogram, one group."""
    return Labels(LabelTrack(np.array(codes)[:, None]), preset("home-cage"), **more)  # type: ignore[arg-type]


def names_of(labels: Labels, group: int = 0) -> list[str]:
    """Return the name of every frame in one group."""
    return [labels.ethogram.label_name(int(code)) for code in labels.track.codes[:, group]]


def in_groups(**groups: Sequence[str]) -> Ethogram:
    """Return an ethogram of these groups and their behaviors."""
    items = [{"name": name, "group": group} for group, names in groups.items() for name in names]
    return Ethogram.from_dict({"behaviors": items})
