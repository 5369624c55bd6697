"""Neurodata Without Borders files (``.nwb``) with the types Ethogram and EthogramBouts of ndx-ethogram."""

from __future__ import annotations

import datetime
import json
import tempfile
import uuid
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import FormatError, MissingExtraError
from ..tracks import UNLABELED
from .bout_rows import Declared, Row, labels_of_rows
from .choosing import chosen_one
from .gap_writing import behavior_bouts, rate_to_write
from .label_format import Format
from .labels import Labels, Loss
from .options import UNKNOWN, ReadOptions, WriteOptions
from .rates import clock_difference, nearest_frames, times_of
from .text import Binary

if TYPE_CHECKING:
    from types import ModuleType

NAME = "nwb"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_START_CHOICES = (UNKNOWN,)
_UNKNOWN_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_TABLE = "EthogramBouts"
_MODULE = "behavior"
_SOFTWARE = "napari-ethoprofile"
#: Provenances of labels that began as a proposal of a model.
_CURATED = ("accepted", "edited")


def sniff(file: Binary) -> bool:
    """Return whether an HDF5 file says that it is one of NWB, which may hold the types of ndx-ethogram."""
    if not file.head.startswith(_HDF5):
        return False
    import h5py

    try:
        with h5py.File(file.path, "r") as content:
            kept = content.get("specifications")
            return "nwb_version" in content.attrs and (kept is None or "ndx-ethogram" in kept)
    except OSError:
        return False


def _library() -> tuple[ModuleType, ModuleType]:
    """Return pynwb and ndx_ethogram.

    Raises
    ------
    MissingExtraError
        When they are not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import ndx_ethogram
            import pynwb
    except ImportError as error:
        raise MissingExtraError(
            'NWB files need a further package; install it with pip install "napari-ethoprofile[nwb]".'
        ) from error
    return pynwb, ndx_ethogram


def read(file: Binary, options: ReadOptions) -> list[Labels]:
    """Read all tables of bouts, or one where tables share behaviors; annotators apart.

    Within the observation intervals of a table, a frame without a bout is none; outside it is unlabeled. A
    table without them was assessed throughout.

    Raises
    ------
    FormatError
        When the file is damaged, holds no table of bouts, or leaves open which table is meant or the
        frame rate.
    MissingExtraError
        When pynwb and ndx-ethogram are not installed.
    """
    pynwb, _extension = _library()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pynwb.NWBHDF5IO(str(file.path), mode="r", load_namespaces=True) as source:
                content = source.read()
                tables = [t for t in content.objects.values() if getattr(t, "neurodata_type", "") == _TABLE]
                tables.sort(key=lambda table: (len(table.name), table.name))  # the file keeps no order
                return _read(tables, file, options)
    except FormatError:
        raise
    except Exception as error:  # what h5py, hdmf and the schema raise
        raise file.error(
            f"is damaged, or no NWB file that pynwb can read ({type(error).__name__}: {error})."
        ) from error


def _read(tables: list[Any], file: Binary, options: ReadOptions) -> list[Labels]:
    tables = _chosen(tables, file, options)
    about = [json.loads(table.parameters) if table.parameters else {} for table in tables]
    known = [about_one for about_one in about if isinstance(about_one, dict)]
    own = next((float(item["fps"]) for item in known if item.get("fps")), None) or _video_rate(tables)
    known_length = next((int(item["frames"]) for item in known if item.get("frames")), None)
    fps = options.fps or own
    if fps is None and options.times is None:
        raise file.error("gives seconds; say how many frames per second the recording has (fps).")
    people: dict[str, list[Any]] = {}
    for table in tables:
        people.setdefault(str(table.annotator or ""), []).append(table)
    contents = {person: _content(own_tables, fps, file, options) for person, own_tables in people.items()}
    declared = [entry for content in contents.values() for entry in content.declared]
    length = known_length or max(content.stop for content in contents.values()) or None
    found = []
    for person, content in contents.items():
        labels = labels_of_rows(
            content.rows, file, replace(options, gaps=options.gaps or "none"), NAME, fps=fps,
            report=clock_difference(own, options.fps), declared=declared, length=length,
            assessed=content.assessed or None,
        )[0]  # fmt: skip
        found.append(replace(labels, annotator=person or None, open_ended=not known_length))
    return found


@dataclass(frozen=True)
class _Content:
    """What one annotator's tables hold: bouts, behaviors, assessed stretches by group, the last frame."""

    rows: list[Row]
    declared: list[Declared]
    assessed: dict[str, list[tuple[int, int]]]
    stop: int


