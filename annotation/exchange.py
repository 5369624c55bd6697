"""Label files into a project and out of it: what the window and the command line share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .clips import Stretch
from .errors import FormatError, ProjectError
from .formats import Labels, fit_to, get_format, map_to, read_labels, write_labels
from .project import Kind, PassRecord, Project, VideoRecord
from .project.folders import safe_name
from .recordings import parse_name
from .tracks import UNLABELED

#: Rows that a label file may have more than its clip, or fewer, and still be told by its length.
_TOLERANCE = 1
#: Where a project keeps the first value of an imported file's frame column, for export.
_FIRST_FRAME = "first_frame/{pass_id}"


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
    kind: str = "first",
    *,
    format_name: str | None = None,
    mapping: Mapping[str, str] | None = None,
    allow_mismatch: bool = False,
    **options: Any,
) -> Imported:
    """Read a label file into a new pass; nothing that is there is changed.

    The file belongs to the whole recording when it is as long, else to the clip that its name gives
    (``_sSTART_nCOUNT``) or that is as long. A clip that does not exist yet is added.

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
        ``first``, ``blind``, ``review``, ``consensus`` or ``model``.
    format_name
        Name of the format; found out when not given.
    mapping
        Names in the file to names of the ethogram.
    allow_mismatch
        Accept labels that are much longer or shorter than the recording.
    options
        For the reader, see `annotation.formats.read_labels`.

    Raises
    ------
    FormatError
        When the file cannot be read, or does not fit the recording or the ethogram.
    ProjectError
        When the pass cannot be made.
    """
    source = project.get_video(video)
    labels = read_labels(path, format_name, fps=source.fps, **options)
    place = _place_of(project, source, path, labels, allow_mismatch)
    fitted = fit_to(labels, place.frames, fps=source.fps, allow_mismatch=allow_mismatch)
    mapped = map_to(fitted, project.ethogram, mapping)
    record = project.import_track(place, annotator, mapped.track, kind, reason=path.name, source=path.name)
    report = list(mapped.report)
    first, regular = _first_of(labels)
    if first is not None:
        project.settings.set(_FIRST_FRAME.format(pass_id=record.id), first)
    if not regular:
        report.append("The frame column is not a plain count; exports number the frames anew.")
    return Imported(record, tuple(report))


def _place_of(
    project: Project, source: VideoRecord, path: Path, labels: Labels, allow_mismatch: bool
) -> Stretch:
    """Return the stretch of the recording that a label file belongs to."""
    if source.frames is None:
        raise ProjectError(f"The frames of '{source.id}' are not counted yet; index it first.")
    own, named = parse_name(source.path), parse_name(path)
    cut_here = named is not None and named.frames is not None and (own is None or own.frames is None)
    if cut_here and named is not None and named.frames is not None:
        return Stretch(source.id, named.start_frame, named.start_frame + named.frames)
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


def _first_of(labels: Labels) -> tuple[int | None, bool]:
    """Return the first value of the frame column, and whether it counts up one by one."""
    column = labels.frame_column
    if column is None or not len(column):
        return None, True
    values = np.asarray(column)
    if values.dtype.kind not in "iuf" or not np.all(np.isfinite(values.astype(float))):
        return None, False
    regular = bool(np.all(np.diff(values) == 1))
    return (int(values[0]), True) if regular else (None, False)


def labels_of_pass(project: Project, pass_id: str, acting: str | None) -> Labels:
    """Return the labels of a pass as exports write them, read through the project's door."""
    record = project.get_pass(pass_id)
    clip = project.get_clip(record.clip)
    source = project.get_video(clip.video)
    track = project.door.labels(pass_id, acting)
    return Labels(track=track, ethogram=project.ethogram, fps=source.fps, annotator=record.annotator)


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
    path = _free_path(project, project.get_pass(pass_id), folder, get_format(format_name).ending)
    first = project.settings.get(_FIRST_FRAME.format(pass_id=pass_id))
    if first is not None:
        options.setdefault("first_frame", int(first))
    write_labels(path, labels, format_name, **options)
    return path


def export_passes(
    project: Project,
    folder: Path,
    format_name: str,
    *,
    annotator: str | None = None,
    clip: str | None = None,
    acting: str | None = None,
    **options: Any,
) -> list[Path]:
    """Write every pass of the project, or those of one annotator or clip, that holds labels.

    Raises
    ------
    ProjectError
        When there is nothing to export.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for record in project.passes(clip=clip, annotator=annotator):
        if (project.door.labels(record.id, acting).codes != UNLABELED).any():
            written.append(export_pass(project, record.id, folder, format_name, acting, **options))
    if not written:
        raise ProjectError("There is nothing to export: no pass that was asked for holds labels.")
    return written


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
