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

    def import_beside(self) -> None:
        """Open the dialog that imports everything beside a recording: the open one at first."""
        from .widgets.import_beside import BesideDialog

        session, current = self._desk.session, self._desk.session.current
        videos = session.require_project().videos()
        if not videos:
            self._desk.tell("The project has no recordings yet; add one first.")
            return
        video = current.source.id if current is not None else videos[0].id
        BesideDialog(session, video, session.annotator, self._desk.dock).exec()

    def proposal_rules(self) -> None:
        """Open the dialog on when proposals are shown, and look again at the open pass."""
        from .widgets.proposal_rules import ProposalRulesDialog

        if ProposalRulesDialog(self._desk.session, self._desk.dock).exec():
            self._desk.session.passes_changed()

    def anchoring(self) -> None:
        """Show work with proposals beside work without."""
        from .widgets.anchoring import AnchoringDialog

        AnchoringDialog(self._desk.session, self._desk.dock).exec()

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
        """Show who changed the bout or the unlabeled stretch under the playhead, when, and from what."""
        from .navigation import bout_under
        from .widgets.history import HistoryDialog

        current, track = self._desk.session.current, self._desk.session.track
        if current is None or track is None:
            self._desk.tell("Open a clip first; the history is that of the bout under the playhead.")
            return
        current.editor.flush()
        frame, project = self._desk.session.playhead, self._desk.session.require_project()
        labeled = bout_under(track, frame)
        bout = labeled or track.bout_at(frame)  # where nothing is labeled, something may have been rejected
        entries = project.door.history(
            current.record.id, self._desk.session.annotator, bout.start, bout.stop,
            labeled.group if labeled is not None else None,
        )  # fmt: skip
        HistoryDialog(bout, entries, project.ethogram, self._desk.dock).exec()

    def discard(self) -> None:
        """Ask whether the open pass is discarded, and do so."""
        current = self._desk.session.current
        if current is None:
            self._desk.tell("Open the clip first whose pass shall be discarded.")
            return
        question = (
            f"Discard the {current.record.kind} pass of {current.record.annotator} over frames "
            f"{current.clip.start} to {current.clip.stop}? It counts no more then; "
            "its history stays, and it can be restored."
        )
        if not self._desk.dialogs.confirm("Discard this pass", question):
            return
        project, pass_id = self._desk.session.require_project(), current.record.id
        self._desk.session.close_pass()
        project.discard_pass(pass_id, self._desk.session.annotator)
        self._desk.session.passes_changed()
        self._desk.tell("The pass is discarded; the clip can be scored anew.")

    def restore(self) -> None:
        """Let the user choose one of the discarded passes, and bring it back."""
        session = self._desk.session
        project = session.require_project()
        found = project.discarded_passes(session.annotator or None)
        if not found:
            self._desk.tell("No pass of this project is discarded.")
            return
        texts = [f"{p.clip}: {p.kind} pass of {p.annotator} ({p.id})" for p in found]
        number = self._desk.dialogs.choose("Restore a discarded pass", "Pass:", texts)
        if number is not None:
            session.close_pass()
            record = project.restore_pass(found[number].id, session.annotator)
            session.passes_changed()
            self._desk.tell(f"The pass over {record.clip} counts again.")

    def rename(self) -> None:
        """Ask for another name of the acting annotator; their work goes along."""
        session = self._desk.session
        project, old = session.require_project(), session.annotator
        new = self._desk.dialogs.ask_name("Rename annotator", f"New name of {old}:", old) if old else None
        if new is None or new == old:
            return
        current = session.current
        session.close_pass()
        try:
            record = project.rename_annotator(old, new, acting=old)
            self._desk.act_as(record.name)
            session.passes_changed()
        finally:
            if current is not None:
                self._desk.open_clip(current.clip.id)
