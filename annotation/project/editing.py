"""Opening passes for editing: who may, who holds them, and what follows when they are submitted."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ..errors import ProjectError
from .assignments import Assignments
from .discarding import Discarding
from .editor import PassEditor
from .locks import give_lock, take_lock
from .pass_rows import check_owner, set_state
from .people import find_annotator
from .records import PassRecord, State
from .writer import JournalWriter, check_lock


class Editing(Assignments, Discarding):
    """Editors of passes."""

    _writer: JournalWriter | None
    _editors: list[PassEditor]

    def edit(self, pass_id: str, acting: str, *, read_only: bool = False) -> PassEditor:
        """Open a pass for editing.

        The editor is read-only, and `PassEditor.read_only` says why, when another window has the pass open,
        when it was submitted, or when the project is open for reading only. Bouts that a crash left open are
        restored and listed in `PassEditor.recovered`.

        Parameters
        ----------
        pass_id
            The pass.
        acting
            Name of the annotator who opens it; only the one whose pass it is may change it.
        read_only
            Open it for looking only, somebody else's too.

        Raises
        ------
        BlindError
            When `acting` has a blind pass open on the same frames.
        ProjectError
            When it is somebody else's pass and `read_only` is False.
        """
        self.door.check(pass_id, acting)
        record = self.get_pass(pass_id)
        with self.database.reading() as connection:
            author = find_annotator(connection, acting).name
            if not read_only:
                check_owner(connection, record, acting)
        token, obstacle, holder = self._take(record, author, read_only)
        try:
            editor = PassEditor(
                record=record,
                author=author,
                load=lambda: self.door.load_editor(pass_id, acting),
                writer=self._writer if token else None,
                token=token,
                read_only=obstacle,
                held_by=holder,
                release=self._release,
                submit=self._submit,
            )
        except ProjectError:
            self._give_back(pass_id, token)
            raise
        self._editors.append(editor)
        if token and self._writer is not None:
            self._writer.hold(pass_id, token)
            editor.recover()
        return editor

    def _take(self, record: PassRecord, author: str, read_only: bool) -> tuple[str, str, str]:
        """Return the token of the lock; or why the pass can only be read, and who else holds it."""
        if read_only:
            return "", "This pass was opened for reading only.", ""
        if self.read_only:
            return "", f"The project {self.folder} is open for reading only.", ""
        if record.state is not State.OPEN:
            return "", _closed_sentence(record), ""
        with self.database.writing() as connection:
            token, holder = take_lock(connection, record.id, author)
        if holder is not None:
            return "", holder.sentence(), f"{holder.annotator} on {holder.host}"
        return token, "", ""

    def _give_back(self, pass_id: str, token: str) -> None:
        """Give a lock back; where the disk refuses it goes stale with the end of this program."""
        if token:
            with contextlib.suppress(ProjectError), self.database.writing() as connection:
                give_lock(connection, pass_id, token)

    def _release(self, editor: PassEditor) -> None:
        if editor in self._editors:
            self._editors.remove(editor)
        if self._writer is not None and editor.token:
            self._writer.let_go(editor.record.id, editor.token)
        self._give_back(editor.record.id, editor.token)

    def _submit(self, editor: PassEditor) -> list[Path]:
        record = editor.record
        with self.database.writing() as connection:
            check_lock(connection, record.id, editor.token)
            set_state(connection, record.id, State.SUBMITTED, editor.author)
        editor.record = record = self.get_pass(record.id)
        editor.read_only = _closed_sentence(record)
        return self._write_copies([record]) + self.refresh_copies(self.get_clip(record.clip))


def _closed_sentence(record: PassRecord) -> str:
    """Say why a pass that is not open cannot be changed."""
    if record.state is State.DISCARDED:
        return "This pass was discarded; restore it to change it."
    if record.state.frozen:
        purpose = record.state.value.removeprefix("frozen-")
        return f"This pass is frozen as {purpose} data; start a review based on it to change labels."
    return f"This pass was submitted ({record.submitted_at}); reopen it to change it."
