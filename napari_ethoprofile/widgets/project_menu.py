"""The menu of the project: recordings, clips, ethogram, keys, files, people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtGui import QAction
from qtpy.QtWidgets import QFileDialog, QMenu

from .choosers import LABEL_FILES, RECORDING_FILES
from .forms import add_action

if TYPE_CHECKING:
    from .main import MainWidget


class ProjectMenu(QMenu):
    """What can be done with the open project, beside scoring.

    Parameters
    ----------
    dock
        The main dock; its workspace carries out what is chosen, and it shows what was refused.
    """

    def __init__(self, dock: MainWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        self._workspace = dock.workspace
        self.setToolTipsVisible(True)
        ask, display = self._workspace.ask, self._workspace.display
        self._add("Add recordings…", self._choose_videos)
        self._add("Plan clips…", self._plan_clips)
        self._add("Assign clips…", ask.assign_clips)
        self._add("Assignments…", ask.assignments)
        self._add("Edit ethogram…", ask.ethogram)
        self._add("Keys…", ask.keys)
        self._add("Proposals…", ask.proposal_rules)
        audit = self._add("Anchoring audit…", ask.anchoring)
        audit.setToolTip("Do proposals help, or are they waved through? Work with them beside work without.")
        self._log = self._add("Log my keys", self._switch_log)
        self._log.setCheckable(True)
        self._log.setToolTip(
            "Times and kinds of keys, never behaviors, in a file of the project folder: to measure effort."
        )
        self.aboutToShow.connect(lambda: self._log.setChecked(self._workspace.key_log.on))
        self.addSeparator()
        self._add("Import labels…", self._choose_labels)
        self._add("Import everything beside a recording…", ask.import_beside)
        self._add("Export labels…", ask.export_labels)
        self.addSeparator()
        self._add("History of this bout…", ask.history)
        self.addSeparator()
        self._add("Rotate picture", lambda: display.turn(quarter_turns=1))
        self._add("Mirror picture", lambda: display.turn(mirror=True))
        self._add("Crop picture…", ask.crop)
        self._add("Relink recording…", ask.relink)
        self._add("Import subjects…", self._choose_subjects)
        self.addSeparator()
        self._add("Reopen submitted pass", self._workspace.reopen)
        self._add("Discard this pass…", ask.discard)
        self._add("Restore a discarded pass…", ask.restore)
        self._add("Rename annotator…", ask.rename)
        self.addSeparator()
        self._add("Show timeline", self._workspace.show_timeline)
        self.addSeparator()
        self._add("Close project", lambda: self._workspace.session.set_project(None))

    def _add(self, text: str, act: Callable[[], object]) -> QAction:
        return add_action(self, text, lambda: self._dock.guarded(act))

    def _switch_log(self) -> None:
        log = self._workspace.key_log
        log.switch(not log.on)
        self._dock.show_message("Your keys are logged." if log.on else "Your keys are not logged.")

    def _choose_videos(self) -> None:
        files, _kind = QFileDialog.getOpenFileNames(self._dock, "Add recordings", "", RECORDING_FILES)
        if files:
            self._workspace.add_videos([Path(file) for file in files])

    def _choose_labels(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self._dock, "Import labels", "", LABEL_FILES)
        if file:
            self._workspace.ask.import_labels(Path(file))

    def _choose_subjects(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(
            self._dock, "Import subjects", "", "Tables (*.csv);;All files (*)"
        )
        if file:
            project = self._workspace.session.require_project()
            self._dock.show_message(f"Read {len(project.import_subjects(Path(file)))} subjects.")
            self._workspace.session.passes_changed()

    def _plan_clips(self) -> None:
        from .plan_clips import PlanDialog

        dialog = PlanDialog(self._workspace.session, self._dock)
        if dialog.exec():
            self._workspace.session.passes_changed()
