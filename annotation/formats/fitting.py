"""Labels fitted to the number of frames of their recording: reported with numbers, never shifted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import FormatError
from ..tracks import CODE, LabelTrack
from .columns import continued
from .labels import Labels, Mark
from .rates import rate_difference
from .wording import counted

#: Frames that a file may lack at its end without asking. The network of DeepEthoProfile leaves out up to 10
#: frames of an unfinished block of 11 and up to 17 that its decoder still held; this is about twice that.
SHORT_TAIL = 50
#: Rows that a file may have too many without asking: labels cut by an inclusive slice have one.
SURPLUS = 1


def fit_to(labels: Labels, frames: int, *, fps: float | None = None, allow_mismatch: bool = False) -> Labels:
    """Fit labels to a stretch of `frames` frames: row k stays frame k.

    One surplus row is left out, and up to 50 frames missing at the end are unlabeled; both are reported.
    Files that do not say how many frames there are (bout tables) may end anywhere.

    Parameters
    ----------
    labels
        What a reader gave.
    frames
        Number of frames of the recording or clip.
    fps
        Its frame rate; another one in the file is reported.
    allow_mismatch
        Accept any other length as well: rows beyond the end are left out, missing ones unlabeled.

    Raises
    ------
    FormatError
        When the lengths differ by more, as those of a file that belongs to another recording.
    """
    report = rate_difference(labels.fps, fps)
    extra = labels.frames - frames
    missing = -extra
    if not allow_mismatch and (extra > SURPLUS or (missing > SHORT_TAIL and not labels.open_ended)):
        source = f"The label file {labels.source}" if labels.source else "The labels"
        raise FormatError(
            f"{source} has {counted(labels.frames, 'row')} for {counted(frames, 'frame')}, "
            f"{abs(extra):,} too {'many' if extra > 0 else 'few'}; it may belong to another recording.",
            " To import it from the first frame on nevertheless, allow the mismatch.",
        )
    if extra > 0:
        report.append(
            f"The file has {counted(labels.frames, 'row')} for {counted(frames, 'frame')}; "
            f"the last {counted(extra, 'row', 'was', 'were')} left out."
        )
    elif missing > 0:
        report.append(
            f"The file ends after {labels.frames:,} of {counted(frames, 'frame')}; "
            f"the last {missing:,} {'is' if missing == 1 else 'are'} "
            f"{labels.ethogram.label_name(labels.after)}."
        )
    fitted = _resized(labels, frames) if extra else labels
    return replace(fitted, open_ended=False).reported(*report)


def cut(labels: Labels, start: int, stop: int) -> Labels:
    """Return the labels of ``[start, stop)`` alone, such as those of one clip of a whole recording.

    Raises
    ------
    FormatError
        When the stretch does not lie on the labels.
    """
    if not 0 <= start < stop <= labels.frames:
        raise FormatError(f"Frames {start:,} to {stop:,} do not lie on labels of {labels.frames:,} frames.")
    frames, times, seconds = labels.frame_column, labels.time_column, labels.seconds
    return replace(
        labels,
        track=LabelTrack(labels.track.codes[start:stop]),
        marks=_cut_marks(labels.marks, start, stop),
        frame_column=None if frames is None else frames[start:stop].copy(),
        time_column=None if times is None else times[start:stop].copy(),
        seconds=None if seconds is None else seconds[start:stop] - seconds[start],
    )


def _resized(labels: Labels, frames: int) -> Labels:
    if frames <= labels.frames:
        return cut(labels, 0, frames)
    codes = np.full((frames, labels.track.groups), labels.after, CODE)
    codes[: labels.frames] = labels.track.codes
    return replace(
        labels,
        track=LabelTrack(codes),
        frame_column=None if labels.frame_column is None else continued(labels.frame_column, frames),
        time_column=None if labels.time_column is None else continued(labels.time_column, frames),
        seconds=None,
    )


def _cut_marks(marks: tuple[Mark, ...], start: int, stop: int) -> tuple[Mark, ...]:
    return tuple(
        replace(mark, start=max(mark.start, start) - start, stop=min(mark.stop, stop) - start)
        for mark in marks
        if mark.start < stop and start < mark.stop
    )
