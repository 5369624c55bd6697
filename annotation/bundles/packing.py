"""Writing bundles: assigned clips with their recordings, or finished passes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ..clips import Stretch
from ..errors import ProjectError
from ..project import Project
from ..project.clips import clip_id
from ..project.folders import safe_name
from .archive import VIDEO_FOLDER, write_archive

#: What becomes of recordings: they stay where they are, only the clips go along, or whole files do.
VIDEO_WAYS = ("link", "cut", "copy")


@dataclass(frozen=True)
class Packed:
    """What a bundle holds.

    Attributes
    ----------
    path
        The file.
    clips, passes
        How many clips to score, or finished passes.
    left
        A sentence about every pass that is not in it.
    """

    path: Path
    clips: int = 0
    passes: int = 0
    left: tuple[str, ...] = ()


def pack_assigned(
    project: Project,
    annotator: str,
    path: Path,
    videos: str = "link",
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Packed:
    """Write the clips that are assigned to an annotator into one file, without anybody's labels.

    Parameters
    ----------
    project
        The open project.
    annotator
        Whose clips: those that they have not begun.
    path
        The new file.
    videos
        ``link``: recordings stay where they are; ``cut``: every clip is cut out of its recording, frame for
        frame; ``copy``: whole recordings go along.
    on_progress
        Called with recordings or clips done, and how many there are.

    Raises
    ------
    ProjectError
        When nothing is assigned to them, or the file exists or cannot be written.
    VideoError
        When a recording cannot be read.
    """
    if videos not in VIDEO_WAYS:
        raise ProjectError(f"Recordings go along by {', '.join(VIDEO_WAYS)}, not by '{videos}'.")
    work = project.assigned_work(annotator)
    tell = on_progress or (lambda done, total: None)
    with tempfile.TemporaryDirectory(dir=project.cache_folder, prefix="bundle-") as folder:
        files: dict[str, Path] = {}
        if videos == "cut":
            files = _cut_clips(project, work, Path(folder), tell)
        elif videos == "copy":
            files = _whole_files(work)
        write_archive(path, work, files)
    return Packed(path, clips=len(work["clips"]))


def pack_finished(project: Project, annotator: str | None, path: Path) -> Packed:
    """Write submitted passes with their whole history into one file, to be merged elsewhere.

    Raises
    ------
    ProjectError
        When no pass is submitted, or the file exists or cannot be written.
    """
    work = project.finished_work(annotator)
    if not work["passes"]:
        reason = f" {work['left'][0]}" if work["left"] else ""
        raise ProjectError(f"No pass is finished that could be handed over.{reason}")
    write_archive(path, work, {})
    return Packed(path, passes=len(work["passes"]), left=tuple(work["left"]))


def _whole_files(work: dict[str, Any]) -> dict[str, Path]:
    """Name the files of all recordings in the bundle; a folder of images goes along file by file."""
    files: dict[str, Path] = {}
    for number, video in enumerate(work["videos"]):
        path = Path(video["path"])
        name = f"{VIDEO_FOLDER}/{number}/{safe_name(path.name)}"
        if path.is_dir():
            files |= {f"{name}/{item.name}": item for item in sorted(path.iterdir()) if item.is_file()}
        elif path.exists():
            files[name] = path
        else:
            raise ProjectError(f"The recording {path} is missing; link it again with 'ethoprofile relink'.")
        video["file"] = name
    return files


def _cut_clips(
    project: Project, work: dict[str, Any], folder: Path, tell: Callable[[int, int | None], None]
) -> dict[str, Path]:
    """Cut every clip out and make it a recording of its own in `work`; return the files by their names."""
    from ..video.cutting import cut

    files: dict[str, Path] = {}
    videos, clips, renamed = [], [], {}
    for video in work["videos"]:
        own = [clip for clip in work["clips"] if clip["video"] == video["id"]]
        with project.open_video(video["id"]) as recording:
            for clip in own:
                name = safe_name(clip["id"])
                target = folder / f"{len(files)}.mp4"
                cut(recording, clip["start"], clip["stop"], target)
                files[f"{VIDEO_FOLDER}/{name}.mp4"] = target
                videos.append(_cut_video(video, clip, recording.times[clip["start"]]))
                frames = clip["stop"] - clip["start"]
                new = clip | {"video": clip["id"], "start": 0, "stop": frames}
                new["id"] = renamed[clip["id"]] = clip_id(Stretch(clip["id"], 0, frames))
                clips.append(new)
                tell(len(files), len(work["clips"]))
    work["videos"], work["clips"] = videos, clips
    for assignment in work["assignments"]:
        assignment["clip"] = renamed[assignment["clip"]]
    return files


def _cut_video(video: dict[str, Any], clip: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the recording that a cut clip becomes: it begins later, and its frame 0 is the clip's first."""
    began = video["recorded_at"]
    if began is not None:
        began = (datetime.fromisoformat(began) + timedelta(seconds=float(seconds))).isoformat()
    return video | {
        "id": clip["id"],
        "home": video["id"],
        "offset": clip["start"],
        "file": f"{VIDEO_FOLDER}/{safe_name(clip['id'])}.mp4",
        "recorded_at": began,
        "frames": clip["stop"] - clip["start"],
        "exact": True,
    }
