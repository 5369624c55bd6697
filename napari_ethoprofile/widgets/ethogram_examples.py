"""Definition and example frames of one behavior."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QImage, QPixmap
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..annotation.ethogram import Behavior
from ..session import Session
from .forms import push_button, text_label

PICTURE_WIDTH, PICTURE_HEIGHT = 240, 150


class BehaviorDetails(QWidget):
    """Edits the definition and the example frames of a behavior.

    Parameters
    ----------
    session
        Knows which frame is on the screen.

    Attributes
    ----------
    changed
        Emits the fields that were edited, as `Behavior` names them.
    """

    changed = Signal(dict)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("behavior_details")
        self._session = session
        self._behavior: Behavior | None = None
        self.title = text_label("details_title", self, bold=True)
        self.definition = QTextEdit(self)
        self.definition.setObjectName("definition")
        self.definition.setPlaceholderText("What counts as this behavior, and what does not?")
        self.definition.setToolTip("Shown to everybody who scores, as the tooltip of the behavior.")
        self.definition.setTabChangesFocus(True)
        self.definition.setAcceptRichText(False)
        self.definition.setMinimumHeight(70)
        self.definition.textChanged.connect(self._on_definition)
        self._create_examples()
        self._lay_out()
        self.show_behavior(None)

    def _create_examples(self) -> None:
        self.examples = QListWidget(self)
        self.examples.setObjectName("examples")
        self.examples.setToolTip("Frames that show the behavior; click one to see it.")
        self.examples.setMinimumHeight(60)
        self.examples.currentRowChanged.connect(self._show_example)
        self.add_button = push_button("add_example", "Use the frame on screen", "", self)
        self.add_button.clicked.connect(lambda _checked=False: self._add_example())
        tooltip = "Take the chosen example frame off the list."
        self.remove_button = push_button("remove_example", "Remove", tooltip, self)
        self.remove_button.clicked.connect(lambda _checked=False: self._remove_example())
        self.picture = QLabel(self)
        self.picture.setObjectName("example_picture")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption = text_label("example_caption", self)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.title)
        layout.addWidget(QLabel("Definition", self))
        layout.addWidget(self.definition, 2)
        layout.addWidget(QLabel("Example frames", self))
        layout.addWidget(self.examples, 1)
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self.picture)
        layout.addWidget(self.caption)

    def show_behavior(self, behavior: Behavior | None, note: str = "Choose one behavior.") -> None:
        """Show a behavior, or a note why there is none."""
        same = behavior is not None and self._behavior is not None and behavior.id == self._behavior.id
        self._behavior = behavior
        self.title.setText(behavior.name if behavior is not None else note)
        for part in (self.definition, self.examples):
            part.setEnabled(behavior is not None)
        definition = behavior.definition if behavior is not None else ""
        if definition != self.definition.toPlainText():
            self.definition.blockSignals(True)
            self.definition.setPlainText(definition)
            self.definition.blockSignals(False)
        self._show_examples(self.examples.currentRow() if same else -1)
        self._show_add_button()

    def _show_add_button(self) -> None:
        here = self._frame_on_screen()
        self.add_button.setEnabled(self._behavior is not None and here is not None)
        self.add_button.setToolTip(
            f"Add {here[0]}, frame {here[1]}." if here else "Open a clip first; then its frame can be used."
        )

    def _frame_on_screen(self) -> tuple[str, int] | None:
        current = self._session.current
        return (current.source.id, current.clip.start + self._session.playhead) if current else None

    def _show_examples(self, row: int) -> None:
        examples = self._behavior.examples if self._behavior is not None else ()
        self.examples.blockSignals(True)
        self.examples.clear()
        for video, frame in examples:
            self.examples.addItem(QListWidgetItem(f"{video}, frame {frame}"))
        self.examples.setCurrentRow(min(row, len(examples) - 1))
        self.examples.blockSignals(False)
        self._show_example(self.examples.currentRow())

    def _on_definition(self) -> None:
        if self._behavior is not None:
            self.changed.emit({"definition": self.definition.toPlainText()})

    def _add_example(self) -> None:
        here = self._frame_on_screen()
        if self._behavior is not None and here is not None and here not in self._behavior.examples:
            self.changed.emit({"examples": (*self._behavior.examples, here)})
            self.examples.setCurrentRow(self.examples.count() - 1)

    def _remove_example(self) -> None:
        row = self.examples.currentRow()
        if self._behavior is not None and row >= 0:
            kept = self._behavior.examples[:row] + self._behavior.examples[row + 1 :]
            self.changed.emit({"examples": kept})

    def _show_example(self, row: int) -> None:
        self.remove_button.setEnabled(row >= 0)
        self.picture.setVisible(row >= 0)
        self.caption.setVisible(row >= 0)
        if self._behavior is None or row < 0:
            return
        video, frame = self._behavior.examples[row]
        try:
            pixmap, seconds = self._read_frame(video, frame)
        except EthoprofileError as error:
            self.picture.hide()
            self.caption.setText(str(error))
            return
        self.picture.setPixmap(pixmap)
        minutes, rest = divmod(seconds, 60)
        self.caption.setText(f"{self._behavior.name}: {video}, frame {frame} ({minutes:.0f}:{rest:05.2f})")

    def _read_frame(self, video_id: str, frame: int) -> tuple[QPixmap, float]:
        current = self._session.current
        if current is not None and current.source.id == video_id:
            return _pixmap_of(current.video[frame]), float(current.video.times[frame])
        video = self._session.require_project().open_video(video_id)
        try:
            if frame >= video.confirmed:
                raise EthoprofileError(f"Frame {frame} of {video_id} is not indexed yet; look again later.")
            return _pixmap_of(video[frame]), float(video.times[frame])
        finally:
            video.close()


def _pixmap_of(array) -> QPixmap:  # type: ignore[no-untyped-def]
    """Return a frame (height, width) or (height, width, 3), uint8, as a small picture."""
    import numpy as np

    array = np.ascontiguousarray(array)
    height, width = array.shape[:2]
    form = QImage.Format.Format_Grayscale8 if array.ndim == 2 else QImage.Format.Format_RGB888
    image = QImage(array.tobytes(), width, height, array.strides[0], form)
    return QPixmap.fromImage(image).scaled(
        PICTURE_WIDTH,
        PICTURE_HEIGHT,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
