"""The dock that napari opens as "Agreement of annotators"."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QDockWidget, QStackedWidget, QWidget

from ..agreeing import Agreeing
from ..annotation.agreement.report import AgreementReport, Part
from ..background import Background
from ..keys.focus import main_window_of
from ..timeline.theme import Theme
from .agreement_choice import AgreementChoice
from .agreement_page import AgreementPage
from .agreement_report import AgreementReportDialog
from .side_dock import SideDock

if TYPE_CHECKING:
    import napari.viewer

#: At this width the table of behaviors is whole.
WIDTH = 590


class AgreementWidget(SideDock):
    """Chooses raters, shows how far they agree, and plays the stretches behind every number.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__("agreement", viewer, parent)
        self.setMinimumWidth(410)
        session = self.workspace.session
        self.run = Background(self)
        self.agreeing = Agreeing(session, self.workspace.playlist, self.run)
        self.choice = AgreementChoice(self.agreeing, session, self._wires, self)
        self.page = AgreementPage(self.agreeing, self._wires, self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.choice)
        self.pages.addWidget(self.page)
        self._connect()
        self._fill(self.pages)

    def _connect(self) -> None:
        session, agreeing, wires = self.workspace.session, self.agreeing, self._wires
        self.page.part_clicked.connect(self._play)
        self.page.report_requested.connect(self._write_report)
        self.page.others_requested.connect(lambda: self.pages.setCurrentWidget(self.choice))
        wires.connect(agreeing.report_changed, self._on_report)
        wires.connect(session.project_changed, lambda _project: agreeing.check_still_allowed())
        wires.connect(session.annotator_changed, lambda _name: agreeing.check_still_allowed())
        wires.connect(session.passes_changed, agreeing.check_still_allowed)
        wires.connect(session.opened, lambda _current: agreeing.check_still_allowed())

    def _on_report(self, report: AgreementReport | None) -> None:
        self.pages.setCurrentWidget(self.page if report is not None else self.choice)

    def _play(self, part: Part) -> None:
        """Play stretches in the dock for comparing."""

        def play() -> None:
            self.agreeing.play(part)
            self.workspace.show_compare()

        self._guarded(play)

    def _write_report(self) -> None:
        report, project = self.agreeing.report, self.workspace.session.project
        if report is None:
            return
        folder = project.folder if self.agreeing.plays and project is not None else Path.home()
        dialog = AgreementReportDialog(report, folder, self.run, self)
        if dialog.exec():
            self.tell(f"Wrote {', '.join(str(path) for path in dialog.written)}.")

    def _use_theme(self, theme: Theme) -> None:
        self.page.set_theme(theme)

    def _join_tabs(self) -> None:
        """Share the place of the dock for annotating, and take the width that the table needs."""
        super()._join_tabs()
        window, own = main_window_of(self), self.parentWidget()
        if window is not None and isinstance(own, QDockWidget):
            window.resizeDocks([own], [min(WIDTH, window.width() // 2)], Qt.Orientation.Horizontal)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show who can be compared by now."""
        super().showEvent(event)
        self.agreeing.check_still_allowed()
        self.choice.refresh()

    def _let_go(self) -> None:
        super()._let_go()
        self.agreeing.cancel()
