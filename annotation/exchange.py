"""Label files into a project and out of it: what the window and the command line share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .clips import Stretch
from .errors import FormatError, ProjectError
from .formats import (
    Labels,
    LossError,
    Mark,
    WriteOptions,
    fit_to,
    get_format,
    map_to,
    old_classes,
    read_labels,
    restore_details,
    source_details,
    write_labels,
)
from .frame_clock import FrameClock
from .project import Kind, PassRecord, Project, VideoRecord
from .project.clips import clip_id
from .project.folders import safe_name
from .project.taking_out import DETAILS
from .tracks import UNLABELED, LabelTrack

#: Rows that a label file may have more than its clip, or fewer, and still be told by its length.
_TOLERANCE = 1
#: How the names of label files and of clips say which frames they hold.
_PLACE = re.compile(r"_s(\d+)_n(\d+)(?=_|$)")
#: What DeepEthoProfile calls a review, and the files that one can have begun from, the latest first.
_REVIEWS = {"_map_new_v2": ("_map_new", "_map"), "_map_new": ("_map",)}


@dataclass(frozen=True)
class Prepared:
    """A label file that was read and fits, before it becomes a pass.

    Attributes
    ----------
    path
        The file.
    place
        The stretch of the recording that it belongs to.
    track
        Its labels in the columns of the project's ethogram.
    details
        What the file held beside its labels.
    report
        What was odd about the file, a sentence each.
    """

    path: Path
    place: Stretch
    track: LabelTrack
    details: dict[str, Any]
    report: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What an import has made.

    Attributes
    ----------
    record
        The new pass.
    report
        What was odd about the file, a sentence each.
    """

    record: PassRecord
    report: tuple[str, ...]


def import_labels(
    project: Project,
    path: Path,
    video: str,
    annotator: str,
    kind: str | None = None,
    *,
    based_on: str | None = None,
    **options: Any,
) -> Imported:
    """Read a label file into a new pass; nothing that is there is changed.

    The file belongs to the whole recording when it is as long, else to the clip that its name gives
    (``_sSTART_nCOUNT``) or that is as long. A clip that does not exist yet is added. A file ``X_map_new.csv``
    or ``X_map_new_v2.csv`` reviews the pass that ``X_map.csv`` (or the review before) has become.

    Parameters
    ----------
    project
        The open project.
    path
        The label file.
    video
        Id of the recording that was labeled.
    annotator
        Whose labels they are; added when unknown to the project.
    kind
        ``first``, ``blind``, ``review``, ``consensus`` or ``model``; when not given, ``review`` where the
        pass that the file reviews is in the project, else ``first``.
    based_on
        Id of the pass that a review began from; found by the name of the file when not given.
    options
        For `prepare_import`.

    Raises
    ------
    FormatError
        When the file cannot be read, or does not fit the recording or the ethogram.
    ProjectError
        When the pass cannot be made.
    """
    prepared = prepare_import(project, path, video, annotator, **options)
    if based_on is None and kind in (None, Kind.REVIEW):
        based_on = _reviewed_pass(project, clip_id(prepared.place), path)
    return import_prepared(project, prepared, annotator, kind, based_on)


def prepare_import(
    project: Project,
    path: Path,
    video: str,
    annotator: str,
    *,
    format_name: str | None = None,
    mapping: Mapping[str, str] | None = None,
    map_old: bool = False,
    allow_mismatch: bool = False,
    **options: Any,
) -> Prepared:
    """Read a label file and fit it to its recording; nothing is written.

    Parameters
    ----------
    project, path, video, annotator
        As for `import_labels`.
    format_name
        Name of the format; found out when not given.
    mapping
        Names in the file to names of the ethogram.
    map_old
        Read the old classes of DeepEthoProfile as today's, see `annotation.formats.old_classes`.
    allow_mismatch
        Accept labels that are much longer or shorter than the recording.
    options
        For the reader, see `annotation.formats.read_labels`.

    Raises
    ------
    FormatError
        When the file cannot be read, or does not fit the recording or the ethogram.
    ProjectError
        When the recording's frames are not counted yet.
    """
    source = project.get_video(video)
    options.setdefault("annotator", annotator.strip() or None)
    named = _named_place(source, path)
    start, stop = (named.start, named.stop) if named else (0, source.frames or 0)
    times = project.frame_clock(source.id).within(start, stop)  # for files that count in seconds
    labels = read_labels(path, format_name, fps=source.fps, times=times, **options)
    place = _place_of(project, source, path, labels)
    fitted = fit_to(labels, place.frames, fps=source.fps, allow_mismatch=allow_mismatch)
    names = old_classes(fitted, project.ethogram) if map_old else {}
    rule = "priority" if options.get("overlaps") == "priority" else None
    mapped = map_to(fitted, project.ethogram, names | dict(mapping or {}), overlaps=rule)
    return Prepared(path, place, mapped.track, source_details(fitted), tuple(mapped.report))


