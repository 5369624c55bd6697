"""What scrolls where there is no room for it."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Something that scrolls where there is no room for it, so that no window grows beyond the screen.

    Parameters
    ----------
    name
        Its name.
    content
        What is shown.
    least
        Pixels of its height that are shown in any case.
    highest
        Pixels that it takes at most; None: all that there are, even where it needs fewer.
    """

    def __init__(
        self, name: str, content: QWidget, parent: QWidget, least: int, highest: int | None = None
    ) -> None:
        super().__init__(parent)
        self._least, self._highest = least, highest
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        self.fit()

    def fit(self) -> None:
        """Take as much room as the content needs now."""
        content, bar = self.widget(), self.verticalScrollBar()
        if content is None or bar is None:
            return
        needed = self.sizeHint().height()
        self.setMinimumWidth(content.minimumSizeHint().width() + bar.sizeHint().width())
        self.setMinimumHeight(min(needed, self._least))
        if self._highest is not None:
            self.setMaximumHeight(needed)

    def sizeHint(self) -> QSize:
        """Be as high as the content at this width, up to the limit."""
        content = self.widget()
        if content is None or self._highest is None:
            return QSize(0, self._least)
        frame = 2 * self.frameWidth()  # napari's style has one where there should be none
        width = self.width() - frame
        high = content.heightForWidth(width) if content.hasHeightForWidth() else content.sizeHint().height()
        return QSize(0, min(self._highest, high + frame))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Text takes another height at another width."""
        super().resizeEvent(event)
        self.fit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the content when rows of it come or go, and let it keep clear of a scroll bar that comes."""
        done = super().eventFilter(watched, event)
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        if event is not None and event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            layout = watched.layout()
            if layout is not None:  # Qt leaves that to a later event, which does not come
                layout.setGeometry(watched.rect())
        return done
