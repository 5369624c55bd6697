"""A project that was made from the assigned work of another: filled with it, and where its frames belong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from ..ethogram import Ethogram
from . import schema
from .clock import now
from .ethograms import write_version
from .folders import stored_path

_KEY = "origin"


@dataclass(frozen=True)
class Origin:
    """Where assigned work came from.

    Attributes
    ----------
    project, name
        Id and name of the project that it belongs to.
    annotator
        To whom it was assigned.
    videos
        For each recording here the recording there, and which frame of that is its frame 0: not 0 where a
        clip was cut out.
    """

    project: str
    name: str
    annotator: str
    videos: Mapping[str, tuple[str, int]]


def read_origin(facts: Mapping[str, str]) -> Origin | None:
    """Return the origin of a project from its table ``about``; None when it is nobody's work."""
    if _KEY not in facts:
        return None
    values = json.loads(facts[_KEY])
    videos = {video: (home, int(first)) for video, (home, first) in values["videos"].items()}
    return Origin(values["project"], values["name"], values["annotator"], videos)


def fill_from_work(connection: Connection, work: Mapping[str, Any], folder: Path, later: Path) -> None:
    """Fill a new database with assigned work; see `Project.create_from_work`."""
    for version in work["ethograms"]:
        write_version(
            connection,
            version["version"],
            Ethogram.from_dict(version["data"], source=f"version {version['version']} of the ethogram"),
            version["groups"],
            {int(old): new for old, new in version["merged"].items()},
            version["author"],
            version["at"],
        )
    connection.execute(insert(schema.annotators).values(work["annotator"]))
    _insert_all(connection, schema.settings, work["settings"])
    _insert_all(connection, schema.subjects, work["subjects"])
    _insert_all(connection, schema.videos, [_video(video, folder, later) for video in work["videos"]])
    at = now()
    _insert_all(
        connection,
        schema.clips,
        [
            {"id": c["id"], "video": c["video"], "start": c["start"], "stop": c["stop"], "plan": c["plan"],
             "added_at": at}
            for c in work["clips"]
        ],
    )  # fmt: skip
    person = work["annotator"]["name"]
    _insert_all(connection, schema.assignments, [{**row, "annotator": person} for row in work["assignments"]])
    origin = {
        "project": work["project"]["id"],
        "name": work["project"]["name"],
        "annotator": person,
        "videos": {video["id"]: (video["home"], video["offset"]) for video in work["videos"]},
    }
    connection.execute(insert(schema.about).values(key=_KEY, value=json.dumps(origin, ensure_ascii=False)))


def _insert_all(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _video(video: Mapping[str, Any], folder: Path, later: Path) -> dict[str, Any]:
    """Return the row of a recording; one in the folder itself is linked from there."""
    path = Path(video["path"])
    if path.is_relative_to(folder):
        stored = path.relative_to(folder).as_posix()
    else:
        stored = stored_path(path, later)
    kept = {
        key: video[key]
        for key in ("id", "subject", "recorded_at", "frames", "fps", "width", "height", "exact")
    }
    return kept | {
        "path": stored,
        "confirmed": video["frames"] or 0,
        "estimated_frames": video["frames"],
        "fingerprint": json.dumps(video["fingerprint"]) if video["fingerprint"] else None,
        "display": json.dumps(video["display"]),
        "added_at": now(),
    }
