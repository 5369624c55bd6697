"""DLCAnalyzer bout tables: several raters and recordings in one file, seconds with inclusive ends."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_NAME, UNLABELED_NAME, Ethogram, make_ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .cells import read_cells
from .label_format import Format
from .labels import Labels, Loss
from .options import OVERLAP_RULES, ReadOptions, WriteOptions
from .rates import times_of
from .text import Text
from .wording import counted

if TYPE_CHECKING:
    import pandas as pd

NAME = "dlcanalyzer"
COLUMNS = ("file", "Experimenter", "from", "to", "type", "ID", "DLCFile")
#: Older tables lack the last column.
_REQUIRED = tuple(name.casefold() for name in COLUMNS[:-1])
_TRACKING = COLUMNS[-1].casefold()
FPS = 25.0
#: Rows that say where the trial begins and ends, in their three spellings, and the program's own placeholder.
_MARKERS = ("start/end", "start_end", "startend")
_PLACEHOLDER = "_default"
_MISSING = ("", "na", "nan")
#: Seconds are rounded in files; a time counts as on a frame when it is off by less than this many frames.
_ROUNDING = 1e-3
_UNLABELED_CHOICES = ("none",)
#: Names that are no behaviors, and their codes.
_SPECIAL = {NONE_NAME: NONE, UNLABELED_NAME: UNLABELED}
#: Of seconds that are written: enough for every frame to come back at any usual rate.
_DECIMALS = 6


def sniff(text: Text) -> bool:
    """Return whether the first line names the columns of DLCAnalyzer."""
    return set(_REQUIRED) <= {cell.casefold() for cell in text.header}


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read the labels of every rater on every recording of a table.

    A frame has a label when its time lies in ``[from, to]``, both ends included. What no bout covers is none
    unless ``gaps`` says otherwise; where the bouts of one rater overlap the later row wins, or with
    ``overlaps="apart"`` every behavior gets a group of its own. A recording is ``floor(fps * t) + 1`` frames
    long, t being the largest ``to`` of any rater, markers of the trial included; the rate is 25 frames per
    second when not given. A rater who only set markers has looked and seen nothing.

    Parameters
    ----------
    text
        The file.
    options
        ``fps``, ``gaps``, ``overlaps`` and ``video`` (one recording only) count here.

    Returns
    -------
    list of Labels
        By recording in the file's order, then by rater; all of them share one ethogram.

    Raises
    ------
    FormatError
        When columns or numbers are malformed, a bout stops before it starts, or `video` is not there.
    """
    rule = options.overlaps or "later"
    if rule not in OVERLAP_RULES:
        raise text.error(f"is read with overlaps={' or '.join(OVERLAP_RULES)}, not '{rule}'.")
    rows, report = _rows(text)
    names: dict[str, str] = {}
    for name in rows["type"][~rows["marker"]]:
        names.setdefault(name.casefold(), name)
    own = [name for key, name in names.items() if key not in _SPECIAL]
    ethogram = make_ethogram(own, text.path.stem, exclusive=rule == "later")
    recordings = _recordings(rows, options, text)
    rows = rows[rows["id"].isin(recordings)]
    fps = options.fps or FPS
    first, stop = _frames(rows["from"].to_numpy(), rows["to"].to_numpy(), fps, options.times)
    rows = rows.assign(first=first, stop=stop)
    after = UNLABELED if options.gaps == "unlabeled" else NONE
    found: list[Labels] = []
    overlapping: dict[str, NDArray[np.int64]] = {}
    for recording in recordings:
        here = rows[rows["id"] == recording]
        frames = int(here["stop"].max())
        for rater in dict.fromkeys(here["experimenter"]):
            bouts = here[(here["experimenter"] == rater) & ~here["marker"]]
            codes, several = _painted(bouts, ethogram, frames, after)
            overlapping[rater] = overlapping.get(rater, 0) + several
            found.append(
                Labels(
                    track=LabelTrack(codes),
                    ethogram=ethogram,
                    fps=fps,
                    annotator=rater or None,
                    recording=recording,
                    format=NAME,
                    source=text.path,
                    open_ended=True,
                    after=after,
                )
            )
    said = "the later row won" if rule == "later" else "each behavior got a group of its own"
    return [
        labels.reported(*report, *_overlap_report(labels.annotator or "", overlapping, said))
        for labels in found
    ]


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a table cannot hold of these labels and the options leave open."""
    found = []
    taken = [b.name for b in labels.ethogram.behaviors if b.name.casefold() in (*_MARKERS, _PLACEHOLDER)]
    if taken:
        found.append(Loss("names", f"'{taken[0]}' is a marker in this format; rename the behavior"))
    if labels.fps is None and options.fps is None and options.times is None:
        found.append(Loss("fps", "bouts stand in seconds; say how many frames per second there are"))
    open_frames = int((labels.track.codes == UNLABELED).any(axis=1).sum())
    if open_frames and options.choice("unlabeled", _UNLABELED_CHOICES) is None:
        sentence = f"{counted(open_frames, 'frame', 'is', 'are')} unlabeled"
        found.append(Loss("unlabeled", sentence, _UNLABELED_CHOICES))
    return found


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a table of one rater; a marker over the whole trial keeps the number of frames."""
    seconds = times_of(np.arange(labels.frames), options.fps or labels.fps, options.times)
    assert seconds is not None  # `losses` asked for the rate
    recording = labels.recording or Path(options.file_name or "recording").name.split(".")[0]
    bouts = [b for group in range(labels.track.groups) for b in labels.track.bouts(group) if b.label > NONE]
    spans = [(bout.start, bout.stop, labels.ethogram.label_name(bout.label)) for bout in sorted(bouts)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for start, stop, name in [(0, labels.frames, "StartEnd"), *spans]:
        ends = [round(float(seconds[frame]), _DECIMALS) for frame in (start, stop - 1)]
        rater = labels.annotator or ""
        writer.writerow([options.file_name or recording, rater, *ends, name, recording, ""])
    return text.getvalue()


def _rows(text: Text) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows that say something, with seconds as numbers, and what was left out."""
    import pandas as pd

    header = [cell.casefold() for cell in text.header]
    lacking = [name for name in _REQUIRED if name not in header]
    if lacking:
        raise text.error(f"lacks the column '{lacking[0]}' of a DLCAnalyzer table.")
    table = read_cells(text, [str(position) for position in range(len(header))])
    chosen = [name.casefold() for name in COLUMNS if name.casefold() in header]
    table = table[[str(header.index(name)) for name in chosen]]
    table.columns = pd.Index(chosen)
    table = table.apply(lambda cells: cells.str.strip())
    table.index = table.index + 2  # the number of the row's line
    report = []
    plain = table["type"].str.casefold()
    empty = table[["from", "to", "type"]].apply(lambda cells: cells.str.casefold().isin(_MISSING)).any(axis=1)
    if empty.any():
        first = table.index[empty][0]
        report.append(
            f"{counted(int(empty.sum()), 'row', 'was', 'were')} left out: from, to or type is missing "
            f"(line {first})."
        )
    table = table.assign(marker=plain.isin((*_MARKERS, _PLACEHOLDER)))[~empty]
    if table.empty:
        raise text.error("holds no bout.")
    if _TRACKING in table:
        files = table.groupby("id")[_TRACKING].nunique()
        if (files > 1).any():
            raise text.error(
                f"names two tracking files for '{files.index[files > 1][0]}', so that its raters may have "
                "seen two different videos; give the recordings different IDs or correct the name."
            )
    same = table[list(_REQUIRED)].duplicated()
    if same.any():
        first = table.index[same][0]
        report.append(
            f"{counted(int(same.sum()), 'row', 'repeats', 'repeat')} an earlier row and "
            f"{'changes' if same.sum() == 1 else 'change'} nothing (line {first})."
        )
    markers = int((table["marker"] & (plain[~empty] != _PLACEHOLDER)).sum())
    placeholders = int(table["marker"].sum()) - markers
    if markers:
        report.append(
            f"{counted(markers, 'marker')} of the trial's start and end counted for its length only."
        )
    if placeholders:
        report.append(f"{counted(placeholders, 'placeholder')} (_DEFAULT) counted for its length only.")
    table = table.assign(**{end: _seconds(table, end, text) for end in ("from", "to")})
    backwards = table["to"] < table["from"]
    if backwards.any():
        raise text.error(f"has a bout that stops before it starts in line {table.index[backwards][0]}.")
    return table, report


def _seconds(table: pd.DataFrame, end: str, text: Text) -> NDArray[np.float64]:
    import pandas as pd

    seconds = np.asarray(pd.to_numeric(table[end], errors="coerce"), np.float64)
    wrong = np.flatnonzero(~np.isfinite(seconds) | (seconds < 0))
    if wrong.size:
        line = table.index[int(wrong[0])]
        raise text.error(f"has '{table[end].iloc[int(wrong[0])]}' for '{end}' in line {line}, not seconds.")
    return seconds


def _recordings(rows: pd.DataFrame, options: ReadOptions, text: Text) -> list[str]:
    """Return the recordings to read: the one that was asked for, or all."""
    recordings = list(dict.fromkeys(rows["id"]))
    if options.video is not None:
        if options.video not in recordings:
            raise text.error(
                f"holds the recordings {_listed(recordings)}; '{options.video}' is none of them."
            )
        return [options.video]
    if options.frames is not None and len(recordings) > 1:
        raise text.error(
            f"holds {len(recordings)} recordings; a number of frames can be given for one of them only."
        )
    return recordings


def _frames(
    starts: NDArray[np.float64], stops: NDArray[np.float64], fps: float, times: NDArray[np.float64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the frames ``[first, stop)`` whose times lie in ``[start, stop]``."""
    if times is not None:
        slack = _ROUNDING / fps
        return np.searchsorted(times, starts - slack), np.searchsorted(times, stops + slack, side="right")
    first = np.ceil(starts * fps - _ROUNDING).astype(np.int64)
    return first, np.floor(stops * fps + _ROUNDING).astype(np.int64) + 1


def _painted(
    rows: pd.DataFrame, ethogram: Ethogram, frames: int, gap: int
) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Return codes (frames, groups) of one rater on one recording, and how many frames carry several.

    The second item counts the frames with several bouts, and those of them with several behaviors.
    """
    ids = {behavior.name.casefold(): behavior.id for behavior in ethogram.behaviors} | _SPECIAL
    several_groups = len(ethogram.groups) > 1
    codes = np.full((frames, len(ethogram.groups)), gap, CODE)
    bouts = np.zeros((len(ids), frames), np.int32)
    for name, first, stop in rows[["type", "first", "stop"]].itertuples(index=False):
        code = ids[name.casefold()]
        group = ethogram.group_of(code) if several_groups and code > NONE else slice(None)
        codes[first:stop, group] = code
        bouts[code, first:stop] += 1  # unlabeled counts from the end
    several = [int((bouts.sum(axis=0) > 1).sum()), int(((bouts > 0).sum(axis=0) > 1).sum())]
    return codes, np.array(several)


def _overlap_report(rater: str, overlapping: dict[str, NDArray[np.int64]], said: str) -> list[str]:
    bouts, behaviors = overlapping[rater].tolist()
    if not bouts:
        return []
    carry = counted(bouts, "frame", "carries", "carry")
    return [f"{rater}: {carry} several bouts, {behaviors:,} of them several behaviors; {said}."]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


FORMAT = Format(
    name=NAME,
    title="DLCAnalyzer bout table, several raters and recordings in one file",
    ending="_dlcanalyzer.csv",
    cannot_hold=(
        "unlabeled frames",
        "several behaviors at once, unless it is read again with overlaps=apart",
        "behaviors that never occur, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
