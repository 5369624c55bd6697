"""Whom to compare, and how: passes of the project or label files, settings, and a button."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QProgressBar, QTabWidget, QVBoxLayout, QWidget

from ..agreeing import Agreeing, FileRequest, PassRequest
from ..annotation.agreement.report import AgreementReport
from ..annotation.errors import AgreementError, EthoprofileError, GapsError
from ..session import Session
from ..wires import Wires
from .agreement_files import AgreementFiles
from .agreement_raters import AgreementRaters
from .agreement_settings import AgreementSettings
from .forms import Notice, push_button


class AgreementChoice(QWidget):
    """Asks the agreement of the window for a report."""

    def __init__(
        self, agreeing: Agreeing, session: Session, wires: Wires, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_choice")
        self._agreeing, self._session = agreeing, session
        self.raters = AgreementRaters(session, self)
        self.files = AgreementFiles(self)
        self.sources = QTabWidget(self)
        self.sources.setObjectName("agreement_sources")
        self.sources.addTab(self.raters, "Passes of this project")
        self.sources.addTab(self.files, "Label files")
        bar = self.sources.tabBar()
        assert bar is not None
        bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.settings = AgreementSettings(self)
        self.notice = Notice("agreement_notice", self)
        self.busy = QProgressBar(self)
        self.busy.setObjectName("agreement_busy")
        self.busy.setRange(0, 0)
        self.busy.setMaximumHeight(16)
        self.busy.hide()
        self.compare = push_button("agreement_compare", "Compare", "Compute the agreement.", self)
        self.cancel = push_button("agreement_cancel", "Cancel", "Give up what is being computed.", self)
        self.cancel.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.busy, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.compare, 0, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sources, 1)
        layout.addWidget(self.settings)
        layout.addWidget(self.notice)
        layout.addLayout(foot)
        self.raters.changed.connect(self._show_whether_enough)
        self.files.changed.connect(self._show_whether_enough)
        self.sources.currentChanged.connect(lambda _tab: self._show_whether_enough())
        self.compare.clicked.connect(lambda _checked=False: self.start())
        self.cancel.clicked.connect(lambda _checked=False: agreeing.cancel())
        wires.connect(session.project_changed, lambda _project: self.refresh())
        wires.connect(session.annotator_changed, lambda _name: self.refresh())
        wires.connect(session.passes_changed, self.refresh)
        wires.connect(agreeing.busy_changed, self._show_busy)
        wires.connect(agreeing.refused, self._on_refused)
        wires.connect(agreeing.report_changed, self._on_report)
        self._show_busy(agreeing.busy)

    def refresh(self) -> None:
        """Show whom the acting annotator can compare now."""
        self.raters.refresh()

    def start(self) -> None:
        """Ask for a report of what is chosen."""
        self.notice.tell("")
        try:
            self._agreeing.start(self._request())
        except EthoprofileError as error:
            self.notice.tell(str(error), problem=True)

    def _request(self) -> PassRequest | FileRequest:
        settings = self.settings.settings()
        if self.sources.currentWidget() is self.files:
            return FileRequest(self.files.paths(), self.files.options(), settings)
        raters = tuple(self.raters.chosen())
        if len(raters) < 2:
            raise AgreementError("Agreement needs two raters or more; tick them.")
        project = self._session.require_project()
        return PassRequest(project.folder, raters, self._session.annotator, settings)

    def _on_refused(self, error: EthoprofileError) -> None:
        if isinstance(error, GapsError) and not self.files.gaps_answered():
            self.files.ask_gaps()
            self.notice.tell("Say what lies between the bouts, then compare again.")
        else:
            self.notice.tell(str(error), problem=True)

    def _on_report(self, report: AgreementReport | None) -> None:
        if report is not None:
            self.notice.tell("")
            self.files.question.hide()

    def _show_busy(self, busy: bool) -> None:
        self.busy.setVisible(busy)
        self.cancel.setVisible(busy)
        for widget in (self.sources, self.settings):
            widget.setEnabled(not busy)
        self._show_whether_enough()

    def _show_whether_enough(self) -> None:
        files = self.sources.currentWidget() is self.files
        enough = bool(self.files.paths()) if files else len(self.raters.chosen()) > 1
        self.compare.setEnabled(enough and not self._agreeing.busy)
