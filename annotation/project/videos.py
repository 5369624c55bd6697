"""The recordings of a project: which, where, how long, of whom."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..clips import Source
from ..errors import ProjectError, VideoError
from ..frame_clock import FrameClock
from ..recordings import parse_name
from . import schema
from .clock import now
from .folders import actual_path, stored_path
from .parts import ProjectPart
from .records import VideoRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..video import Change, Video

_DISPLAY = {"crop", "rotate", "flip", "contrast", "gamma"}


@dataclass(frozen=True, slots=True)
class VideoCheck:
    """What became of a recording's file.

    Attributes
    ----------
    video
        Id of the recording.
    state
        ``ok``, ``missing`` or ``changed``.
    sentence
        What to tell the user; empty when all is well.
    """

    video: str
    state: str
    sentence: str = ""


class Videos(ProjectPart):
    """Recordings."""

    def add_video(
        self,
        path: Path | str,
        subject: str = "",
        recorded_at: datetime | str | None = None,
        fps: float | None = None,
    ) -> VideoRecord:
        """Link a recording, which stays where it is. One that is linked already is returned as it is.

        Only the header and the fingerprint are read: `index_video` (or the background queue with
        `record_frames`) tells later how many frames there are.

        Parameters
        ----------
        path
            A video file, a multi-page TIFF, or a folder of images.
        subject
            Id of the animal; taken from the file name where that follows a known convention.
        recorded_at
            Wall-clock time of frame 0, also as ISO 8601; else taken from the file name.
        fps
            Frames per second, for image stacks, which do not say; else the file's header counts.

        Raises
        ------
        VideoError
            When the file cannot be read as a recording.
        """
        from ..video.containers import probe
        from ..video.fingerprint import Fingerprint

        path = Path(path).expanduser()
        stored = stored_path(path, self.folder)
        known = next((v for v in self.videos() if os.path.normcase(v.path) == os.path.normcase(stored)), None)
        if known is not None:
            return known
        info = probe(path)
        rate = info.fps or fps
        name = parse_name(path)
        start = _moment(recorded_at)
        if start is None and name is not None:
            shift = name.start_frame / rate if rate else 0.0
            start = name.recorded_at + timedelta(seconds=shift)
        subject = subject.strip() or (name.subject if name else "")
        fingerprint = json.dumps(Fingerprint.of(path, header=info).to_dict())
        with self.database.writing() as connection:
            if subject:
                row = {"id": subject, "strain": "", "sex": "", "cage": "", "more": "{}"}
                connection.execute(upsert(schema.subjects).values(row).on_conflict_do_nothing())
            taken = {value.casefold() for value in connection.scalars(select(schema.videos.c.id))}
            video_id = _free_id(path.name if path.is_dir() else path.stem, taken)
            connection.execute(
                insert(schema.videos).values(
                    id=video_id,
                    path=stored,
                    subject=subject or None,
                    recorded_at=start.isoformat() if start else None,
                    estimated_frames=info.frames or None,
                    confirmed=0,
                    fps=rate,
                    width=info.width,
                    height=info.height,
                    fingerprint=fingerprint,
                    added_at=now(),
                )
            )
        return self.get_video(video_id)

    def videos(self) -> list[VideoRecord]:
        """Return all recordings in the order in which they were added."""
        query = select(schema.videos).order_by(schema.videos.c.added_at, schema.videos.c.id)
        with self.database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def get_video(self, video_id: str) -> VideoRecord:
        """Return a recording, or raise `ProjectError`."""
        query = select(schema.videos).where(schema.videos.c.id == video_id)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise ProjectError(
                f"The project has no recording '{video_id}'; 'ethoprofile status' lists the recordings."
            )
        return _record(row)

    def video_path(self, video_id: str) -> Path:
        """Return where the file of a recording lies (it may be missing there)."""
        return actual_path(self.get_video(video_id).path, self.folder)

    def open_video(self, video_id: str, **options: Any) -> Video:
        """Open a recording for reading frames; `options` go to `annotation.video.Video`.

        Raises
        ------
        VideoError
            When the file is missing or cannot be shown frame-exactly.
        """
        from ..video import Video

        return Video(self._existing_path(video_id), cache_folder=self.cache_folder, **options)

    def index_video(
        self,
        video_id: str,
        on_progress: Callable[[int, int | None], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> VideoRecord:
        """Count and find every frame of a recording now, and keep what was found.

        Parameters
        ----------
        video_id
            The recording.
        on_progress
            Called with frames done and, where known, frames in all.
        cancelled
            Asked from time to time whether to stop.
        """
        from ..video import index_video

        index = index_video(
            self._existing_path(video_id), self.cache_folder, on_progress=on_progress, cancelled=cancelled
        )
        return self.record_frames(video_id, index.frames, index.facts.fps, exact=index.exact)

    def record_frames(
        self,
        video_id: str,
        frames: int,
        fps: float | None,
        *,
        exact: bool | None = None,
        complete: bool = True,
    ) -> VideoRecord:
        """Keep what the index of a recording has found.

        Parameters
        ----------
        video_id
            The recording.
        frames
            Number of frames: all of them, or those confirmed so far.
        fps
            Frames per second.
        exact
            Whether spot checks showed every frame in its place.
        complete
            False while the index is being made.
        """
        values: dict[str, Any] = {"confirmed": frames}
        if complete:
            values |= {"frames": frames, "exact": exact}
        if fps:
            values["fps"] = fps
        self._update(video_id, values)
        return self.get_video(video_id)

    def frame_times(self, video_id: str) -> NDArray[np.float64] | None:
        """Return the time of every frame since the first, in seconds (frames,), as the stored index has it.

        None where there is no index of the file as it is known, or the file says no times (image stacks):
        then a frame's time is its number divided by the recording's rate.
        """
        from ..video.fingerprint import Fingerprint
        from ..video.storage import load

        record = self.get_video(video_id)
        index = load(Fingerprint.from_dict(record.fingerprint or {}), self.cache_folder)
        known = index is not None and index.frames == record.frames and index.facts.fps is not None
        return index.times if index is not None and known else None

    def frame_clock(self, video_id: str) -> FrameClock:
        """Return what tells when frames were shown: by the index where they come at uneven times."""
        return FrameClock.of(self.get_video(video_id).fps, self.frame_times(video_id))

    def set_video(
        self, video_id: str, *, subject: str | None = None, recorded_at: datetime | str | None = None
    ) -> VideoRecord:
        """Change whose recording it is, or when it began; what is None stays."""
        values: dict[str, Any] = {}
        if subject is not None:
            values["subject"] = subject.strip() or None
        moment = _moment(recorded_at)
        if moment is not None:
            values["recorded_at"] = moment.isoformat()
        if subject and subject.strip():
            row = {"id": subject.strip(), "strain": "", "sex": "", "cage": "", "more": "{}"}
            with self.database.writing() as connection:
                connection.execute(upsert(schema.subjects).values(row).on_conflict_do_nothing())
        if values:
            self._update(video_id, values)
        return self.get_video(video_id)

    def set_display(self, video_id: str, **changes: Any) -> VideoRecord:
        """Change how a recording is shown (``crop``, ``rotate``, ``flip``, ``contrast``, ``gamma``).

        None takes a setting back. The frames themselves are never changed.

        Parameters
        ----------
        video_id
            The recording.
        changes
            ``crop`` is left, top, width and height in pixels; ``rotate`` degrees clockwise; ``flip`` whether
            left and right are exchanged; ``contrast`` the gray values (0 to 255) that are shown black and
            white; ``gamma`` from 0.2 to 2, as napari's own control has it.
        """
        unknown = set(changes) - _DISPLAY
        if unknown:
            raise ProjectError(f"There is no display setting '{sorted(unknown)[0]}'.")
        display = self.get_video(video_id).display | changes
        kept = {key: value for key, value in display.items() if value is not None}
        self._update(video_id, {"display": json.dumps(kept)})
        return self.get_video(video_id)

    def plan_sources(self) -> list[Source]:
        """Return the recordings as clip plans want them.

        Raises
        ------
        ProjectError
            When the frames of a recording are not counted yet, or its rate is not known.
        """
        sources = []
        for video in self.videos():
            if video.frames is None:
                raise ProjectError(
                    f"The frames of '{video.id}' are not counted yet; wait until its index is complete."
                )
            if not video.fps:
                raise ProjectError(f"The frame rate of '{video.id}' is not known; add it with its rate.")
            sources.append(Source(video.id, video.frames, video.fps, video.subject))
        return sources

    def check_video(self, video_id: str) -> VideoCheck:
        """Look whether a recording is still where it was, and what it was."""
        return self._check_video(self.get_video(video_id))

    def check_videos(self) -> list[VideoCheck]:
        """Look whether every recording is still where it was, and what it was."""
        return [self._check_video(video) for video in self.videos()]

    def relink(self, video_id: str, path: Path | str, *, force: bool = False) -> Change:
        """Link a recording to a file that was moved, re-encoded or replaced; its labels are kept.

        Parameters
        ----------
        video_id
            The recording.
        path
            Where it is now.
        force
            Also link a file that was trimmed or is another recording.

        Returns
        -------
        Change
            What changed, with a sentence for the user.

        Raises
        ------
        ProjectError
            When the frames do not seem to be the same ones, and `force` is False.
        """
        from ..video.containers import probe
        from ..video.fingerprint import Fingerprint, compare

        record = self.get_video(video_id)
        path = Path(path).expanduser()
        header = probe(path)
        was = actual_path(record.path, self.folder)
        change = compare(Fingerprint.from_dict(record.fingerprint or {}), path, was=was)
        if change.kind in ("trimmed", "replaced", "missing") and not force:
            raise ProjectError(f"{change.sentence} To link it all the same, force it.")
        fingerprint = Fingerprint.of(path, header=header).to_dict()
        values: dict[str, Any] = {"path": stored_path(path, self.folder)}
        values["fingerprint"] = json.dumps(fingerprint)
        if not change.is_same_content:
            values |= {
                "frames": None, "confirmed": 0, "exact": None, "estimated_frames": header.frames or None,
                "fps": header.fps or record.fps, "width": header.width, "height": header.height,
            }  # fmt: skip
        self._update(video_id, values)
        return change

    def find_moved_video(self, video_id: str, folders: Iterable[Path | str] = ()) -> list[Path]:
        """Look for the file of a recording where it may have gone, by its content.

        Parameters
        ----------
        video_id
            The recording.
        folders
            Searched with everything below them, in this order; when none is given, the folder where it was,
            the folder above that, and the project folder.

        Returns
        -------
        list of pathlib.Path
            Files with its content; empty when there is none. Folders of images are not looked for.
        """
        from ..video.fingerprint import Fingerprint, find_moved

        record = self.get_video(video_id)
        fingerprint = Fingerprint.from_dict(record.fingerprint or {})
        places = [Path(folder).expanduser() for folder in folders]
        missing = next((place for place in places if not place.is_dir()), None)
        if missing is not None:
            raise ProjectError(f"There is no folder {missing} to search.")
        if not places:
            was = actual_path(record.path, self.folder).parent
            near = [place for place in (was, was.parent) if place.is_dir() and place.parent != place]
            places = [*near, self.folder]
        found = (path for place in places for path in find_moved(fingerprint, place))
        return list(dict.fromkeys(path.resolve() for path in found))

    def _check_video(self, video: VideoRecord) -> VideoCheck:
        from ..video.fingerprint import Fingerprint, compare

        path = actual_path(video.path, self.folder)
        if not path.exists():
            return VideoCheck(video.id, "missing", _missing(video.id, path))
        change = compare(Fingerprint.from_dict(video.fingerprint or {}), path)
        if change.is_same_content:
            return VideoCheck(video.id, "ok")
        return VideoCheck(video.id, "changed", change.sentence)

    def _existing_path(self, video_id: str) -> Path:
        path = self.video_path(video_id)
        if not path.exists():
            raise VideoError(_missing(video_id, path))
        return path

    def _update(self, video_id: str, values: dict[str, Any]) -> None:
        with self.database.writing() as connection:
            done = connection.execute(
                update(schema.videos).where(schema.videos.c.id == video_id).values(**values)
            )
            if done.rowcount == 0:
                raise ProjectError(f"The project has no recording '{video_id}'.")


def _missing(video_id: str, path: Path) -> str:
    return (
        f"The recording '{video_id}' is not at {path} any more; its labels are kept, "
        "link it to its new place with 'ethoprofile relink'."
    )


def _record(row: Row[Any]) -> VideoRecord:
    return VideoRecord(
        id=row.id,
        path=row.path,
        subject=row.subject or "",
        recorded_at=datetime.fromisoformat(row.recorded_at) if row.recorded_at else None,
        frames=row.frames,
        estimated_frames=row.estimated_frames,
        confirmed=row.confirmed,
        fps=row.fps,
        width=row.width,
        height=row.height,
        exact=row.exact,
        fingerprint=json.loads(row.fingerprint) if row.fingerprint else None,
        display=json.loads(row.display),
    )


def _free_id(name: str, taken: set[str]) -> str:
    base = name.strip() or "recording"
    candidate, number = base, 2
    while candidate.casefold() in taken:
        candidate, number = f"{base}-{number}", number + 1
    return candidate


def _moment(given: datetime | str | None) -> datetime | None:
    if isinstance(given, str):
        if not given.strip():
            return None
        try:
            return datetime.fromisoformat(given.strip())
        except ValueError as error:
            raise ProjectError(
                f"'{given}' is not a date and time; write it like 2018-04-18T12:00:00."
            ) from error
    return given
