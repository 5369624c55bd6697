"""The table of behaviors: color, name, keys and group, edited in place and moved by dragging."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qtpy.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QItemSelection,
    QMimeData,
    QModelIndex,
    Qt,
    Signal,
)
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ..annotation.ethogram import Behavior
from .ethogram_draft import DEFAULT_GROUP, EthogramDraft, keys_of
from .forms import shape_table
from .marks import ColorMenu, KeyCapDelegate, SwatchDelegate

COLOR, NAME, KEYS, GROUP = range(4)
HEADERS = ("", "Name", "Keys", "Group")
TOOLTIPS = {
    COLOR: "Color on the timeline; click for the colorblind-safe palette and others.",
    NAME: "What the behavior is called; double-click to rename. Its labels keep it.",
    KEYS: "Letters a to z and digits that score it, such as 1 d; double-click to change.",
    GROUP: "Behaviors of one group exclude each other; those of different groups may happen at once.",
}
ROW_FORMAT = "application/x-ethoprofile-behavior-row"

_NO_PARENT = QModelIndex()


class EthogramModel(QAbstractTableModel):
    """Shows a draft and writes what is edited into it.

    Parameters
    ----------
    draft
        The working copy.

    Attributes
    ----------
    edited
        Emitted after every change.
    rows_moved_to
        Emits the row that a dragged behavior has now.
    """

    edited = Signal()
    rows_moved_to = Signal(int)

    def __init__(self, draft: EthogramDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of behaviors."""
        return 0 if parent.isValid() else len(self.draft.behaviors)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):  # type: ignore[no-untyped-def]
        """Return a column's title or tooltip."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return TOOLTIPS[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):  # type: ignore[no-untyped-def]
        """Return what a cell shows."""
        if not index.isValid():
            return None
        behavior, column = self.draft.behaviors[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return _text_of(behavior, column, editing=role == Qt.ItemDataRole.EditRole)
        if role == Qt.ItemDataRole.UserRole:
            return {COLOR: behavior.color, KEYS: list(behavior.keys)}.get(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return behavior.definition if column == NAME and behavior.definition else TOOLTIPS[column]
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Write what was typed into the draft."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        text = str(value).strip()
        if index.column() == NAME and text:
            self.change(index.row(), name=text)
        elif index.column() == KEYS:
            self.change(index.row(), keys=keys_of(text))
        elif index.column() == GROUP:
            self.change(index.row(), group=text or DEFAULT_GROUP)
        else:
            return False
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Return what can be done with a cell; between rows something can be dropped."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDragEnabled
        return flags if index.column() == COLOR else flags | Qt.ItemFlag.ItemIsEditable

    def change(self, row: int, **values: object) -> None:
        """Change fields of a behavior."""
        self.draft.change(row, **values)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADERS) - 1))
        self.edited.emit()

    def add(self) -> int:
        """Add a behavior at the end and return its row."""
        row = len(self.draft.behaviors)
        self.beginInsertRows(_NO_PARENT, row, row)
        self.draft.add()
        self.endInsertRows()
        self.edited.emit()
        return row

    def remove(self, rows: Iterable[int]) -> None:
        """Take behaviors out."""
        self.beginResetModel()
        self.draft.remove(rows)
        self.endResetModel()
        self.edited.emit()

    def merge(self, rows: Sequence[int], into: int) -> int:
        """Merge behaviors and return the row of the one that remains."""
        target = self.draft.behaviors[into].id
        self.beginResetModel()
        self.draft.merge(rows, into)
        self.endResetModel()
        self.edited.emit()
        return [b.id for b in self.draft.behaviors].index(target)

    def move(self, row: int, to: int) -> bool:
        """Move a behavior to another row; tell whether it moved."""
        if row == to or not 0 <= to < len(self.draft.behaviors):
            return False
        self.beginMoveRows(_NO_PARENT, row, row, _NO_PARENT, to + 1 if to > row else to)
        self.draft.move(row, to)
        self.endMoveRows()
        self.edited.emit()
        return True

    def replace_all(self, act: object) -> None:
        """Carry out an act that may change the whole draft."""
        self.beginResetModel()
        act()  # type: ignore[operator]
        self.endResetModel()
        self.edited.emit()

    def supportedDropActions(self) -> Qt.DropAction:
        """Return that rows are moved, never copied."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Return the format of a dragged row."""
        return [ROW_FORMAT]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """Return the dragged row."""
        data = QMimeData()
        data.setData(ROW_FORMAT, str(min(index.row() for index in indexes)).encode())
        return data

    def dropMimeData(
        self, data: QMimeData | None, action: Qt.DropAction, row: int, column: int, parent: QModelIndex
    ) -> bool:
        """Move the dragged row to where it was dropped.

        Returns False: the move is complete, and a view that is told True would remove the row that was
        dragged.
        """
        if data is not None and data.hasFormat(ROW_FORMAT):
            source = int(bytes(data.data(ROW_FORMAT).data()).decode())
            gap = row if row >= 0 else parent.row() if parent.isValid() else len(self.draft.behaviors)
            target = gap - 1 if gap > source else gap
            if self.move(source, target):
                self.rows_moved_to.emit(target)
        return False


