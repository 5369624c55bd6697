"""The dock that napari opens as "Agreement of annotators"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, QTimer
from qtpy.QtGui import QColor, QShowEvent
from qtpy.QtWidgets import QDockWidget, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ..agreeing import Agreeing
from ..annotation.agreement.report import AgreementReport, Part
from ..annotation.errors import EthoprofileError
from ..background import Background
from ..keys.focus import main_window_of
from ..timeline.theme import Theme
from .agreement_choice import AgreementChoice
from .agreement_page import AgreementPage
from .agreement_report import AgreementReportDialog
from .forms import text_label
from .side_dock import SideDock

if TYPE_CHECKING:
    import napari.viewer

MESSAGE_SECONDS = 20
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
        super().__init__(viewer, parent)
        self.setObjectName("ethoprofile_agreement")
        self.setMinimumWidth(410)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        session = self.workspace.session
        self.run = Background(self)
        self.agreeing = Agreeing(session, self.workspace.playlist, self.run)
        self.choice = AgreementChoice(self.agreeing, session, self._wires, self)
        self.page = AgreementPage(self.agreeing, self._wires, self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.choice)
        self.pages.addWidget(self.page)
        self.message = text_label("agreement_message", self)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.message.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.message)
        self._connect()
        self._follow_theme()

    def _connect(self) -> None:
        session, agreeing, wires = self.workspace.session, self.agreeing, self._wires
        self.page.part_clicked.connect(self._play)
        self.page.report_requested.connect(self._write_report)
        self.page.others_requested.connect(lambda: self.pages.setCurrentWidget(self.choice))
        wires.connect(agreeing.report_changed, self._on_report)
        wires.connect(session.message, self.tell)
        wires.connect(session.project_changed, lambda _project: agreeing.check_still_allowed())
        wires.connect(session.annotator_changed, lambda _name: agreeing.check_still_allowed())
        wires.connect(session.passes_changed, agreeing.check_still_allowed)
        wires.connect(session.opened, lambda _current: agreeing.check_still_allowed())
        wires.connect(self.workspace.left, self._on_left)
        wires.connect(self._viewer.events.theme, self._follow_theme)

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

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except EthoprofileError as error:
            self.tell(str(error))

    def tell(self, text: str) -> None:
        """Show a sentence at the bottom of the dock for a while."""
        self.message.setText(text)
        self.message.show()
        self._timer.start(MESSAGE_SECONDS * 1000)

    def _follow_theme(self, _event: object = None) -> None:
        from napari.utils.theme import get_theme

        theme = get_theme(self._viewer.theme)
        colors = (theme.background, theme.text, theme.current)
        self.page.set_theme(Theme(*(QColor(color.as_hex()) for color in colors)))

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
