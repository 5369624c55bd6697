"""Snapshots of made-up labels, without a project."""

import numpy as np
from napari_ethoprofile.annotation.ethogram import Ethogram, make_ethogram
from napari_ethoprofile.training.snapshots import LabeledStretch, Snapshot

ETHOGRAM = make_ethogram(["eat", "sleep", "walk"])


def stretch(
    subject: str,
    codes: list[int] | np.ndarray,
    *,
    video: str = "",
    start: int = 0,
    strain: str = "",
    fps: float = 25.0,
    recording: str = "",
) -> LabeledStretch:
    """Return a stretch of one group with these codes."""
    column = np.asarray(codes, np.int16)
    video = video or f"video of {subject}"
    return LabeledStretch(
        video=video,
        path=f"/recordings/{video}.mkv",
        fingerprint=f"content of {video}",
        subject=subject,
        strain=strain,
        recording=recording or video,
        fps=fps,
        start=start,
        stop=start + len(column),
        codes=column[:, None] if column.ndim == 1 else column,
    )


def snapshot(*stretches: LabeledStretch, ethogram: Ethogram = ETHOGRAM) -> Snapshot:
    """Return a snapshot of these stretches."""
    return Snapshot(ethogram, stretches)