def _text_of(behavior: Behavior, column: int, *, editing: bool) -> str:
    if column == KEYS:
        return " ".join(behavior.keys) if editing else ""
    return {COLOR: "", NAME: behavior.name, GROUP: behavior.group}[column]


class GroupDelegate(QStyledItemDelegate):
    """Edits a group's name with those that exist on offer."""

    def createEditor(
        self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget:
        """Return a box that lists the groups and takes a new name, too."""
        box = QComboBox(parent)
        box.setObjectName("group_box")
        box.setEditable(True)
        box.addItems(index.model().draft.groups)
        return box

    def setEditorData(self, editor: QWidget | None, index: QModelIndex) -> None:
        """Show the behavior's group."""
        field = editor.lineEdit() if isinstance(editor, QComboBox) else None
        if field is not None:
            field.setText(index.data(Qt.ItemDataRole.EditRole))
            field.selectAll()

    def setModelData(
        self, editor: QWidget | None, model: QAbstractItemModel | None, index: QModelIndex
    ) -> None:
        """Take the group over."""
        if isinstance(editor, QComboBox) and model is not None:
            model.setData(index, editor.currentText())


class EthogramTable(QTableView):
    """Shows an `EthogramModel`; a click on a color offers others.

    Parameters
    ----------
    model
        The behaviors.

    Attributes
    ----------
    chosen
        Emitted when other rows are selected.
    """

    chosen = Signal()

    def __init__(self, model: EthogramModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ethogram_table")
        self._model = model
        self.setModel(model)
        self.setItemDelegateForColumn(COLOR, SwatchDelegate(self))
        self.setItemDelegateForColumn(KEYS, KeyCapDelegate(self))
        self.setItemDelegateForColumn(GROUP, GroupDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(True)
        self.setMinimumWidth(380)
        header = shape_table(self, NAME, 28)
        header.setMinimumSectionSize(34)
        for column in (COLOR, KEYS, GROUP):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(COLOR, 38)
        self.setColumnWidth(KEYS, 110)
        self.setColumnWidth(GROUP, 110)
        self.clicked.connect(self._on_clicked)
        model.rows_moved_to.connect(self.selectRow)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell that other rows are selected."""
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    @property
    def rows(self) -> list[int]:
        """The selected rows, from the top."""
        return sorted({index.row() for index in self.selectedIndexes()})

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == COLOR:
            self.ask_color(index.row())

    def ask_color(self, row: int) -> None:
        """Offer colors for a behavior."""
        model = self._model
        behaviors = model.draft.behaviors
        others = [b.color for number, b in enumerate(behaviors) if number != row]
        menu = ColorMenu(behaviors[row].color, others, lambda color: model.change(row, color=color), self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        cell = self.visualRect(model.index(row, COLOR))
        viewport = self.viewport()
        assert viewport is not None
        menu.popup(viewport.mapToGlobal(cell.bottomLeft()))
