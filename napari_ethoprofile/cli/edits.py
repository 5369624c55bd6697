"""Commands that edit a pass of one's own: label, boundary, undo, redo, notes. One edit is one undo step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..annotation.errors import ProjectError, TrackError
from .changes import NameOf, label_names, note_text, sentence
from .common import AsJson, ProjectFolder, opened, print_table, say, say_json
from .passes import Owner, PassId

if TYPE_CHECKING:
    from ..annotation.ethogram import Ethogram
    from ..annotation.frame_clock import FrameClock
    from ..annotation.project import Change, ClipRecord, PassEditor

Group = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The exclusive group; a behavior's own, else all where that is clear."),
]
Reason = Annotated[str, typer.Option(metavar="T", help="Why, for the history.")]
_AT = "frame of the recording, or its time such as 12.3s or 1:30"


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(label)
    app.command()(boundary)
    app.command()(undo)
    app.command()(redo)
    app.command()(notes)


@dataclass(frozen=True)
class _Desk:
    """A pass that is open for editing, with what turns frames of the recording into frames of its track."""

    editor: PassEditor
    clip: ClipRecord
    clock: FrameClock
    ethogram: Ethogram
    name_of: NameOf

    def frame(self, option: str, text: str) -> int:
        """Return the frame of the track that a typed frame or time of the recording means."""
        from ..navigation import parse_time

        seconds = parse_time(text)
        try:
            found = int(text) if seconds is None else self.clock.frame(seconds)
        except ValueError as error:
            raise typer.BadParameter(
                f"'{text}' is no frame and no time for {option}; write it like 1500, 60s or 1:00."
            ) from error
        if found is None:
            raise ProjectError("The frame rate of this recording is not known; give frames, not times.")
        if not self.clip.start <= found <= self.clip.stop:
            raise ProjectError(
                f"Frame {found} of {option} does not lie on the clip, which has the frames {self.clip.start} "
                f"to {self.clip.stop} of the recording."
            )
        return found - self.clip.start

    def groups(self, name: str | None, label: int | None = None) -> list[int]:
        """Return the groups that are meant: the named one, a label's own, or all."""
        groups = self.ethogram.groups
        if name is None:
            return list(range(len(groups))) if label is None else self.ethogram.groups_of(label)
        named = [n for n, group in enumerate(groups) if group.casefold() == name.strip().casefold()]
        if not named:
            raise ProjectError(f"The ethogram has no group '{name}'; its groups are {', '.join(groups)}.")
        if label is not None and named[0] not in self.ethogram.groups_of(label):
            own = groups[self.ethogram.group_of(label)]
            raise ProjectError(
                f"'{self.ethogram.label_name(label)}' is a behavior of the group '{own}', not of '{name}'."
            )
        return named

    def one_group(self, name: str | None) -> int:
        """Return the group that is meant where only one can be."""
        found = self.groups(name)
        if len(found) > 1:
            raise ProjectError(f"Say which group with --group: {', '.join(self.ethogram.groups)}.")
        return found[0]

    def tell(self, changes: list[Change], nothing: str) -> None:
        """Print what was done, once it is on disk."""
        self.editor.flush()
        for change in changes:
            say(sentence(change, self.clip.start, self.name_of))
        if not changes:
            say(nothing)


@contextmanager
def _editing(project: Path, pass_id: str, annotator: str) -> Iterator[_Desk]:
    """Open a pass as the window does: one's own, for writing, unless another window has it."""
    with opened(project) as store, store.edit(pass_id, annotator) as editor:
        if editor.read_only:
            raise ProjectError(editor.read_only)
        clip = store.get_clip(editor.record.clip)
        try:
            yield _Desk(editor, clip, store.frame_clock(clip.video), store.ethogram, label_names(store))
        except TrackError as error:
            if not clip.start:
                raise
            counted = f"(Frames are counted here from frame {clip.start} of the recording.)"
            raise TrackError(f"{error} {counted}") from error


def label(
    project: ProjectFolder,
    pass_id: PassId,
    annotator: Owner,
    behavior: Annotated[str, typer.Option(metavar="B", help="A behavior's name, none or unlabeled.")],
    start: Annotated[str, typer.Option(metavar="F", help=f"First {_AT}.")] = "",
    stop: Annotated[str, typer.Option(metavar="F", help=f"First {_AT} that is left as it was.")] = "",
    at: Annotated[str, typer.Option(metavar="F", help=f"The whole bout at this {_AT}.")] = "",
    group: Group = None,
    reason: Reason = "",
) -> None:
    """Give a stretch, or the bout at a frame, one label in a pass of one's own.

    Example: ethoprofile label my-project pq2bmk8qy7w --annotator Ada --behavior groom --start 1500 --stop 62s
    """
    from ..annotation.edits import Edit

    if bool(at) == bool(start or stop) or bool(start) != bool(stop):
        raise typer.BadParameter("say --start and --stop, or --at for the bout at a frame.")
    with _editing(project, pass_id, annotator) as desk:
        track, code = desk.editor.track, desk.ethogram.label_code(behavior)
        groups = desk.groups(group, code)
        if at:
            frame = desk.frame("--at", at)
            edits = [Edit.replace_bout(track, frame, code, each, reason=reason) for each in groups]
        else:
            first, last = desk.frame("--start", start), desk.frame("--stop", stop)
            edits = [Edit.paint(track, first, last, code, each, reason=reason) for each in groups]
        desk.editor.commit_all(edits)
        desk.tell([edit for edit in edits if not edit.empty], "These frames have this label already.")


