"""What the menus ask for in a dialog of its own: opens it over the desk and does what follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .workspace import Workspace


class DeskDialogs:
    """Opens the dialogs of one scoring desk.

    Parameters
    ----------
    workspace
        The desk that they lie over and act on.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._desk = workspace

    def new_project(self) -> None:
        """Open the new-project assistant and open what it makes."""
        from .widgets.new_project import NewProjectAssistant

        assistant = NewProjectAssistant(self._desk.dock)
        if assistant.exec() and assistant.folder is not None:
            self._desk.open_project(assistant.folder, assistant.annotator)
            self._desk.open_next()

    def import_labels(self, path: Path | None = None) -> None:
        """Open the import dialog, for a label file that was dropped."""
        from .widgets.import_labels import ImportDialog

        ImportDialog(self._desk.session, path, self._desk.dock).exec()

    def export_labels(self) -> None:
        """Open the export dialog."""
        from .widgets.export_labels import ExportDialog

        ExportDialog(self._desk.session, self._desk.dock).exec()

    def assign_clips(self) -> None:
        """Open the dialog that assigns clips to annotators."""
        from .widgets.assign_clips import AssignDialog

        dialog = AssignDialog(self._desk.session, self._desk.dock)
        if dialog.exec():
            self._desk.session.passes_changed()
            self._desk.tell(f"Assigned: {dialog.assigned} clips.")

    def assignments(self) -> None:
        """Show who has which clips to score."""
        from .widgets.assignments import AssignmentsDialog

        AssignmentsDialog(self._desk.session, self._desk.dock).exec()

    def ethogram(self) -> None:
        """Open the ethogram editor."""
        from .widgets.ethogram_editor import EthogramEditor

        self._desk.scoring.interrupt()
        EthogramEditor(self._desk.session, self._desk.dock).exec()

    def keys(self) -> None:
        """Open the dialog for keys and reaction time."""
        from .widgets.keys_dialog import KeysDialog

        ethogram = self._desk.session.require_project().ethogram
        KeysDialog(self._desk.keyboard, ethogram, self._desk.dock).exec()

    def relink(self) -> None:
        """Open the dialog that links a recording to another file."""
        from .widgets.recording_dialogs import RelinkDialog

        project, current = self._desk.session.require_project(), self._desk.session.current
        self._desk.session.close_pass()
        if RelinkDialog(project, self._desk.dock).exec():
            self._desk.indexing.start()
            self._desk.session.passes_changed()
        if current is not None:
            self._desk.open_clip(current.clip.id)

    def crop(self) -> None:
        """Open the dialog that crops the picture of the open recording, and show it so."""
        from .widgets.recording_dialogs import CropDialog

        current = self._desk.session.current
        if current is None:
            self._desk.tell("Open a clip first; its recording is cropped.")
            return
        dialog = CropDialog(current.source, self._desk.dock)
        if dialog.exec():
            pass_id = current.record.id
            self._desk.session.close_pass()
            self._desk.session.require_project().set_display(current.source.id, crop=dialog.crop)
            self._desk.session.open_pass(pass_id)

    def history(self) -> None:
        """Show who changed the bout under the playhead, when, and from what."""
        from .navigation import bout_under
        from .widgets.history import HistoryDialog

        current, track = self._desk.session.current, self._desk.session.track
        bout = bout_under(track, self._desk.session.playhead) if track is not None else None
        if current is None or bout is None:
            self._desk.tell("There is no bout under the playhead.")
            return
        current.editor.flush()
        project = self._desk.session.require_project()
        entries = project.door.history(
            current.record.id, self._desk.session.annotator, bout.start, bout.stop, bout.group
        )
        HistoryDialog(bout, entries, project.ethogram, self._desk.dock).exec()
