"""The tables of a project's database as they are now; `migrations` brings older ones here."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

#: Written to SQLite's ``user_version``.
SCHEMA_VERSION = 5
#: Written to SQLite's ``application_id``: the letters ETHO.
APPLICATION_ID = 0x4554484F

metadata = MetaData()

#: Facts about the project itself: its name, its id, when it was made.
about = Table("about", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

#: Every version of the ethogram. `merged` maps ids that this version merged to those that took their
#: place; `groups` maps the names of the exclusive groups to ids that survive a renaming.
ethograms = Table(
    "ethograms",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("data", Text, nullable=False),
    Column("groups", Text, nullable=False),
    Column("merged", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
)

subjects = Table(
    "subjects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("strain", Text, nullable=False),
    Column("sex", Text, nullable=False),
    Column("cage", Text, nullable=False),
    Column("more", Text, nullable=False),
)

#: `frames` is known when the index is complete; until then there is an estimate and a confirmed prefix.
videos = Table(
    "videos",
    metadata,
    Column("id", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("subject", Text, ForeignKey("subjects.id")),
    Column("recorded_at", Text),
    Column("frames", Integer),
    Column("estimated_frames", Integer),
    Column("confirmed", Integer, nullable=False),
    Column("fps", Float),
    Column("width", Integer),
    Column("height", Integer),
    Column("exact", Boolean),
    Column("fingerprint", Text),
    Column("added_at", Text, nullable=False),
    Column("display", Text, nullable=False, server_default="{}"),
)

clips = Table(
    "clips",
    metadata,
    Column("id", Text, primary_key=True),
    Column("video", Text, ForeignKey("videos.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("plan", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    UniqueConstraint("video", "start", "stop"),
)

annotators = Table(
    "annotators",
    metadata,
    Column("name", Text, primary_key=True),
    Column("initials", Text, nullable=False),
)

#: The counts are kept in step with the journal by the transaction that writes an edit.
passes = Table(
    "passes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("clip", Text, ForeignKey("clips.id"), nullable=False),
    Column("annotator", Text, ForeignKey("annotators.name"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("based_on", Text, ForeignKey("passes.id")),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("submitted_at", Text),
    Column("labeled", Integer, nullable=False),
    Column("none", Integer, nullable=False),
    Column("unlabeled", Integer, nullable=False),
    Index("passes_by_clip", "clip"),
    Index("passes_by_kind", "kind", "state"),
)

#: Who opened, submitted and reopened a pass; append-only.
pass_states = Table(
    "pass_states",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pass", Text, ForeignKey("passes.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
)

#: The journal; append-only. A track is the replay of `after` in the order of `id`. Rows of one step are
#: undone together. `what` is ``labels`` (before and after are runs), ``notes`` (lists of notes) or
#: ``proposals`` (runs of what is proposed, since version 5; `model_pass` says by which pass of a model, which
#: may lie in the project of another computer).
edits = Table(
    "edits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pass", Text, ForeignKey("passes.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("target", Integer),
    Column("what", Text, nullable=False),
    Column("group", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("provenance", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("model_pass", Text),
    UniqueConstraint("pass", "step", "part"),
)

#: Bouts that are being scored right now: what a crash leaves here is restored on the next opening.
open_bouts = Table(
    "open_bouts",
    metadata,
    Column("pass", Text, ForeignKey("passes.id"), primary_key=True),
    Column("group", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("label", Integer, nullable=False),
    Column("at", Text, nullable=False),
)

#: Which window writes which pass.
locks = Table(
    "locks",
    metadata,
    Column("pass", Text, ForeignKey("passes.id"), primary_key=True),
    Column("token", Text, nullable=False),
    Column("annotator", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process_started", Float, nullable=False),
    Column("since", Text, nullable=False),
    Column("heartbeat", Float, nullable=False),
)

#: Frames that were really on the screen at 1x or slower (since version 2).
viewed = Table(
    "viewed",
    metadata,
    Column("pass", Text, ForeignKey("passes.id"), primary_key=True),
    Column("stretches", Text, nullable=False),
)

#: What the window remembers, and settings of the project such as the light schedule (since version 2).
settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: Who shall score which clip (since version 3). `kind` is what the annotator is told. `repeats` is a pass of
#: theirs that they score again without knowing: nobody is told before `pass`, with which they do so, is
#: submitted. Rows are never deleted.
assignments = Table(
    "assignments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("clip", Text, ForeignKey("clips.id"), nullable=False),
    Column("annotator", Text, ForeignKey("annotators.name"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("repeats", Text, ForeignKey("passes.id")),
    Column("pass", Text, ForeignKey("passes.id")),
    Column("deadline", Text),
    Column("plan", Text, nullable=False),
    Column("assigned_at", Text, nullable=False),
    Column("assigned_by", Text, nullable=False),
    Column("withdrawn_at", Text),
    Column("withdrawn_by", Text),
    UniqueConstraint("pass"),
    Index("assignments_by_annotator", "annotator"),
)

#: Which model version a pass is labeled with (since version 4), one as long as it is open. `model_pass` holds
#: what the model says, as labels; it is empty where the pass goes without proposals, for the reason in `why`.
proposals = Table(
    "proposals",
    metadata,
    Column("pass", Text, ForeignKey("passes.id"), primary_key=True),
    Column("model_pass", Text, ForeignKey("passes.id")),
    Column("why", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
)

#: Stretches that the loop asks somebody to label (since version 4): frames ``[start, stop)`` of the recording
#: within a clip, never labels. `audit` marks those that were drawn at random and go without proposals.
#: `annotator` is empty where anybody may take it; `pass` is the pass with which it was answered.
queries = Table(
    "queries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("clip", Text, ForeignKey("clips.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("annotator", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("strategy", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("score", Float),
    Column("seconds", Float),
    Column("model", Text, nullable=False),
    Column("audit", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("pass", Text, ForeignKey("passes.id")),
    Column("added_at", Text, nullable=False),
    Column("ended_at", Text),
    Index("queries_by_state", "state"),
)

#: What became of every model (since version 4): trained, made the current one, kept aside, rolled back to;
#: append-only. `data` is the hash of what it learned from, `verdict` the figures that decided (JSON).
model_events = Table(
    "model_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
)

APPEND_ONLY = ("edits", "pass_states", "ethograms", "model_events")

_GUARDS = tuple(
    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in APPEND_ONLY
    for act in ("UPDATE", "DELETE")
)

#: Nothing changes a pass that was frozen, whatever program writes.
_FROZEN = (
    (
        "CREATE TRIGGER edits_frozen BEFORE INSERT ON edits "
        "WHEN (SELECT state FROM passes WHERE id = NEW.pass) LIKE 'frozen-%' "
        "BEGIN SELECT RAISE(ABORT, 'the pass is frozen'); END"
    ),
    (
        "CREATE TRIGGER passes_frozen BEFORE UPDATE OF state, kind, clip ON passes "
        "WHEN OLD.state LIKE 'frozen-%' BEGIN SELECT RAISE(ABORT, 'the pass is frozen'); END"
    ),
)

TRIGGERS = _GUARDS + _FROZEN


def create_schema(connection: Connection) -> None:
    """Make all tables, triggers and the version marks in an empty database."""
    metadata.create_all(connection)
    for trigger in TRIGGERS:
        connection.exec_driver_sql(trigger)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
