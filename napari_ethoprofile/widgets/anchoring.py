"""The dialog that shows work with proposals beside work without, and says whether they are waved through."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..annotation.project import Project
from ..annotation.proposals.anchoring import AnchoringAudit, audit_anchoring
from ..background import Background
from ..session import Session
from .forms import Notice, push_button, shape_table, text_label, tooltip
from .report_table import MISSING

_INTRO = (
    "Some clips are scored without proposals, so that it can be seen whether proposals help, and whether "
    "people still look for themselves."
)


class AnchoringDialog(QDialog):
    """Compares submitted passes that were shown proposals with those that were not.

    The passes are read in a thread, through the eyes of the acting annotator: what is closed to them is left
    out.

    Parameters
    ----------
    session
        Whose project and annotator it is for.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("anchoring_dialog")
        self.setWindowTitle("Anchoring audit")
        self.table = QTableWidget(0, 3, self)
        self.table.setObjectName("anchoring_table")
        self.table.setHorizontalHeaderLabels(["", "With proposals", "Without"])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        shape_table(self.table, 0, 24)
        self.notice = Notice("anchoring_notice", self)
        self.notice.tell("Looking at the passes …")
        close = push_button("anchoring_close", "Close", "Close this window.", self)
        close.clicked.connect(lambda _checked=False: self.accept())
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(text_label("anchoring_intro", self, _INTRO))
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notice)
        layout.addLayout(foot)
        self.resize(560, 420)
        folder, acting = session.require_project().folder, session.annotator or None

        def work() -> AnchoringAudit:
            with Project.open(folder, read_only=True) as project:
                return audit_anchoring(project, acting)

        Background(self)(work, self._show, self._refuse)

    def _show(self, found: AnchoringAudit) -> None:
        rows = found.rows
        self.table.setRowCount(len(rows))
        for place, row in enumerate(rows):
            self.table.setItem(place, 0, QTableWidgetItem(row.name[0].upper() + row.name[1:]))
            for column, text in enumerate((row.shown, row.without), start=1):
                item = QTableWidgetItem(text or MISSING)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if not text:
                    item.setToolTip(tooltip(f"Not defined because {row.why}."))
                self.table.setItem(place, column, item)
        self.notice.tell("\n".join(found.sentences), problem=bool(found.warnings))

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, EthoprofileError):
            raise error
        self.notice.tell(str(error), problem=True)