def _content(tables: list[Any], fps: float | None, file: Binary, options: ReadOptions) -> _Content:
    rows: list[Row] = []
    declared: list[Declared] = []
    assessed: dict[str, list[tuple[int, int]]] = {}
    stop = 0
    for table in tables:
        entries, groups = _ethogram(table)
        first, last = _frames(table, fps, file, options)
        names = [str(label) for label in table["label"].data[:]]
        for name in names:
            if name not in groups:
                groups[name] = table.name if _exclusive(table) else name
                entries.append(Declared(name, groups[name]))
        declared += entries
        for name, start, end in zip(names, first.tolist(), last.tolist(), strict=True):
            rows.append(Row(start, end, name, groups[name]))
            stop = max(stop, end)
        if table.observation_intervals is not None:
            starts, stops = _frames(table.observation_intervals, fps, file, options)
            stretches = list(zip(starts.tolist(), stops.tolist(), strict=True))
            assessed |= dict.fromkeys(groups.values(), stretches)
            stop = max([stop, *stops.tolist()])
    return _Content(rows, declared, assessed, stop)


def _chosen(tables: list[Any], file: Binary, options: ReadOptions) -> list[Any]:
    """Return the tables to read: all, unless tables of one annotator share behaviors."""
    if not tables:
        raise file.error("holds no table of bouts (EthogramBouts of ndx-ethogram).")
    names = [table.name for table in tables]
    if options.observation is not None:
        name = chosen_one(file, "observation", names, options.observation, noun="table")
        return [table for table in tables if table.name == name]
    used = [(str(t.annotator or ""), label) for t in tables for label in set(t["label"].data[:])]
    if len(set(used)) < len(used):
        chosen_one(file, "observation", names, None, noun="table")
    return tables


def _exclusive(table: Any) -> bool:
    return table.ethogram is not None and bool(table.ethogram.exclusive)


def _ethogram(table: Any) -> tuple[list[Declared], dict[str, str]]:
    """Return the behaviors that the catalog of a table lists, and the group of each."""
    catalog = table.ethogram
    if catalog is None:
        return [], {}
    names = [str(name) for name in catalog["behavior"].data[:]]
    definitions = [str(text) for text in catalog["definition"].data[:]]
    shared = catalog["category"].data[:] if "category" in catalog.colnames else [""] * len(names)
    groups = {
        name: (str(category) or table.name) if _exclusive(table) else name
        for name, category in zip(names, shared, strict=True)
    }
    return [Declared(n, groups[n], text) for n, text in zip(names, definitions, strict=True)], groups


def _video_rate(tables: list[Any]) -> float | None:
    videos = [table.source_video for table in tables if table.source_video is not None]
    return next((float(video.rate) for video in videos if video.rate), None)