def import_prepared(
    project: Project,
    prepared: Prepared,
    annotator: str,
    kind: str | None = None,
    based_on: str | None = None,
) -> Imported:
    """Make a pass of a label file that was read; parameters and errors are those of `import_labels`."""
    record = project.import_track(
        prepared.place,
        annotator,
        prepared.track,
        kind or (Kind.REVIEW if based_on else Kind.FIRST),
        reason=prepared.path.name,
        source=prepared.path.name,
        based_on=based_on,
    )
    project.settings.set(DETAILS.format(pass_id=record.id), prepared.details)
    return Imported(record, prepared.report)


def _place_of(project: Project, source: VideoRecord, path: Path, labels: Labels) -> Stretch:
    """Return the stretch of the recording that a label file belongs to."""
    if source.frames is None:
        raise ProjectError(
            f"The frames of '{source.id}' are not counted yet; 'ethoprofile index' counts them."
        )
    named = _named_place(source, path)
    if named is not None:
        return named
    whole = Stretch(source.id, 0, source.frames)
    if labels.open_ended or abs(labels.frames - source.frames) <= _TOLERANCE:
        return whole
    fitting = [c for c in project.clips(source.id) if abs(c.frames - labels.frames) <= _TOLERANCE]
    if len(fitting) == 1:
        return Stretch(source.id, fitting[0].start, fitting[0].stop)
    if len(fitting) > 1:
        raise FormatError(
            f"{path} has {labels.frames:,} frames, as have {len(fitting)} clips of '{source.id}'; name the "
            "file after its clip (..._sSTART_nCOUNT...) so that it is clear which one it belongs to."
        )
    return whole  # fitting to it says by how much it is off, unless that is allowed


def _named_place(source: VideoRecord, path: Path) -> Stretch | None:
    """Return the stretch that the name of a label file gives, if any."""
    # A recording that is itself a cut clip says so in its own name.
    named = _PLACE.findall(path.stem.removeprefix(Path(source.path).stem))
    if not named:
        return None
    start, count = map(int, named[-1])
    fits = count > 0 and start + count <= (source.frames or 0)
    return Stretch(source.id, start, start + count) if fits else None


def _reviewed_pass(project: Project, clip: str, path: Path) -> str | None:
    """Return the pass over the clip that a file reviews by its name, if it was imported."""
    ending = next((ending for ending in _REVIEWS if path.stem.endswith(ending)), None)
    if ending is None:
        return None
    stem = path.stem.removesuffix(ending)
    imported = {record.source: record.id for record in project.passes(clip=clip)}
    names = (f"{stem}{earlier}{path.suffix}" for earlier in _REVIEWS[ending])
    return next((imported[name] for name in names if name in imported), None)


def labels_of_pass(project: Project, pass_id: str, acting: str | None) -> Labels:
    """Return the labels of a pass as exports write them, read through the project's door."""
    record = project.get_pass(pass_id)
    clip = project.get_clip(record.clip)
    source = project.get_video(clip.video)
    track = project.door.labels(pass_id, acting)
    labels = Labels(
        track=track,
        ethogram=project.ethogram,
        fps=source.fps,
        annotator=record.annotator,
        marks=_marks_of_pass(project, pass_id, acting, track.groups),
        # Times in a file count from the first frame of the clip, so only a whole recording is named.
        media=Path(source.path).name if (clip.start, clip.stop) == (0, source.frames) else None,
    )
    return restore_details(labels, project.settings.get(DETAILS.format(pass_id=pass_id), {}))


def _marks_of_pass(project: Project, pass_id: str, acting: str | None, groups: int) -> tuple[Mark, ...]:
    marks = [
        Mark(run.start, run.stop, group, provenance=run.provenance)
        for group in range(groups)
        for run in project.door.provenance(pass_id, acting, group)
        if run.provenance
    ]
    marks += [
        Mark(note.start, note.stop, note.group, note=note.text, uncertain=note.uncertain)
        for note in project.door.notes(pass_id, acting)
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.stop, mark.group)))


