"""The clips of a project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ..clips import Stretch
from ..errors import ProjectError
from . import schema
from .clock import now
from .parts import ProjectPart
from .records import ClipPreview, ClipRecord


def clip_id(stretch: Stretch) -> str:
    """Return the id of the clip on a stretch: ``<video>_s<start>_n<frames>``."""
    return f"{stretch.video}_s{stretch.start}_n{stretch.frames}"


class Clips(ProjectPart):
    """Clips."""

    def add_clips(self, stretches: Iterable[Stretch], plan: str = "") -> list[ClipRecord]:
        """Make clips of stretches of the recordings.

        Parameters
        ----------
        stretches
            As the plans of `annotation.clips` give them.
        plan
            What to remember about where they come from.

        Returns
        -------
        list of ClipRecord
            The new clips, in order; a stretch that is a clip already is passed over.

        Raises
        ------
        ProjectError
            When a stretch does not lie on its recording; no clip is made then.
        """
        with self.database.writing() as connection:
            return self._insert_clips(connection, stretches, plan)

    def _insert_clips(
        self, connection: Connection, stretches: Iterable[Stretch], plan: str = ""
    ) -> list[ClipRecord]:
        """Insert clips inside the caller's transaction."""
        wanted = list(dict.fromkeys(stretches))
        lengths = self._lengths(connection)
        for stretch in wanted:
            _check(stretch, lengths)
        known = set(connection.scalars(select(schema.clips.c.id)))
        new = [
            ClipRecord(clip_id(stretch), stretch.video, stretch.start, stretch.stop, plan)
            for stretch in wanted
            if clip_id(stretch) not in known
        ]
        if new:
            at = now()
            connection.execute(
                insert(schema.clips),
                [
                    {"id": c.id, "video": c.video, "start": c.start, "stop": c.stop, "plan": plan,
                     "added_at": at}
                    for c in new
                ],
            )  # fmt: skip
        return new

    def preview_clips(self, stretches: Iterable[Stretch]) -> ClipPreview:
        """Return what `add_clips` would do."""
        wanted = list(dict.fromkeys(stretches))
        with self.database.reading() as connection:
            lengths = self._lengths(connection)
            for stretch in wanted:
                _check(stretch, lengths)
            known = set(connection.scalars(select(schema.clips.c.id)))
            rates = dict(connection.execute(select(schema.videos.c.id, schema.videos.c.fps)).tuples().all())
        new = [stretch for stretch in wanted if clip_id(stretch) not in known]
        seconds = sum(stretch.frames / fps for stretch in new if (fps := rates[stretch.video]))
        return ClipPreview(len(new), len(wanted) - len(new), sum(s.frames for s in new), seconds)

    def clips(self, video: str | None = None) -> list[ClipRecord]:
        """Return the clips of one recording or of all, by recording and start."""
        table = schema.clips
        query = select(table).order_by(table.c.video, table.c.start, table.c.stop)
        if video is not None:
            query = query.where(table.c.video == video)
        with self.database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def get_clip(self, clip: str) -> ClipRecord:
        """Return a clip, or raise `ProjectError`."""
        with self.database.reading() as connection:
            return read_clip(connection, clip)

    def clips_past_end(self) -> list[ClipRecord]:
        """Return clips that reach past the end of their recording: it was trimmed, or its header lied."""
        lengths = {video: frames for video, frames in self._all_lengths().items() if frames is not None}
        return [clip for clip in self.clips() if clip.stop > lengths.get(clip.video, clip.stop)]

    def _all_lengths(self) -> dict[str, int | None]:
        with self.database.reading() as connection:
            return self._lengths(connection)

    @staticmethod
    def _lengths(connection: Any) -> dict[str, int | None]:
        table = schema.videos
        return dict(connection.execute(select(table.c.id, table.c.frames)).tuples().all())


def read_clip(connection: Connection, clip: str) -> ClipRecord:
    """Return a clip, or raise `ProjectError`."""
    row = connection.execute(select(schema.clips).where(schema.clips.c.id == clip)).first()
    if row is None:
        raise ProjectError(f"The project has no clip '{clip}'; 'ethoprofile status' lists the clips.")
    return _record(row)


def _check(stretch: Stretch, lengths: dict[str, int | None]) -> None:
    if stretch.video not in lengths:
        raise ProjectError(f"The project has no recording '{stretch.video}'.")
    frames = lengths[stretch.video]
    if not 0 <= stretch.start < stretch.stop or (frames is not None and stretch.stop > frames):
        length = f"which has {frames} frames" if frames is not None else "whose frames are not counted yet"
        raise ProjectError(
            f"A clip of frames {stretch.start} to {stretch.stop} does not lie on '{stretch.video}', {length}."
        )


def _record(row: Row[Any]) -> ClipRecord:
    return ClipRecord(row.id, row.video, row.start, row.stop, row.plan)
