"""Keeping the readable copies of submitted labels in step with what is closed to whom."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ..errors import BlindError, ProjectError
from .clips import Clips
from .copies import copy_path, write_copy
from .door import Door
from .folders import LABELS_NAME
from .pass_rows import read_passes
from .people import People
from .records import ClipRecord, PassRecord
from .videos import Videos

#: Where copies wait, in the folder of copies, while blind work lies on their frames.
CLOSED_NAME = "closed"


class LabelCopies(Clips, Videos, People):
    """Readable copies of submitted passes."""

    door: Door

    def write_label_copies(self) -> list[Path]:
        """Write the readable copies of every submitted pass that nothing keeps blind; for repair."""
        with self.database.reading() as connection:
            records = [record for record in read_passes(connection) if record.state.finished]
        return self._write_copies(records)

    def refresh_copies(self, clip: ClipRecord) -> list[Path]:
        """Bring the copies on a clip's frames in step after blind work there was assigned, begun or ended.

        Copies that are closed now wait in ``labels/closed``; those that are not any more are written.

        Returns
        -------
        list of pathlib.Path
            The copies that were written.
        """
        overlapping = {c.id for c in self.clips(clip.video) if c.start < clip.stop and clip.start < c.stop}
        with self.database.reading() as connection:
            found = [r for r in read_passes(connection, video=clip.video) if r.clip in overlapping]
        due = []
        for record in found:
            if not self.door.allowed(record.id, None):
                self._put_away(record)
            elif record.state.finished and self._copy_of(record) is None:
                due.append(record)
        return self._write_copies(due)

    def _write_copies(self, records: list[PassRecord]) -> list[Path]:
        """Write readable copies; what blind work overlaps waits until that one is submitted."""
        written = []
        initials = {person.name: person.initials for person in self.annotators()}
        for record in records:
            try:
                track = self.door.labels(record.id, acting=None)
                sources = [self.door.provenance(record.id, None, group) for group in range(track.groups)]
            except BlindError:
                continue
            clip = self.get_clip(record.clip)
            path = copy_path(self.folder, clip, record, initials.get(record.annotator, ""))
            bouts = [track.bouts(group) for group in range(track.groups)]
            ethogram = self.ethogram_state().current.ethogram
            try:
                write_copy(path, bouts, sources, ethogram, clip, self.frame_clock(clip.video).seconds)
            except OSError as error:
                raise ProjectError(
                    f"The pass is submitted and saved, but its readable copy {path} could not be written: "
                    f"{error.strerror or error}."
                ) from error
            (path.parent / CLOSED_NAME / path.name).unlink(missing_ok=True)
            written.append(path)
        return written

    def _copy_of(self, record: PassRecord) -> Path | None:
        return next((self.folder / LABELS_NAME).glob(f"*_{record.id}.csv"), None)

    def _put_away(self, record: PassRecord) -> None:
        """Move the copy of a closed pass out of sight; it stays as a backup."""
        path = self._copy_of(record)
        if path is not None:
            closed = path.parent / CLOSED_NAME
            # Where the folder refuses, the copy stays: the work that was asked for is done all the same.
            with contextlib.suppress(OSError):
                closed.mkdir(exist_ok=True)
                os.replace(path, closed / path.name)
