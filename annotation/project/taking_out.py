"""What goes to another computer, as plain data: clips that are assigned, and passes that are finished."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from ..clips import Stretch
from ..errors import ProjectError
from . import schema
from .clips import clip_id, read_clip
from .clock import now
from .ethogram_changes import EthogramChanges
from .ethograms import EthogramState
from .pass_rows import read_passes
from .people import find_annotator
from .records import ClipRecord, PassRecord, State

if TYPE_CHECKING:
    from .origin import Origin
    from .settings import Settings

#: Version of the data that bundles hold: 2 has what became of proposals in the journal.
WORK_FORMAT = 2
#: Settings that belong to the recordings and not to one window.
_SHARED_SETTINGS = ("lights_on", "lights_off")
#: Where an import keeps what a file held beside its labels.
DETAILS = "source_details/{pass_id}"


class TakingOut(EthogramChanges):
    """Work that leaves the project."""

    id: str
    name: str
    origin: Origin | None
    settings: Settings

    def assigned_work(self, annotator: str) -> dict[str, Any]:
        """Return what is assigned to an annotator and not begun, without anybody's labels.

        Whether a clip is served again is not in it. Every recording comes with its file in ``path``; the
        caller says in ``home`` and ``offset`` where a cut clip belongs.

        Raises
        ------
        ProjectError
            When nothing is assigned to them, or all of it was begun.
        """
        with self.database.reading() as connection:
            person = find_annotator(connection, annotator)
            due = [record for record in self.assignments(person.name) if record.state is State.ASSIGNED]
            clips = [read_clip(connection, record.clip) for record in due]
        if not due:
            raise ProjectError(
                f"Nothing is assigned to {person.name} that was not begun here; "
                "assign clips with 'ethoprofile assign' first."
            )
        videos = [self._video(name) for name in dict.fromkeys(clip.video for clip in clips)]
        wanted = {video["subject"] for video in videos}
        return {
            "format": WORK_FORMAT,
            "kind": "assigned",
            "made_at": now(),
            "project": {"id": self.id, "name": self.name},
            "annotator": {"name": person.name, "initials": person.initials},
            "ethograms": _versions(self.ethogram_state()),
            "settings": [
                {"key": key, "value": json.dumps(value)}
                for key in _SHARED_SETTINGS
                if (value := self.settings.get(key)) is not None
            ],
            "subjects": [
                {"id": s.id, "strain": s.strain, "sex": s.sex, "cage": s.cage, "more": json.dumps(s.more)}
                for s in self.subjects()
                if s.id in wanted
            ],
            "videos": videos,
            "clips": [_clip(clip) for clip in dict.fromkeys(clips)],
            "assignments": [
                {
                    "id": record.id,
                    "clip": record.clip,
                    "kind": record.kind.value,
                    "deadline": record.deadline.isoformat() if record.deadline else None,
                    "plan": record.plan,
                    "assigned_at": record.assigned_at,
                    "assigned_by": record.assigned_by,
                }
                for record in due
            ],
        }

    def finished_work(self, annotator: str | None = None) -> dict[str, Any]:
        """Return submitted passes with their whole history, for the project that they belong to.

        Frames of clips are those of that project's recordings. ``left`` says a sentence about every pass that
        stays here.

        Parameters
        ----------
        annotator
            Whose passes; everybody's when None.
        """
        state = self.ethogram_state()
        left: list[str] = []
        clips: dict[str, dict[str, Any]] = {}
        passes = []
        with self.database.reading() as connection:
            person = find_annotator(connection, annotator).name if annotator else None
            for record in read_passes(connection):
                if person is not None and record.annotator != person:
                    continue
                clip = self._home_clip(read_clip(connection, record.clip))
                if not record.state.finished:
                    left.append(f"{_named(record)} is not submitted yet.")
                elif clip is None:
                    left.append(f"{_named(record)} lies on a recording that did not come with the bundle.")
                else:
                    clips[clip["id"]] = clip
                    passes.append(self._pass(connection, record, clip["id"], state))
            people = [dict(row) for row in connection.execute(select(schema.annotators)).mappings()]
        owners = {item["annotator"] for item in passes}
        return {
            "format": WORK_FORMAT,
            "kind": "finished",
            "made_at": now(),
            "project": {
                "id": self.origin.project if self.origin else self.id,
                "name": self.origin.name if self.origin else self.name,
            },
            "ethograms": _versions(state),
            "annotators": [row for row in people if row["name"] in owners],
            "clips": list(clips.values()),
            "passes": passes,
            "left": left,
        }

    def _home_clip(self, clip: ClipRecord) -> dict[str, Any] | None:
        """Return a clip in frames of the project that it belongs to; None when it belongs to none."""
        if self.origin is None:
            return _clip(clip)
        if clip.video not in self.origin.videos:
            return None
        video, offset = self.origin.videos[clip.video]
        start, stop = clip.start + offset, clip.stop + offset
        return _clip(ClipRecord(clip_id(Stretch(video, start, stop)), video, start, stop, clip.plan))

    def _video(self, video_id: str) -> dict[str, Any]:
        video = self.get_video(video_id)
        return {
            "id": video.id,
            "home": video.id,
            "offset": 0,
            "path": str(self.video_path(video_id)),
            "subject": video.subject or None,
            "recorded_at": video.recorded_at.isoformat() if video.recorded_at else None,
            "frames": video.frames,
            "fps": video.fps,
            "width": video.width,
            "height": video.height,
            "exact": video.exact,
            "fingerprint": video.fingerprint,
            "display": video.display,
        }

    def _pass(
        self, connection: Connection, record: PassRecord, clip: str, state: EthogramState
    ) -> dict[str, Any]:
        replay, columns = self.door.load_unchecked(connection, record.id, state.columns)
        table, states = schema.assignments, schema.pass_states
        changes = (
            select(states.c.state, states.c.at, states.c.author)
            .where(states.c["pass"] == record.id)
            .order_by(states.c.id)
        )
        return {
            "id": record.id,
            "clip": clip,
            "annotator": record.annotator,
            "kind": record.kind.value,
            "based_on": record.based_on,
            "source": record.source,
            "state": record.state.value,
            "started_at": record.started_at,
            "submitted_at": record.submitted_at,
            "assignment": connection.scalar(select(table.c.id).where(table.c["pass"] == record.id)),
            "states": [dict(row) for row in connection.execute(changes).mappings()],
            "edits": self.door.journal_of(connection, record.id, columns),
            "bouts": [
                [columns.groups[bout.group], bout.start, bout.stop, bout.label]
                for group in range(replay.track.groups)
                for bout in replay.track.bouts(group)
            ],
            "viewed": self.door.viewed_unchecked(connection, record.id),
            "details": self.settings.get(DETAILS.format(pass_id=record.id)),
        }


def _versions(state: EthogramState) -> list[dict[str, Any]]:
    return [
        {
            "version": v.version,
            "data": v.ethogram.to_dict(),
            "groups": v.groups,
            "merged": {str(old): new for old, new in v.merged.items()},
            "at": v.at,
            "author": v.author,
        }
        for v in state.versions
    ]


def _clip(clip: ClipRecord) -> dict[str, Any]:
    return {"id": clip.id, "video": clip.video, "start": clip.start, "stop": clip.stop, "plan": clip.plan}


def _named(record: PassRecord) -> str:
    return f"The {record.kind} pass {record.id} of {record.annotator} over {record.clip}"
