"""The pass that is being scored: how much is decided, what is saved, and the buttons that end it."""

from __future__ import annotations

from qtpy.QtCore import QRect, QSize, Qt, QTimer, Signal
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from superqt.utils import qthrottled

from ..annotation.tracks import Coverage
from ..session import OpenPass, SaveState, Session

LABELED_COLOR, NONE_COLOR = "#009E73", "#8C8C8C"
#: "Saving" and "Saved" follow the label on the timeline, which must not wait for the dock to be painted.
SAVED_SHOWN_MS = 30


class PassPanel(QWidget):
    """Shows the open pass and asks for commands.

    What must never scroll out of sight (buttons, mode, what is saved, submission) lies in `footer`, which the
    dock places below.

    Attributes
    ----------
    command_requested
        Emits the id of a command, as in the key registry: ``undo``, ``redo``, ``note``, ``uncertain``,
        ``submit``, ``help``.
    mode_requested
        Emits whether annotation mode is wanted.
    """

    command_requested = Signal(str)
    mode_requested = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pass_panel")
        self._session = session
        self.title = _label("pass_title", self)
        self.title.setWordWrap(True)
        self.bar = CoverageBar(self)
        self.coverage = _label("pass_coverage", self)
        self.saved = _label("save_state", self)
        self.saved.setWordWrap(True)
        self.mode = _button("annotation_mode", "Keys: scoring", self)
        self.mode.setCheckable(True)
        self.mode.setToolTip("While this is on, keys score behaviors; off gives napari its own keys back.")
        self.mode.toggled.connect(self.mode_requested)
        shown = {"undo": "Undo", "redo": "Redo", "note": "Note", "uncertain": "Uncertain", "help": "?"}
        self.buttons = {name: self._command_button(name, text) for name, text in shown.items()}
        self.buttons["help"].setFixedWidth(28)
        self.submit = self._command_button("submit", "Submit clip")
        self.reason = QLineEdit(self)
        self.reason.setObjectName("change_reason")
        self.reason.setPlaceholderText("Reason for the next changes")
        self.reason.setToolTip("Kept in the history with every change that you make from now on.")
        self.reason.setClearButtonEnabled(True)
        self.reason.textChanged.connect(self._keep_reason)
        self.reason.returnPressed.connect(self.reason.clearFocus)
        self._lay_out()
        self._refresh_soon = qthrottled(self.refresh, timeout=250, leading=False)
        session.opened.connect(self._on_opened)
        session.labels_changed.connect(lambda _g, _a, _b: self._refresh_soon())
        self._saved_timer = QTimer(self)  # a child: it ends with the panel
        self._saved_timer.setSingleShot(True)
        self._saved_timer.setInterval(SAVED_SHOWN_MS)
        self._saved_timer.timeout.connect(lambda: self._show_saved(session.save))
        session.save_changed.connect(self._on_save)
        session.mode_changed.connect(self._show_mode)
        self._on_opened(session.current)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        shares = QHBoxLayout()  # one row: on a low screen every pixel of height counts
        shares.addWidget(self.bar, 1)
        shares.addWidget(self.coverage)
        layout.addLayout(shares)
        layout.addWidget(self.reason)
        self.footer = QWidget(self.parentWidget())
        first, last = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(3)
        for button in self.buttons.values():
            first.addWidget(button)
        first.addStretch(1)
        last.addWidget(self.mode)
        last.addWidget(self.saved, 1)
        last.addWidget(self.submit)
        rows = QVBoxLayout(self.footer)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(first)
        rows.addLayout(last)

    def _command_button(self, command: str, text: str) -> QPushButton:
        button = _button(f"command_{command}", text, self)
        button.clicked.connect(lambda _checked=False: self.command_requested.emit(command))
        return button

    def show_tooltips(self, texts: dict[str, str]) -> None:
        """Give the buttons the tooltips of the key registry (text and keys of each command)."""
        for command, button in [*self.buttons.items(), ("submit", self.submit)]:
            if command in texts:
                button.setToolTip(texts[command])

    def _on_opened(self, current: OpenPass | None) -> None:
        self.reason.clear()
        reviewed = current is not None and current.record.kind == "review" and not current.editor.read_only
        self.reason.setVisible(reviewed)
        self.refresh()

    def _keep_reason(self, text: str) -> None:
        current = self._session.current
        if current is not None:
            current.editor.reason = text.strip()

    def refresh(self) -> None:
        """Show the open pass as it is now."""
        current, track = self._session.current, self._session.track
        usable = current is not None and not current.editor.read_only and current.record.state == "open"
        for button in (*self.buttons.values(), self.submit, self.mode):
            button.setEnabled(usable)
        self.buttons["help"].setEnabled(True)
        if current is None or track is None:
            self.title.setText("No clip is open. Double-click one above, or press 'Next clip'.")
            self.bar.show_coverage(None)
            self.coverage.setText("")
            self._show_saved(SaveState())
            return
        self.title.setText(self._title_of(current))
        coverage = track.coverage()
        self.bar.show_coverage(coverage)
        parts = [
            f"{count / max(1, track.frames):.0%} {name}"
            for name, count in (
                ("labeled", coverage.labeled), ("none", coverage.none), ("unlabeled", coverage.unlabeled),
            )
        ]  # fmt: skip
        self.coverage.setText(", ".join(parts))
        self.buttons["undo"].setEnabled(usable and current.editor.can_undo)
        self.buttons["redo"].setEnabled(usable and current.editor.can_redo)
        self._show_saved(self._session.save)

    def _title_of(self, current: OpenPass) -> str:
        text = f"<b>{current.video.path.name}</b><br>{current.record.kind} pass by {current.record.annotator}"
        if current.editor.read_only:
            return f"{text} (read-only)"
        return f"{text} ({current.record.state})" if current.record.state != "open" else text

    def _on_save(self, state: SaveState) -> None:
        """Show what went wrong at once, and the rest once the timeline has painted the label."""
        if state.error:
            self._show_saved(state)
        else:
            self._saved_timer.start()

    def _show_saved(self, state: SaveState) -> None:
        if state.error:
            self.saved.setText(f"<b>Not saved:</b> {state.error}")
        elif self._session.current is None:
            self.saved.setText("")
        elif state.pending:
            self.saved.setText("Saving…")
        else:
            self.saved.setText("Saved" if state.saved_at else "Nothing to save")
        self.saved.setToolTip("Every edit is written to disk at once; there is nothing to save by hand.")

    def _show_mode(self, on: bool) -> None:
        self.mode.blockSignals(True)
        self.mode.setChecked(on)
        self.mode.setText("Keys: scoring" if on else "Keys: napari")
        self.mode.blockSignals(False)


class CoverageBar(QWidget):
    """A thin bar: how much is labeled, none and unlabeled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("coverage_bar")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._coverage: Coverage | None = None

    def sizeHint(self) -> QSize:
        """Return the natural size."""
        return QSize(60, 8)

    def show_coverage(self, coverage: Coverage | None) -> None:
        """Show these shares, or an empty bar."""
        self._coverage = coverage
        self.setToolTip(
            "" if coverage is None
            else f"{coverage.labeled} frames labeled, {coverage.none} none, {coverage.unlabeled} unlabeled"
        )  # fmt: skip
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the three shares from left to right."""
        painter = QPainter(self)
        area = self.rect()
        painter.fillRect(area, self.palette().mid())
        if self._coverage is None or not self._coverage.frames:
            return
        left = 0.0
        for count, color in ((self._coverage.labeled, LABELED_COLOR), (self._coverage.none, NONE_COLOR)):
            width = area.width() * count / self._coverage.frames
            painter.fillRect(
                QRect(round(left), 0, round(left + width) - round(left), area.height()), QColor(color)
            )
            left += width


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    return label


def _button(name: str, text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
