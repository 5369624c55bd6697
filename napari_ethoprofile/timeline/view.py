"""The painted strip: shows a `TimelineModel` and turns mouse gestures into signals and into its window."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from qtpy.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from qtpy.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from ..annotation.tracks import UNLABELED
from .backdrop import Backdrop, overview_lane
from .gestures import (
    DragBoundary,
    Gesture,
    Overview,
    Pan,
    Seek,
    Select,
    boundary_in_reach,
    overview_edge,
)
from .hover import bout_text, seen_text
from .lanes import Lane, OpenBout
from .layout import Box, StripLayout, arrange, least_height, preferred_height
from .model import TimelineModel
from .overlays import Overlays
from .theme import Theme

_ZOOM_PER_NOTCH = 1.25
_PAN_PER_NOTCH = 0.12
#: Least time between two requests for a frame while the mouse drags the playhead, in milliseconds.
_SEEK_INTERVAL = 15
#: A fresh label is painted first: the rest of its row, and the overview, follow after so long.
AFTER_PAINTING_MS = 20
_MODEL_SIGNALS = {
    "clip_changed": "_on_shape",
    "lanes_changed": "_on_shape",
    "labels_changed": "_on_labels",
    "window_changed": "_on_window",
    "playhead_changed": "_on_playhead",
    "selection_changed": "_on_selection",
    "focus_changed": "_on_focus",
    "open_bout_changed": "_on_open_bout",
    "seen_changed": "_on_seen",
    "markers_changed": "_on_window",
}


class TimelineStrip(QWidget):
    """Lanes of labels over time.

    Signals
    -------
    seek_requested : (frame)
        The user clicked or drags there; the strip's own playhead moves only when the model's does.
    boundary_dragged : (group, old, new, finished)
        A boundary is dragged from `old` to `new`. ``finished`` with ``new == old`` is a drag given up.
    selection_changed : ((start, stop) or None)
        As the model's signal, for Qt listeners.
    bout_selected : (`Bout`)
        A bout was double-clicked; it is the selection now.

    Parameters
    ----------
    model
        What to show.
    """

    seek_requested = Signal(int)
    boundary_dragged = Signal(int, int, int, bool)
    selection_changed = Signal(object)
    bout_selected = Signal(object)

    def __init__(self, model: TimelineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_strip")
        self.setAccessibleName("Timeline of labels")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys belong to scoring, wherever the mouse clicked
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)  # the right button pans
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.model = model
        self._backdrop = Backdrop(model)
        self._own_theme: Theme | None = None
        self._gesture: Gesture | None = None
        self._wanted: int | None = None
        self._seek_timer = QTimer(self)
        self._seek_timer.setSingleShot(True)
        self._seek_timer.setInterval(_SEEK_INTERVAL)
        self._seek_timer.timeout.connect(self._emit_seek)
        #: Labels that are painted over their rows until these are renewed: index of the row, and the bout.
        self._fresh: list[tuple[int, OpenBout]] = []
        self._renewal = QTimer(self)
        self._renewal.setSingleShot(True)
        self._renewal.setInterval(AFTER_PAINTING_MS)
        self._renewal.timeout.connect(self._renew_rows)
        self._layout = StripLayout(Box(0, 0, 1, 1), None, (), Box(0, 0, 1, 1), Box(0, 0, 1, 1))
        for signal, slot in _MODEL_SIGNALS.items():
            getattr(model, signal).connect(getattr(self, slot))
        self._on_shape()

    def cleanup(self) -> None:
        """Stop watching the model; call before the strip is thrown away."""
        self.cancel_gesture()
        for signal, slot in _MODEL_SIGNALS.items():
            getattr(self.model, signal).disconnect(getattr(self, slot), missing_ok=True)

    # size and theme

    @property
    def strip_layout(self) -> StripLayout:
        """Where the parts lie now, in logical pixels."""
        return self._layout

    @property
    def theme(self) -> Theme:
        """The colors in use: set ones, else those of the palette."""
        return self._own_theme or Theme.from_palette(self.palette())

    def set_theme(self, background: QColor | str, text: QColor | str, highlight: QColor | str) -> None:
        """Use these colors instead of the palette's (style sheets do not reach the palette)."""
        self._own_theme = Theme(QColor(background), QColor(text), QColor(highlight))
        self._on_window()

    def sizeHint(self) -> QSize:
        """Return the size at which every row has its preferred height."""
        return QSize(1200, preferred_height(self._lane_heights(), has_day=self._has_day()))

    def minimumSizeHint(self) -> QSize:
        """Return the size below which rows could not be read."""
        return QSize(420, least_height(self._lane_heights(), has_day=self._has_day()))

    def _lane_heights(self) -> list[int]:
        return [lane.height for lane in self.model.lanes]

    def _has_day(self) -> bool:
        return self.model.recorded_at is not None or bool(self.model.phases)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the parts out anew."""
        self._arrange()

    def changeEvent(self, event: QEvent | None) -> None:
        """Repaint in the colors and font of a new palette or style."""
        if event is not None and event.type() in (
            QEvent.Type.PaletteChange,
            QEvent.Type.StyleChange,
            QEvent.Type.FontChange,
        ):
            self._on_window()
        super().changeEvent(event)

    def _arrange(self) -> None:
        self._layout = arrange(self.width(), self.height(), self._lane_heights(), has_day=self._has_day())
        self._on_window()

    # painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Copy the backdrop and draw what moves over it; Qt clips to what is dirty."""
        theme, dpr = self.theme, self.devicePixelRatioF()
        size = (self.width(), self.height())
        painter = QPainter(self)
        painter.drawImage(0, 0, self._backdrop.image(self._layout, theme, self.font(), size, dpr))
        held = self._gesture.preview() if self._gesture else None
        self._overlays(theme).paint(painter, held, self._fresh)
        if self.model.frames == 0:
            painter.setPen(theme.dim)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No clip is open")
        painter.end()

    def _overlays(self, theme: Theme | None = None) -> Overlays:
        return Overlays(self.model, self._layout, theme or self.theme)

    def _update(self, rects: list[QRect]) -> None:
        for rect in rects:
            self.update(rect)

    def _update_box(self, box: Box) -> None:
        self.update(QRect(0, box.y - 2, self.width(), box.h + 4))

    # what the model tells

    def _on_shape(self) -> None:
        self._fresh = []
        if self._gesture is not None:
            self._end_gesture()  # what it held is gone: nothing to put back, nobody to tell
        self.updateGeometry()
        self._arrange()

    def _on_window(self, *_window: float) -> None:
        self._backdrop.mark("all")
        self.update()

    def _on_labels(self, lane: int, start: int, stop: int) -> None:
        row = self.model.lanes[lane]
        codes = row.codes[start:stop]
        if row.editable and codes.size and codes[0] != UNLABELED and (codes == codes[0]).all():
            self._fresh.append((lane, OpenBout(start, stop, int(codes[0]))))
            self._update(self._overlays().bout_rects(row.group, start, stop))
        else:
            self._fresh = [one for one in self._fresh if one[0] != lane]
            self._backdrop.mark(lane)
            self._update_box(self._layout.lanes[lane])
        if self._fresh or lane == overview_lane(self.model):
            self._renewal.start()

    def _renew_rows(self) -> None:
        """Paint the rows of fresh labels with all that belongs to them, and the overview."""
        rows, self._fresh = {lane for lane, _bout in self._fresh}, []
        for lane in rows:
            self._backdrop.mark(lane)
            self._update_box(self._layout.lanes[lane])
        self._backdrop.mark("overview")
        self._update_box(self._layout.overview)

    def _on_playhead(self, frame: int, previous: int) -> None:
        overlays = self._overlays()
        self._update(overlays.playhead_rects(previous) + overlays.playhead_rects(frame))

    def _on_selection(self, selection: tuple[int, int] | None) -> None:
        plot = self._layout.plot
        self.update(QRect(plot.x - 2, plot.y, plot.w + 4, plot.h))
        self.selection_changed.emit(selection)

    def _on_focus(self, previous: tuple[int, int] | None, focus: tuple[int, int] | None) -> None:
        overlays = self._overlays()
        self._update([overlays.focus_rect(stretch) for stretch in (previous, focus) if stretch is not None])

    def _on_open_bout(self, group: int, start: int, stop: int) -> None:
        self._update(self._overlays().bout_rects(group, start, stop))

    def _on_seen(self, _start: int, _stop: int) -> None:
        self._backdrop.mark("seen")
        self._update_box(self._layout.seen)

    # frames and pixels, for the gestures

    @property
    def plot_width(self) -> int:
        """Width of the plot in pixels."""
        return self._layout.ruler.w

    def frame_at(self, x: float) -> int:
        """Return the frame at `x` pixels from the plot's left edge."""
        return self.model.window.frame_at(x, self.plot_width)

    def x_of(self, frame: float) -> float:
        """Return where the left edge of a frame lies, in pixels of the widget."""
        return self._layout.ruler.x + self.model.window.x_of(frame, self.plot_width)

    def ask_for(self, frame: int) -> None:
        """Request a frame: the first at once, then no faster than frames can be painted, the last always."""
        self._wanted = frame
        if not self._seek_timer.isActive():
            self._emit_seek()

    def flush_seek(self) -> None:
        """Request the frame that is waiting, if any, now."""
        self._seek_timer.stop()
        self._emit_seek()
        self._seek_timer.stop()

    def _emit_seek(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._seek_timer.start()
            self.seek_requested.emit(wanted)

    # mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin the gesture that belongs to this place and button."""
        if event is None or self.model.frames == 0:
            return
        self.cancel_gesture()
        self._gesture = self._begin(event.position(), event.button(), event.modifiers())
        if self._gesture is not None:
            app = QApplication.instance()
            if app is not None:
                app.installEventFilter(self)  # the strip never has the focus, yet Escape must end a drag
        event.accept()

    def _begin(self, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> Gesture | None:
        x = at.x() - self._layout.ruler.x
        if self._layout.overview.holds(at.x(), at.y()) and button == Qt.MouseButton.LeftButton:
            return Overview(self, x)
        if x < 0 or at.y() >= self._layout.overview.y:
            return None
        if button in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            return Pan(self, x)
        if button != Qt.MouseButton.LeftButton:
            return None
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            return Select(self, x)
        lane, boundary = self._boundary_under(at)
        if lane is not None and boundary is not None:
            return DragBoundary(self, x, lane, boundary)
        return Seek(self, x)

    def _lane_under(self, at: QPointF) -> Lane | None:
        index = self._layout.lane_at(at.y())
        inside = self._layout.plot.holds(at.x(), at.y())
        return self.model.lanes[index] if index is not None and inside else None

    def _boundary_under(self, at: QPointF) -> tuple[Lane | None, int | None]:
        lane = self._lane_under(at)
        if lane is None:
            return None, None
        return lane, boundary_in_reach(self, lane, at.x() - self._layout.ruler.x)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Go on with the gesture, or show what a press here would grab."""
        if event is None:
            return
        if self._gesture is not None:
            self._gesture.move(event.position().x() - self._layout.ruler.x)
        else:
            self.setCursor(self._cursor_at(event.position()))

    def _cursor_at(self, at: QPointF) -> Qt.CursorShape:
        overview, window = self._layout.overview, self.model.window
        if self.model.frames == 0:
            return Qt.CursorShape.ArrowCursor
        if overview.holds(at.x(), at.y()):
            left, right = (frame / window.frames * overview.w for frame in (window.first, window.last))
            edge = overview_edge(at.x() - overview.x, left, right)
            return Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.OpenHandCursor
        if self._boundary_under(at)[1] is not None:
            return Qt.CursorShape.SplitHCursor
        return Qt.CursorShape.ArrowCursor

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End the gesture."""
        if self._gesture is not None:
            gesture = self._end_gesture()
            gesture.finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Select the bout that was double-clicked."""
        if event is None:
            return
        lane = self._lane_under(event.position())
        if lane is None or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        frame = self.frame_at(event.position().x() - self._layout.ruler.x)
        bout = self.model.bout_at(lane, frame)
        self.model.selection = (bout.start, bout.stop)
        self.bout_selected.emit(bout)

    def _end_gesture(self) -> Gesture:
        gesture, self._gesture = self._gesture, None
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        assert gesture is not None
        return gesture

    def cancel_gesture(self) -> bool:
        """Give up what the mouse is doing; return whether it was doing anything."""
        if self._gesture is None:
            return False
        self._end_gesture().cancel()
        self.update()
        return True

    def eventFilter(self, _watched: object, event: QEvent | None) -> bool:
        """While a gesture lasts, Escape gives it up and reaches nobody else."""
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no shortcut of the window: the key press itself comes next
            return True
        if event.type() == QEvent.Type.KeyPress:
            self.cancel_gesture()
            return True
        return False

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom at the mouse; pan with Shift or sideways."""
        if event is None:
            return
        event.accept()
        if self.model.frames == 0:
            return
        pixels, angle = event.pixelDelta(), event.angleDelta()
        sideways = abs(angle.x()) > abs(angle.y())
        if sideways or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            span = self.model.window.span
            if sideways and pixels.x():  # a touchpad: the strip stays under the fingers
                self.model.pan(-pixels.x() * span / self.plot_width)
            else:
                notches = (angle.x() if sideways else angle.y()) / 120
                self.model.pan(-notches * _PAN_PER_NOTCH * span)
            return
        x = min(max(event.position().x() - self._layout.ruler.x, 0.0), float(self.plot_width))
        at_frame = self.model.window.position_at(x, self.plot_width)
        self.model.zoom(_ZOOM_PER_NOTCH ** (angle.y() / 120), at_frame)

    # hover

    def event(self, event: QEvent | None) -> bool:
        """Show what is under a mouse that rests."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_hover(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_hover(self, at: QPoint, at_screen: QPoint) -> None:
        lane = self._lane_under(QPointF(at))
        if lane is None or self.model.frames == 0:
            QToolTip.showText(at_screen, self._hint_at(QPointF(at)), self)  # an empty text hides it
            return
        frame = self.frame_at(at.x() - self._layout.ruler.x)
        bout = self.model.bout_at(lane, frame)
        box = self._layout.lanes[self.model.lanes.index(lane)]
        left = max(round(self.x_of(bout.start)), box.x)
        right = max(min(round(self.x_of(bout.stop)), box.right), left + 2)
        area = QRect(left, box.y, right - left, box.h)
        QToolTip.showText(at_screen, bout_text(self.model, lane, bout, frame), self, area)

    def _hint_at(self, at: QPointF) -> str:
        """Return what is told about the parts of the strip that hold no bouts."""
        index = self._layout.lane_at(at.y())
        if index is not None and at.x() < self._layout.gutter:
            return self.model.lanes[index].title
        if self._layout.seen.holds(at.x(), at.y()):
            return seen_text(self.model)
        if self._layout.overview.holds(at.x(), at.y()):
            return "The whole clip: drag the frame to move, its edges to zoom"
        return ""