def _frames(
    table: Any, fps: float | None, file: Binary, options: ReadOptions
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first frame and the stop frame of every row."""
    starts = np.asarray(table["start_time"].data[:], np.float64)
    stops = np.asarray(table["stop_time"].data[:], np.float64)
    if not (np.isfinite(starts).all() and np.isfinite(stops).all()) or (stops < starts).any():
        raise file.error(
            f"has a row in the table '{table.name}' that does not run from a start to a later stop."
        )
    first = nearest_frames(starts, fps, options.times) - options.first_frame
    last = nearest_frames(stops, fps, options.times) - options.first_frame
    if first.size and first.min() < 0:
        raise file.error(f"has a row in the table '{table.name}' that starts before the first frame.")
    return first, np.maximum(last, first + 1)


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a file needs and the labels do not say: when the recording began."""
    if options.session_start is not None and options.session_start not in _START_CHOICES:
        _start(options)
        return []
    if options.choice("session_start", _START_CHOICES):
        return []
    phrase = (
        "NWB wants the date and time at which the recording began (session_start=2026-05-01T09:00:00+02:00)"
    )
    return [Loss("session_start", phrase, _START_CHOICES)]


def _start(options: WriteOptions) -> datetime.datetime:
    given = options.session_start
    if given is None or given in _START_CHOICES:
        return _UNKNOWN_START
    try:
        found = datetime.datetime.fromisoformat(given)
    except ValueError as error:
        raise FormatError(
            f"The option session_start is a date and time such as 2026-05-01T09:00:00+02:00, not '{given}'."
        ) from error
    return found if found.tzinfo else found.astimezone()


def write(labels: Labels, options: WriteOptions) -> bytes:
    """Return the content of a file: a catalog and a table of bouts for each group.

    Raises
    ------
    MissingExtraError
        When pynwb and ndx-ethogram are not installed.
    """
    pynwb, ndx_ethogram = _library()
    fps = rate_to_write(labels, options, "An NWB file")
    known = options.session_start not in (None, *_START_CHOICES)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        content = pynwb.NWBFile(
            session_description="Behavior labels" + ("" if known else " (start of the recording not known)"),
            identifier=str(uuid.uuid4()),
            session_start_time=_start(options),
        )
        module = content.create_processing_module(
            _MODULE, "Behavior labels, a table for each exclusive group"
        )
        video = None
        if labels.media:
            video = pynwb.image.ImageSeries(
                name="recording", external_file=[labels.media], format="external", rate=fps,
                starting_frame=[0], num_samples=labels.frames, unit="n.a.",
                description="The recording that was labeled",
            )  # fmt: skip
            content.add_acquisition(video)
        for group in range(labels.track.groups):
            _add_group(content, module, labels, group, options, fps, video, pynwb, ndx_ethogram)
        path = Path(folder) / "labels.nwb"
        with pynwb.NWBHDF5IO(str(path), mode="w") as target:
            target.write(content)
        return path.read_bytes()


def _add_group(
    content: Any,
    module: Any,
    labels: Labels,
    group: int,
    options: WriteOptions,
    fps: float,
    video: Any,
    pynwb: ModuleType,
    ndx_ethogram: ModuleType,
) -> None:
    """Add the catalog, the assessed stretches and the bouts of one group."""
    name, number = labels.ethogram.groups[group], f"_{group + 1}" if labels.track.groups > 1 else ""
    catalog = ndx_ethogram.Ethogram(
        name=f"ethogram{number}", description=f"Behaviors of the group '{name}'", exclusive=True
    )
    for column in ("behavior_type", "category"):
        catalog.add_column(column, column)
    for behavior in labels.ethogram.behaviors:
        if behavior.group == name:
            catalog.add_row(
                behavior=behavior.name, definition=behavior.definition, behavior_type="state", category=name
            )
    observed = pynwb.epoch.TimeIntervals(
        name=f"observed{number}", description="Stretches in which every frame was looked at"
    )
    for begins, ends in _seconds(options, fps, _observed(labels, group)):
        observed.add_row(start_time=begins, stop_time=ends)
    curated = any(m.group == group and m.provenance.startswith(_CURATED) for m in labels.marks)
    bouts = ndx_ethogram.EthogramBouts(
        name=f"bouts{number}", description=f"Bouts of the group '{name}'",
        labeling_method="curated" if curated else "manual", source_software=_SOFTWARE,
        annotator=labels.annotator,
        parameters=json.dumps({"fps": fps, "frames": labels.frames, "first_frame": options.first_frame}),
        ethogram=catalog, observation_intervals=observed, source_video=video,
    )  # fmt: skip
    scored = behavior_bouts(labels, group)
    times = _seconds(options, fps, [(bout.start, bout.stop) for bout in scored])
    for bout, (begins, ends) in zip(scored, times, strict=True):
        bouts.add_row(start_time=begins, stop_time=ends, label=labels.ethogram.label_name(bout.label))
    module.add(catalog)
    module.add(observed)
    module.add(bouts)


def _observed(labels: Labels, group: int) -> list[tuple[int, int]]:
    """Return the stretches of one group in which every frame is decided."""
    found: list[tuple[int, int]] = []
    for bout in labels.track.bouts(group):
        if bout.label != UNLABELED:
            joined = found and found[-1][1] == bout.start
            found[-1:] = [(found[-1][0], bout.stop)] if joined else [*found[-1:], (bout.start, bout.stop)]
    return found


def _seconds(
    options: WriteOptions, fps: float, stretches: list[tuple[int, int]]
) -> list[tuple[float, float]]:
    """Return start and stop of every stretch in seconds."""
    frames = np.array(stretches, np.int64).reshape(-1, 2)
    seconds = times_of(frames + (0 if options.times is not None else options.first_frame), fps, options.times)
    return [(float(begins), float(ends)) for begins, ends in np.asarray(seconds).reshape(-1, 2)]


FORMAT = Format(
    name=NAME,
    title="Neurodata Without Borders with ndx-ethogram",
    ending=".nwb",
    cannot_hold=(
        "when the recording began, unless it is told (session_start)",
        "notes, uncertain flags and provenance of single bouts",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
    binary=True,
)