def boundary(
    project: ProjectFolder,
    pass_id: PassId,
    annotator: Owner,
    at: Annotated[str, typer.Option(metavar="F", help=f"The boundary to move: its {_AT}.")] = "",
    to: Annotated[str, typer.Option(metavar="F", help=f"Where the boundary at --at shall be: {_AT}.")] = "",
    start: Annotated[
        str, typer.Option(metavar="F", help=f"Let the bout there, or the next, begin at: {_AT}.")
    ] = "",
    end: Annotated[
        str, typer.Option(metavar="F", help=f"Let the bout there, or the one before, end with: {_AT}.")
    ] = "",
    group: Group = None,
    reason: Reason = "",
) -> None:
    """Move where a bout begins or ends in a pass of one's own.

    Example: ethoprofile boundary my-project pq2bmk8qy7w --annotator Ada --at 1500 --to 1498
    """
    from ..annotation.edits import Edit

    if [bool(at and to), bool(start), bool(end)].count(True) != 1 or bool(at) != bool(to):
        raise typer.BadParameter("say --at and --to, or --start, or --end.")
    with _editing(project, pass_id, annotator) as desk:
        track, number = desk.editor.track, desk.one_group(group)
        if start:
            edit = Edit.set_start(track, desk.frame("--start", start), number)
        elif end:
            edit = Edit.set_end(track, desk.frame("--end", end), number)
        else:
            edit = Edit.move_boundary(track, desk.frame("--at", at), desk.frame("--to", to), number)
        desk.editor.reason = reason
        desk.editor.commit(edit)
        desk.tell([] if edit.empty else [edit], "The boundary is there already.")


def undo(project: ProjectFolder, pass_id: PassId, annotator: Owner) -> None:
    """Take the last edit of a pass of one's own back, wherever it was made.

    Example: ethoprofile undo my-project pq2bmk8qy7w --annotator Ada
    """
    with _editing(project, pass_id, annotator) as desk:
        desk.tell(desk.editor.undo(), "There is nothing to undo.")


def redo(project: ProjectFolder, pass_id: PassId, annotator: Owner) -> None:
    """Do again what was undone last in a pass of one's own.

    Example: ethoprofile redo my-project pq2bmk8qy7w --annotator Ada
    """
    with _editing(project, pass_id, annotator) as desk:
        desk.tell(desk.editor.redo(), "There is nothing to redo.")


def notes(
    project: ProjectFolder,
    pass_id: PassId,
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Who asks, or whose pass is changed.")] = "",
    at: Annotated[str, typer.Option(metavar="F", help=f"The bout that the note is on: a {_AT}.")] = "",
    text: Annotated[str | None, typer.Option(metavar="T", help="The note; empty takes it away.")] = None,
    uncertain: Annotated[
        bool | None, typer.Option("--uncertain/--certain", help="Flag the bout, or take the flag back.")
    ] = None,
    group: Group = None,
    as_json: AsJson = False,
) -> None:
    """List the notes of a pass, or put one on a bout of one's own pass.

    Example: ethoprofile notes my-project pq2bmk8qy7w --annotator Ada --at 1510 --text "tail?" --uncertain
    """
    if not at and text is None and uncertain is None:
        _list_notes(project, pass_id, annotator or None, as_json=as_json)
        return
    if not annotator or not at or (text is None and uncertain is None):
        raise typer.BadParameter("a note needs --annotator, --at, and --text or --uncertain or --certain.")
    from ..navigation import bout_under

    with _editing(project, pass_id, annotator) as desk:
        frame, track = desk.frame("--at", at), desk.editor.track
        bout = bout_under(track, frame) if group is None else track.bout_at(frame, desk.one_group(group))
        if bout is None or bout.label < 0:
            raise ProjectError(f"There is no bout at frame {desk.clip.start + frame}.")
        desk.editor.annotate_bout(bout, text, uncertain)
        note = desk.editor.note_at(bout.start, bout.group)
        desk.editor.flush()
        stretch = f"{desk.clip.start + bout.start} to {desk.clip.start + bout.stop}"
        say(f"frames {stretch}, {desk.name_of(bout.label)}: {note_text(note) if note else 'no note'}")


def _list_notes(project: Path, pass_id: str, acting: str | None, *, as_json: bool) -> None:
    with opened(project, read_only=True) as store:
        first = store.get_clip(store.get_pass(pass_id).clip).start
        found = store.door.notes(pass_id, acting)
        groups = store.ethogram.groups
    columns = ["start", "stop", "group", "uncertain", "text"]
    rows = [(first + n.start, first + n.stop, groups[n.group], n.uncertain, n.text) for n in found]
    if as_json:
        say_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    shown = [[str(a), str(b), name, "yes" if flag else "", note] for a, b, name, flag, note in rows]
    print_table(f"{len(rows)} notes", columns, shown)
