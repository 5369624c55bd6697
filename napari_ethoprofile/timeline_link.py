"""Joins the timeline to the session, in both directions."""

from __future__ import annotations

from collections.abc import Callable

from .annotation.edits.outcomes import Grown
from .annotation.project import Origin
from .annotation.tracks import LabelTrack, stretches_of
from .commands import Commands
from .keyboard import Keyboard
from .scoring import Scoring
from .session import Move, OpenPass, Session
from .timeline import Lane, Marker, Phase, TimelineModel, TimelinePanel, key_caps
from .transport import Transport

ZOOM_STEP = 1.5


class TimelineLink:
    """Keeps a timeline and the session equal.

    Parameters
    ----------
    session, scoring, transport, commands, keyboard
        The window's parts.
    panel
        The timeline with its controls.
    """

    def __init__(
        self,
        session: Session,
        scoring: Scoring,
        transport: Transport,
        commands: Commands,
        keyboard: Keyboard,
        panel: TimelinePanel,
    ) -> None:
        self._session = session
        self._commands = commands
        self._keyboard = keyboard
        self._transport = transport
        self._panel = panel
        self._model: TimelineModel = panel.model
        #: What is shown around the rows of the open pass; a comparison puts its rows there.
        self.arrange: Callable[[list[Lane]], list[Lane]] = list
        commands.handlers |= {
            "zoom_in": lambda: self._model.zoom(ZOOM_STEP),
            "zoom_out": lambda: self._model.zoom(1 / ZOOM_STEP),
        }
        session.opened.connect(self._on_opened)
        session.moved.connect(self._on_moved)
        session.labels_changed.connect(self._on_labels)
        session.notes_changed.connect(self._show_notes)
        session.ethogram_changed.connect(lambda _ethogram: self.refresh_lanes())
        keyboard.keys_changed.connect(self.refresh_lanes)
        keyboard.scored.connect(self.paint_now)
        session.selection_changed.connect(self._on_selection)
        scoring.open_changed.connect(self._show_open_bouts)
        self._model.selection_changed.connect(session.select)
        panel.strip.seek_requested.connect(session.seek)
        panel.strip.boundary_dragged.connect(self._on_boundary)
        panel.play_toggled.connect(self._on_play)
        panel.loop_toggled.connect(lambda on: commands.run("loop_bout") if on else transport.stop_loop())
        panel.real_time_toggled.connect(transport.set_real_time)
        panel.speed_changed.connect(transport.player.set_speed)
        transport.player.state_changed.connect(self._show_player)
        transport.player.speed_changed.connect(lambda _speed: self._show_player())
        self._show_player()

    def _on_opened(self, current: OpenPass | None) -> None:
        model = self._model
        if current is None:
            model.set_clip(0, 25.0)
            return
        clip = current.clip
        model.set_clip(
            current.frames,
            current.fps,
            clip.start,
            current.source.recorded_at,
            current.video.times[clip.start : clip.stop] if current.confirmed == current.frames else None,
        )
        self._show_lanes(current)
        model.set_phases(self._phases(current))
        model.set_seen(stretches_of(current.editor.viewed))
        self._show_notes()

    def _show_lanes(self, current: OpenPass) -> None:
        project = self._session.require_project()
        self._model.use_ethogram(project.ethogram)
        track: LabelTrack = current.editor.track
        groups = project.ethogram.groups
        keys = self._keyboard.keymap.label_keys(project.ethogram)
        name = current.record.annotator
        own = [
            Lane(
                title=name if len(groups) == 1 else group,
                track=track,
                group=number,
                editable=not current.editor.read_only,
                keys=key_caps(project.ethogram, number, keys),
                height=36 if len(groups) == 1 else 24,
                provenance=self._provenance(current, number),
            )
            for number, group in enumerate(groups)
        ]
        self._model.set_lanes(self.arrange(own))

    def _provenance(self, current: OpenPass, group: int) -> Callable[[int], str]:
        def text_at(frame: int) -> str:
            for _start, _stop, origin in current.editor.origins(frame, frame + 1, group):
                return origin_text(origin)
            return ""

        return text_at

    def _phases(self, current: OpenPass) -> list[Phase]:
        project = self._session.require_project()
        offset = current.clip.start
        return [
            Phase(start - offset, stop - offset, phase == "dark")
            for start, stop, phase in project.phases(current.source.id, offset, current.clip.stop)
        ]

    def refresh_lanes(self) -> None:
        """Show the rows anew: other names, keys, or other rows around those of the open pass."""
        if self._session.current is not None:
            self._show_lanes(self._session.current)

    def show_at_once(self, frame: int) -> None:
        """Paint the playhead at a frame now, before its picture is decoded."""
        self._model.set_playhead(frame, reveal=True)
        self.paint_now()

    def paint_now(self) -> None:
        """Paint what has changed before anything else in the window is drawn or counted."""
        self._panel.strip.repaint()

    def _on_moved(self, _previous: int, frame: int, how: Move) -> None:
        self._model.set_playhead(frame, reveal=how is Move.SEEK)
        if self._transport.speed <= 1:  # what flies by faster was not really seen
            self._model.mark_seen(frame, frame + 1)

    def _on_labels(self, group: int, start: int, stop: int) -> None:
        track = self._session.track
        if track is not None:
            self._model.labels_written(track, group, start, stop)

    def _show_open_bouts(self, bouts: list[Grown]) -> None:
        shown = {bout.group for bout in bouts}
        for group in list(self._model.open_bouts):
            if group not in shown:
                self._model.clear_open_bout(group)
        for bout in bouts:
            self._model.set_open_bout(bout.group, bout.start, bout.stop, bout.label)

    def _show_notes(self) -> None:
        current = self._session.current
        if current is not None:
            self._model.set_markers(
                Marker(note.start, note.stop, note.group, note.text, note.uncertain)
                for note in current.editor.notes
            )

    def _on_selection(self, selection: tuple[int, int] | None) -> None:
        self._model.selection = selection

    def _on_boundary(self, group: int, old: int, new: int, finished: bool) -> None:
        self._session.seek(min(new, self._session.last_frame))
        if finished and new != old:
            self._commands.move_boundary(group, old, new)

    def _on_play(self, _on: bool) -> None:
        self._transport.toggle()

    def _show_player(self, _playing: bool = False) -> None:
        player = self._transport.player
        self._panel.set_playing(player.playing)
        self._panel.set_speed(player.speed, reverse=player.reverse)
        self._panel.set_looping(player.loop is not None)


def origin_text(origin: Origin | None) -> str:
    """Return who labeled a stretch, how and when, in a few words."""
    if origin is None:
        return ""
    reason = f", {origin.reason}" if origin.reason else ""
    return f"{origin.provenance} by {origin.author}, {origin.at[:16].replace('T', ' ')} UTC{reason}"