def export_pass(
    project: Project, pass_id: str, folder: Path, format_name: str, acting: str | None, **options: Any
) -> Path:
    """Write the labels of one pass into a new file and return its path.

    Parameters
    ----------
    project
        The open project.
    pass_id
        The pass.
    folder
        Where the file goes; it is named after recording, clip and annotator, and replaces nothing.
    format_name
        Name of a format.
    acting
        Who asks: work that is blind for them stays so.
    options
        For the writer, see `annotation.formats.write_labels`.

    Raises
    ------
    BlindError
        When the acting annotator may not see this pass yet.
    LossError
        When the format cannot hold the labels and the options do not say what becomes of the rest.
    """
    labels = labels_of_pass(project, pass_id, acting)
    record = project.get_pass(pass_id)
    path = _free_path(project, record, folder, get_format(format_name).ending)
    clock = project.frame_clock(project.get_clip(record.clip).video)
    write_labels(path, labels, format_name, times=_times_of_pass(project, record, labels, clock), **options)
    return path


def export_passes(
    project: Project,
    folder: Path,
    format_name: str,
    *,
    annotator: str | None = None,
    clip: str | None = None,
    acting: str | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
    **options: Any,
) -> list[Path]:
    """Write every pass of the project, or those of one annotator or clip, that holds labels.

    Everything is read and checked before the first file is written.

    Parameters
    ----------
    project, folder, format_name, acting, options
        As for `export_pass`; the folder is made when it is missing.
    annotator, clip
        Name and id; None stands for all.
    tell
        Called with a sentence for everything that a file does not hold.

    Raises
    ------
    BlindError
        When the acting annotator may not see one of these passes yet.
    LossError
        When the format cannot hold the labels of one of them.
    ProjectError
        When annotator or clip are not known, or there is nothing to export.
    """
    chosen, given = get_format(format_name), WriteOptions.of(options)
    if folder.exists() and not folder.is_dir():
        raise ProjectError(f"{folder} is a file; choose a folder for the label files.")
    found: list[tuple[PassRecord, Labels]] = []
    for record in _passes_to_export(project, annotator, clip, acting):
        labels = labels_of_pass(project, record.id, acting)
        if (labels.track.codes == UNLABELED).all():
            continue
        # A file name can allow more than the format in general, so the name counts here, too.
        problems = chosen.losses(labels, replace(given, file_name=chosen.ending))
        if problems:
            raise LossError(
                f"The {record.kind} pass {record.id} of {record.annotator} over {record.clip} does not go "
                f"into a {chosen.name} file: {'; '.join(map(str, problems))}.",
                problems,
            )
        found.append((record, labels))
    if not found:
        raise ProjectError("There is nothing to export: no pass that was asked for holds labels.")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    clocks: dict[str, FrameClock] = {}
    for record, labels in found:
        path = _free_path(project, record, folder, chosen.ending)
        video = project.get_clip(record.clip).video
        clock = clocks.get(video) or clocks.setdefault(video, project.frame_clock(video))
        times = _times_of_pass(project, record, labels, clock)
        for sentence in write_labels(path, labels, format_name, times=times, **options):
            tell(f"{path.name}: {sentence}")
        written.append(path)
    return written


def _times_of_pass(
    project: Project, record: PassRecord, labels: Labels, clock: FrameClock
) -> NDArray[np.float64] | None:
    """Return the times of a pass's frames where they come unevenly and no file has brought its own."""
    clip = project.get_clip(record.clip)
    return clock.within(clip.start, clip.stop) if labels.time_column is None else None


def _passes_to_export(
    project: Project, annotator: str | None, clip: str | None, acting: str | None
) -> list[PassRecord]:
    if clip is not None:
        project.get_clip(clip)
    if annotator is not None:
        project.get_annotator(annotator)
    return project.passes(clip=clip, annotator=annotator, acting=acting)


def _free_path(project: Project, record: PassRecord, folder: Path, ending: str) -> Path:
    clip = project.get_clip(record.clip)
    source = project.get_video(clip.video)
    stem = safe_name(Path(source.path).stem)
    if (clip.start, clip.stop) != (0, source.frames):
        stem += f"_s{clip.start}_n{clip.frames}"
    stem += f"_{safe_name(record.annotator, 40)}"
    if record.kind != Kind.FIRST:
        stem += f"_{record.kind}"
    path, number = folder / f"{stem}{ending}", 2
    while path.exists():
        path, number = folder / f"{stem}_{number}{ending}", number + 1
    return path
