"""The line on proposals below the open pass: whose they are, how many are undecided, or why there is none."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..proposing import Proposing
from ..session import Session
from .forms import text_label
from .request_dialog import RequestDialog

_NOT_KNOWN = "How sure it is of them is not kept any more; 'ethoprofile propose' computes it again."


class ProposalsPanel(QWidget):
    """Tells about proposals of the open pass, and offers what concerns them all.

    Parameters
    ----------
    proposing, session
        The proposals of the window, and its shared state.
    """

    def __init__(self, proposing: Proposing, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proposals_panel")
        self._proposing, self._session = proposing, session
        self.text = QLabel(self)
        self.text.setObjectName("proposals_text")
        self.text.setWordWrap(True)
        self.accept_sure = _button("accept_sure", "Accept sure…", self)
        self.accept_sure.setToolTip("Accept all proposals above a confidence that you choose; one undo step.")
        self.accept_sure.clicked.connect(self.ask_sure)
        self.newer = _button("newer_proposals", "Show the newer model", self)
        self.newer.setToolTip(
            "What you have decided stays; undecided stretches show what the new model says."
        )
        self.newer.clicked.connect(self._take_newer)
        row = QHBoxLayout()
        row.setSpacing(3)
        row.addWidget(self.text, 1)
        row.addWidget(self.accept_sure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addWidget(self.newer)
        proposing.changed.connect(self.refresh)
        proposing.decided.connect(self.refresh)
        session.opened.connect(lambda _current: None if session.switching else self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show how things stand."""
        proposing, offer = self._proposing, self._proposing.offer
        shown = proposing.proposals is not None
        something = shown or bool(offer.why) or offer.newer is not None
        self.setVisible(self._session.current is not None and something)
        undecided = proposing.undecided
        if proposing.proposals is not None:
            name = proposing.proposals.source.partition("@")[0]
            sure = len(undecided) - len(proposing.uncertain)
            among = f", {sure} sure" if sure else ""
            many = f"{len(undecided)} undecided{among}" if undecided else "all decided"
            told = "" if proposing.sureness_known else f" {_NOT_KNOWN}"
            self.text.setText(f"{name}: {many}.{told}")
        elif offer.newer is not None:
            self.text.setText(f"{offer.newer.annotator} has looked at this clip since you began.")
        else:
            self.text.setText(f"No proposals: {offer.why}" if offer.why else "")
        self.accept_sure.setVisible(shown)
        self.accept_sure.setEnabled(bool(undecided) and proposing.sureness_known)
        self.newer.setVisible(offer.newer is not None)
        if offer.newer is not None:
            self.newer.setText(f"Show those of {offer.newer.annotator}")

    def ask_sure(self) -> None:
        """Ask from which confidence on proposals are accepted, and accept them."""
        if self.accept_sure.isEnabled() and self._session.annotating:
            AcceptSureDialog(self._proposing, self._session, self.window()).exec()

    def _take_newer(self) -> None:
        with self._session.telling():
            self._proposing.take_newer()


class AcceptSureDialog(RequestDialog):
    """Asks from which confidence on proposals are accepted, and says what that would be."""

    def __init__(self, proposing: Proposing, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("accept_sure", "Accept sure proposals", "Accept", parent)
        self._proposing, self._session = proposing, session
        self.threshold = QDoubleSpinBox(self)
        self.threshold.setObjectName("accept_sure_threshold")
        self.threshold.setRange(0.0, 1.0)
        self.threshold.setDecimals(2)
        self.threshold.setSingleStep(0.05)
        self.threshold.setValue(proposing.sure_from)
        self.threshold.valueChanged.connect(lambda _value: self._count())
        self.count = text_label("accept_sure_count", self)
        self.form.addRow("From confidence", self.threshold)
        self.form.addRow("That is", self.count)
        self._count()

    def _count(self) -> None:
        bouts = self._proposing.surer_than(self.threshold.value())
        current = self._session.current
        seconds = sum(bout.stop - bout.start for bout in bouts) / (current.fps if current else 25.0)
        of = len(self._proposing.undecided)
        self.count.setText(
            f"{len(bouts)} of {of} proposed bouts, {seconds:.1f} s. They become your labels; the history "
            "keeps that they were accepted together and from which confidence on. Undo takes them all back."
        )
        self.buttons.button(self.buttons.StandardButton.Ok).setEnabled(bool(bouts))

    def accept(self) -> None:
        """Accept the proposals."""
        number = self._proposing.accept_above(self.threshold.value())
        self._session.message(f"{number} proposals were accepted; undo takes them back.")
        QDialog.accept(self)


def _button(name: str, text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
