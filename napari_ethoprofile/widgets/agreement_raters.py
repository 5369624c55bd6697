"""Which passes of the open project are compared: annotators, kinds of their passes, single passes."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ..annotation.agreement.sources import Choosable, RaterChoice, choosable_raters
from ..annotation.formats.wording import counted
from ..annotation.project import Kind, PassRecord
from ..session import Session
from .forms import text_label, tooltip

_NAME = Qt.ItemDataRole.UserRole
_SCORED = (Kind.FIRST.value, Kind.BLIND.value)


class AgreementRaters(QWidget):
    """A tree of what can be ticked as one rater each.

    Signals
    -------
    changed
        Something was ticked.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_raters")
        self._session = session
        self.hint = text_label("agreement_hint", self)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("agreement_tree")
        self.tree.setHeaderHidden(True)
        self.tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tree.setToolTip(
            tooltip(
                "An annotator stands for all their passes: on the same frames the first pass counts, then "
                "the blind one, then a review. Tick kinds of passes, or single ones, to compare an annotator "
                "with themselves."
            )
        )
        self.tree.setMinimumHeight(80)
        self.closed = text_label("agreement_closed", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.hint)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.closed)
        self.tree.itemChanged.connect(lambda _item, _column: self.changed.emit())
        self.refresh()

    def refresh(self) -> None:
        """Show whom the acting annotator can compare now; what was ticked stays ticked."""
        project, acting = self._session.project, self._session.annotator
        ticked = set(self.chosen())
        found = choosable_raters(project, acting) if project is not None else Choosable((), 0)
        if not ticked:
            ticked = set(_two_scorers(found))
        self.tree.blockSignals(True)
        self.tree.clear()
        parent: QTreeWidgetItem | None = None
        for rater in found.raters:
            item = _item(rater.name, _text(rater), rater.name in ticked)
            if rater.name == rater.annotator or parent is None:
                parent = item
                self.tree.addTopLevelItem(item)
            else:
                parent.addChild(item)
            if rater.kind:
                item.addChildren([_item(p.id, _pass_text(p), p.id in ticked) for p in rater.passes])
        self.tree.blockSignals(False)
        self._tell(found)
        self.changed.emit()

    def _tell(self, found: Choosable) -> None:
        if self._session.project is None:
            self.hint.setText("Open a project in 'Annotate behavior' first, or compare label files.")
        elif len(found.raters) < 2:
            self.hint.setText("Fewer than two annotators have passes that can be compared.")
        else:
            self.hint.setText("Tick two raters or more:")
        who = self._session.annotator or "whoever does not say who asks"
        passes = "1 pass is" if found.closed == 1 else f"{found.closed:,} passes are"
        self.closed.setText(f"{passes} closed to {who} by blind work that is not submitted, and not listed.")
        self.closed.setVisible(bool(found.closed))

    def chosen(self) -> list[str]:
        """Return the ticked raters, as `material_of_passes` takes them."""
        found: list[str] = []
        pending = [self.tree.topLevelItem(n) for n in range(self.tree.topLevelItemCount())]
        while pending:
            item = pending.pop(0)
            if item is None:
                continue
            if item.checkState(0) == Qt.CheckState.Checked:
                found.append(item.data(0, _NAME))
            pending[:0] = [item.child(n) for n in range(item.childCount())]
        return found


def _two_scorers(found: Choosable) -> list[str]:
    """Return the first two annotators who scored on their own: what most people want to compare."""
    scorers = [
        rater.name
        for rater in found.raters
        if rater.name == rater.annotator and any(str(p.kind) in _SCORED for p in rater.passes)
    ]
    return scorers[:2]


def _item(name: str, text: str, ticked: bool) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setData(0, _NAME, name)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    return item


def _text(rater: RaterChoice) -> str:
    kind = rater.kind if rater.name != rater.annotator else ""
    clips = counted(rater.clips, "clip")
    if kind:
        return f"only {kind} passes: {clips}"
    return f"{rater.annotator}: {clips}" + (f", {rater.kind} passes" if rater.kind else "")


def _pass_text(record: PassRecord) -> str:
    return f"{record.clip} ({record.state.value})"
