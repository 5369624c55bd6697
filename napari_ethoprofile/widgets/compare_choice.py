"""Which passes to compare: a clip, and its finished passes that the annotator may see."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ..annotation.adjudication import comparable
from ..annotation.project import Kind, PassRecord, Project
from ..comparing import why_unasked
from ..session import Session
from ..wires import Wires
from .forms import push_button, text_label, tooltip

_PASS = Qt.ItemDataRole.UserRole


class CompareChoice(QWidget):
    """Chooses a clip and two passes or more over it.

    Signals
    -------
    compare_requested : (ids)
        The chosen passes shall be compared.
    """

    compare_requested = Signal(list)

    def __init__(self, session: Session, wires: Wires, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_choice")
        self._session = session
        self._passes: dict[str, list[PassRecord]] = {}
        self.hint = text_label("compare_hint", self)
        self.clip_box = QComboBox(self)
        self.clip_box.setObjectName("compare_clip")
        self.clip_box.setToolTip("Clips that two people or more have finished.")
        self.clip_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.pass_list = QListWidget(self)
        self.pass_list.setObjectName("compare_passes")
        self.pass_list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.pass_list.setToolTip(
            "The first two that are checked are A and B. A model's pass does not vote, and is checked only "
            "when the model is expected to be good enough to be shown."
        )
        self.compare_button = push_button(
            "compare_start", "Compare", "Opens your consensus pass for these passes.", self
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.hint, self.clip_box, self.pass_list, self.compare_button):
            layout.addWidget(widget)
        layout.setStretchFactor(self.pass_list, 1)
        self.clip_box.currentIndexChanged.connect(lambda _index: self._show_passes())
        self.pass_list.itemChanged.connect(lambda _item: self._show_whether_enough())
        self.compare_button.clicked.connect(lambda: self.compare_requested.emit(self.chosen()))
        wires.connect(session.project_changed, lambda _project: self._refresh_if_seen())
        wires.connect(session.annotator_changed, lambda _name: self._refresh_if_seen())
        wires.connect(session.passes_changed, self._refresh_if_seen)
        self.refresh()

    def _refresh_if_seen(self) -> None:
        """Leave it to the next showing where nobody looks: how good models are takes a moment to find out."""
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show the clips that can be compared now."""
        project, name = self._session.project, self._session.annotator
        kept = self.clip_box.currentData()
        self._passes = comparable(project.passes(acting=name)) if project is not None and name else {}
        self.clip_box.blockSignals(True)
        self.clip_box.clear()
        for clip, passes in self._passes.items():
            self.clip_box.addItem(f"{clip} ({len(passes)} passes)", clip)
        self.clip_box.setCurrentIndex(max(0, self.clip_box.findData(kept)))
        self.clip_box.blockSignals(False)
        if project is None:
            hint = "Open a project in 'Annotate behavior' first."
        elif not self._passes:
            hint = "No clip has two finished passes yet: two people submit the same clip first."
        else:
            hint = f"Compare passes as {name}:"
        self.hint.setText(hint)
        self._show_passes()

    def _show_passes(self) -> None:
        project = self._session.project
        passes = self._passes.get(self.clip_box.currentData() or "", [])
        self.pass_list.blockSignals(True)
        self.pass_list.clear()
        for record in passes if project is not None else ():
            assert project is not None
            self.pass_list.addItem(self._item(project, record))
        self.pass_list.blockSignals(False)
        self._show_whether_enough()

    def _item(self, project: Project, record: PassRecord) -> QListWidgetItem:
        """Return the line of a pass: checked when it may be seen, a model's only when it is good enough."""
        name = self._session.annotator
        item = QListWidgetItem(f"{record.annotator} · {record.kind.value}{_made(record)}")
        told = [f"{record.id}, begun {record.started_at[:16].replace('T', ' ')} UTC"]
        item.setData(_PASS, record.id)
        closed = "" if project.door.allowed(record.id, name) else "closed while your blind pass is open"
        unasked = ""
        if record.kind is Kind.MODEL and not closed:
            unasked = why_unasked(project, record, name)
            told.append(unasked)
            if project.kept_apart(project.get_clip(record.clip).video):
                closed = "not shown on clips that test models"
        if closed:
            item.setText(f"{item.text()} · {closed}")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        else:
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
        item.setToolTip(tooltip(*filter(None, told)))
        item.setCheckState(Qt.CheckState.Unchecked if closed or unasked else Qt.CheckState.Checked)
        return item

    def chosen(self) -> list[str]:
        """Return the ids of the checked passes, in order."""
        items = [self.pass_list.item(row) for row in range(self.pass_list.count())]
        return [i.data(_PASS) for i in items if i is not None and i.checkState() == Qt.CheckState.Checked]

    def _show_whether_enough(self) -> None:
        self.compare_button.setEnabled(len(self.chosen()) > 1)


def _made(record: PassRecord) -> str:
    """Return why a pass counts as finished; a model's always does."""
    if record.kind is Kind.MODEL:
        return ""
    return f" · {record.state.value if record.state.finished else 'imported'}"
