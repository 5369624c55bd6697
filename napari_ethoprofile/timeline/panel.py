"""The timeline with its row of controls: what goes into the dock below the canvas."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QSize, Qt, Signal
from qtpy.QtGui import QAction, QActionGroup, QColor, QFontMetrics
from qtpy.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget
from superqt import QElidingLabel

from .icons import icon
from .model import TimelineModel
from .theme import mixed
from .ticks import clip_time
from .view import TimelineStrip

#: Speeds that the menu offers.
SPEEDS = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0, 16.0)
_ZOOM = 1.5
_FRACTIONS = {1 / 8: "⅛", 1 / 4: "¼", 1 / 2: "½"}
_MODEL_SIGNALS = {
    "playhead_changed": "_show_position",
    "clip_changed": "_on_clip",
    "lanes_changed": "_show_position",
    "follow_changed": "_on_follow",
    "focus_changed": "_on_focus",
}


def speed_text(speed: float, *, reverse: bool = False) -> str:
    """Return how a speed is written, such as ``½×`` or ``−4×`` backward."""
    return f"{'−' if reverse else ''}{_FRACTIONS.get(speed) or f'{speed:g}'}×"


def position_text(model: TimelineModel) -> str:
    """Return where the playhead is: frame, clip time, time of day, phase."""
    if model.frames == 0:
        return ""
    frame = model.playhead
    parts = [f"frame {frame}/{model.frames}", clip_time(model.seconds_at(frame))]
    moment = model.time_of_day(frame)
    if moment is not None:
        parts.append(f"{moment:%H:%M:%S}")
    if model.phase_at(frame):
        parts.append(model.phase_at(frame))
    return " · ".join(parts)


class TimelinePanel(QWidget):
    """The strip below a row of controls; the controls only ask, the state comes through the setters.

    Signals
    -------
    play_toggled : (playing)
    loop_toggled : (on)
    real_time_toggled : (on)
        Keep pace and skip frames that come late, instead of showing every frame.
    speed_changed : (speed)
        A speed was chosen from the menu.

    Parameters
    ----------
    model
        What the strip shows.
    """

    play_toggled = Signal(bool)
    loop_toggled = Signal(bool)
    real_time_toggled = Signal(bool)
    speed_changed = Signal(float)

    def __init__(self, model: TimelineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_panel")
        self.model = model
        self.strip = TimelineStrip(model, self)
        self._themed: list[tuple[QToolButton, str]] = []
        self._playing = False
        self.play_button = self._create_button("play", "Play or pause", checkable=True)
        self.speed_button = self._create_speed_button()
        self.loop_button = self._create_button("loop", "Loop the selection or the bout", checkable=True)
        self.every_frame_button = self._create_button(
            "every_frame",
            "Show every frame, slower where decoding is late; off: keep real time and skip late frames",
            checkable=True,
        )
        self.position_label = QLabel(self)
        self.position_label.setObjectName("timeline_position")
        self.position_label.setToolTip("Frame, time in the clip, time of day, phase")
        self.question_label = QElidingLabel(self)
        self.question_label.setObjectName("timeline_question")
        self.zoom_out_button = self._create_button("zoom_out", "Zoom out (mouse wheel)")
        self.zoom_in_button = self._create_button("zoom_in", "Zoom in (mouse wheel)")
        self.fit_button = self._create_button("fit", "Show the whole clip")
        self.follow_button = self._create_button("follow", "Keep the playhead in view", checkable=True)
        self._create_layout()
        self._connect()
        self.every_frame_button.setChecked(True)
        self._on_follow(model.follow)
        self._on_clip()
        self._paint_icons()

    def cleanup(self) -> None:
        """Stop watching the model; call before the panel is thrown away."""
        self.strip.cleanup()
        for signal, slot in _MODEL_SIGNALS.items():
            getattr(self.model, signal).disconnect(getattr(self, slot), missing_ok=True)

    def _create_button(self, name: str, tip: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"timeline_{name}")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setCheckable(checkable)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._themed.append((button, name))
        return button

    def _create_speed_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("timeline_speed")
        button.setToolTip("Speed of play")
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        group = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(speed_text(speed), menu)
            action.setCheckable(True)
            action.setData(speed)
            group.addAction(action)
            menu.addAction(action)
            action.triggered.connect(lambda _checked, speed=speed: self.speed_changed.emit(speed))
        button.setMenu(menu)
        button.setMinimumWidth(54)
        self._speed_actions = group.actions()
        return button

    def _create_layout(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(6, 2, 8, 0)
        row.setSpacing(2)
        for widget in (self.play_button, self.speed_button, self.loop_button, self.every_frame_button):
            row.addWidget(widget)
        row.addSpacing(10)
        row.addWidget(self.position_label)
        row.addWidget(self.question_label, 1)
        for widget in (self.zoom_out_button, self.zoom_in_button, self.fit_button, self.follow_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.strip, 1)

    def _connect(self) -> None:
        # `clicked` is the user's doing; `toggled` would also fire for what the setters show.
        self.play_button.clicked.connect(self._on_play_clicked)
        self.loop_button.clicked.connect(self.loop_toggled)
        self.every_frame_button.clicked.connect(lambda on: self.real_time_toggled.emit(not on))
        self.zoom_in_button.clicked.connect(lambda: self.model.zoom(_ZOOM))
        self.zoom_out_button.clicked.connect(lambda: self.model.zoom(1 / _ZOOM))
        self.fit_button.clicked.connect(self.model.fit)
        self.follow_button.clicked.connect(self._on_follow_clicked)
        for signal, slot in _MODEL_SIGNALS.items():
            getattr(self.model, signal).connect(getattr(self, slot))

    def _on_play_clicked(self, on: bool) -> None:
        self.play_button.setChecked(self._playing)  # the button shows what plays, not what was asked for
        self.play_toggled.emit(on)

    def _on_follow_clicked(self, on: bool) -> None:
        self.model.follow = "page" if on else "off"

    # what is shown

    def set_playing(self, playing: bool) -> None:
        """Show whether the recording plays."""
        self._playing = playing
        self.play_button.setChecked(playing)
        self._paint_icons()

    def set_speed(self, speed: float, *, reverse: bool = False) -> None:
        """Show the speed of play."""
        self.speed_button.setText(speed_text(speed, reverse=reverse))
        for action in self._speed_actions:
            action.setChecked(action.data() == speed)

    def set_looping(self, on: bool) -> None:
        """Show whether play loops."""
        self.loop_button.setChecked(on)

    def set_real_time(self, on: bool) -> None:
        """Show whether late frames are skipped."""
        self.every_frame_button.setChecked(not on)

    def set_theme(self, background: QColor | str, text: QColor | str, highlight: QColor | str) -> None:
        """Use these colors instead of the palette's (style sheets do not reach the palette)."""
        self.strip.set_theme(background, text, highlight)
        self._paint_icons()

    def changeEvent(self, event: QEvent | None) -> None:
        """Repaint the icons in the colors of a new palette, make room for a new font."""
        if event is not None and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._paint_icons()
            self._on_clip()
        super().changeEvent(event)

    def _paint_icons(self) -> None:
        theme = self.strip.theme
        color = mixed(theme.background, theme.text, 0.85)
        for button, name in self._themed:
            shown = "pause" if name == "play" and self._playing else name
            button.setIcon(icon(shown, color, theme.highlight))

    def _on_clip(self) -> None:
        # A fixed size: a label that grows and shrinks would lay the whole panel out anew at every frame.
        metrics = QFontMetrics(self.position_label.font())
        longest = f"frame {self.model.frames}/{self.model.frames} · 00:00:00.00 · 00:00:00 · light "
        self.position_label.setFixedSize(metrics.horizontalAdvance(longest) + 8, metrics.height() + 4)
        self._show_position()

    def _on_focus(self, _previous: object, focus: tuple[int, int] | None) -> None:
        """Say why the stretch in focus is asked about, all of it on hovering where it does not fit."""
        question = self.model.question if focus is not None else ""
        self.question_label.setText(f"Asked: {question}" if question else "")
        self.question_label.setToolTip(question)

    def _on_follow(self, mode: str) -> None:
        self.follow_button.setChecked(mode != "off")

    def _show_position(self, *_change: int) -> None:
        self.position_label.setText(position_text(self.model))
