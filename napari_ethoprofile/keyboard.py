"""The keyboard of one window: key map, behavior keys, command shortcuts, help, reaction time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace

from psygnal import Signal
from qtpy.QtCore import QSettings
from qtpy.QtWidgets import QMainWindow

from .annotation.edits.reaction import ReactionTime, learned_frames, played_reason
from .annotation.errors import EthoprofileError
from .annotation.ethogram import Ethogram
from .annotation.project import standing_edits
from .annotation.tracks import NONE, UNLABELED
from .commands import Commands
from .keys import COMMANDS, KeyMap
from .keys.bindings import CommandShortcuts
from .keys.describe import tooltip
from .keys.filter import BehaviorKeyFilter
from .keys.help import HelpPanel
from .scoring import Scoring
from .session import Session
from .training.simulation.key_fit import LABEL
from .transport import Transport

#: Longer than any tap, shorter than a hold: what a mouse click on a behavior counts as.
CLICK_MS = 50.0


class Keyboard:
    """Binds keys while annotation mode is on and gives them back to napari afterwards.

    Parameters
    ----------
    session, scoring, commands, transport
        What the keys act on.

    Attributes
    ----------
    keymap
        Which key does what.
    reaction
        How far onsets that are typed during play are set back.
    keys_changed
        Emits when other keys do what they did, or the ethogram has others.
    scored
        Emits when what the press of a behavior's key does is done.
    key_typed
        Emits the kind of every key that is typed: the name of a command, or `LABEL` for a behavior's.
    """

    keys_changed = Signal()
    scored = Signal()
    key_typed = Signal(str)

    def __init__(self, session: Session, scoring: Scoring, commands: Commands, transport: Transport) -> None:
        self._session = session
        self._scoring = scoring
        self._commands = commands
        self._transport = transport
        self._settings = QSettings("napari-ethoprofile", "napari-ethoprofile")
        self._filter: BehaviorKeyFilter | None = None
        self._shortcuts: CommandShortcuts | None = None
        self._help: HelpPanel | None = None
        self._scope = ""
        self._chosen = UNLABELED
        self._let_go_at: dict[int, int] = {}
        self.keymap = self._stored_keymap()
        self.reaction = self._stored_reaction()
        commands.handlers |= {
            "replace_next": self._replace_next,
            "select_or_label": lambda: self.tap(self._chosen),
            "select_or_clear": lambda: self.tap(UNLABELED),
            "select_or_none": lambda: self.tap(NONE),
        }
        session.mode_changed.connect(self._on_mode)
        session.ethogram_changed.connect(self._on_ethogram)

    @property
    def attached(self) -> bool:
        """Whether the keyboard belongs to a window yet."""
        return self._filter is not None

    def attach(self, window: QMainWindow) -> None:
        """Take the keyboard of a main window (only while annotation mode is on)."""
        self._filter = BehaviorKeyFilter(window)
        self._filter.pressed.connect(self._on_pressed)
        self._filter.letting_go.connect(self._on_letting_go)
        self._filter.released.connect(self._on_released)
        self._filter.unassigned.connect(
            lambda key: self._session.message(f"The key {key.upper()} scores nothing; ? shows all keys.")
        )
        self._filter.interrupted.connect(self._scoring.interrupt)
        handlers = {command.id: self._runner(command.id) for command in COMMANDS}
        known = {name: run for name, run in handlers.items() if name in self._commands.handlers}
        self._shortcuts = CommandShortcuts(window, self.keymap, known)
        self._help = HelpPanel(window)
        self._apply()
        self._on_mode(self._session.annotating)

    def _runner(self, command: str) -> Callable[[], None]:
        def run() -> None:
            self.key_typed(command)
            self._commands.run(command)

        return run

    def close(self) -> None:
        """Give all keys back."""
        self._on_mode(False)
        if self._help is not None:
            self._help.close()

    # keys

    def tap(self, label: int) -> None:
        """Do what a tap on a label's key does: for clicks on the behaviors in the dock."""
        self._choose(label)
        now = time.monotonic() * 1000
        self._scoring.press(label, now)
        self._scoring.release(label, now + CLICK_MS)

    def _choose(self, label: int) -> None:
        """Keep the behavior that selections are labeled with; none and unlabel have keys of their own."""
        if label > NONE:
            self._chosen = label

    def _on_pressed(self, label: int, replaces: bool, at_ms: float) -> None:
        self.key_typed(LABEL)
        self._choose(label)
        if replaces:
            self._scoring.replace(label)
        else:
            self._scoring.press(label, at_ms)
        self.scored()

    def _on_letting_go(self, label: int) -> None:
        """Keep the frame on which a key comes up: X11 tells a release apart from a repeat only later."""
        self._let_go_at[label] = self._session.playhead

    def _on_released(self, label: int, at_ms: float) -> None:
        self._scoring.release(label, at_ms, self._let_go_at.pop(label, None))

    def _replace_next(self) -> None:
        if self._filter is not None:
            self._filter.replace_next()
            self._session.message("Now press the key of the behavior that this bout shall have.")

    def _on_mode(self, annotating: bool) -> None:
        if self._filter is not None and self._shortcuts is not None:
            self._filter.set_enabled(annotating)
            self._shortcuts.set_enabled(annotating)

    def _on_ethogram(self, ethogram: Ethogram) -> None:
        self._chosen = ethogram.behaviors[0].id if ethogram.behaviors else UNLABELED
        self._apply()

    def _apply(self) -> None:
        """Bring window, help and scoring in line with the key map and the ethogram."""
        self._bind()
        self._scoring.set_mode(self.keymap.mode)
        self.keys_changed()

    def _bind(self) -> None:
        project = self._session.project
        ethogram = project.ethogram if project is not None else Ethogram()
        if self._filter is not None and self._shortcuts is not None and self._help is not None:
            self._filter.set_keys(self.keymap, ethogram, self._scope)
            self._shortcuts.set_keymap(self.keymap, self._scope)
            self._help.set_keys(self.keymap, ethogram, self._scope)

    def set_scope(self, scope: str) -> None:
        """Use the keys of a mode, such as comparing, from now on; an empty text goes back to scoring."""
        if scope != self._scope:
            self._scope = scope
            self._bind()

    def set_keymap(self, keymap: KeyMap) -> None:
        """Use other keys from now on and remember them for this user."""
        self.keymap = keymap
        self._settings.setValue("keys", json.dumps(keymap.to_dict()))
        self._apply()

    def _stored_keymap(self) -> KeyMap:
        try:
            return KeyMap.from_dict(json.loads(str(self._settings.value("keys") or "{}")))
        except (EthoprofileError, ValueError):
            return KeyMap()

    def tooltips(self) -> dict[str, str]:
        """Return the tooltip of every command."""
        return {command.id: tooltip(self.keymap, command.id) for command in COMMANDS}

    def show_help(self) -> None:
        """Show or hide the panel of all keys."""
        if self._help is not None:
            self._help.toggle()

    # reaction time

    def lead(self) -> tuple[int, str]:
        """Return by how many frames an onset typed now is set back, and what the journal says of it."""
        current, speed = self._session.current, self._transport.speed
        if current is None or not speed or self._transport.player.reverse:
            return 0, ""
        shift = self.reaction.shift(current.fps, speed, playing=True)
        return shift, played_reason(speed, shift)

    def set_reaction(self, reaction: ReactionTime) -> None:
        """Set onsets back in another way from now on and remember it for this user."""
        self.reaction = reaction
        self._settings.setValue("reaction", json.dumps(asdict(reaction)))

    def learn_reaction(self) -> float | None:
        """Learn from the annotator's own boundary edits by how many frames their onsets come late.

        Returns
        -------
        float or None
            Frames at normal speed; None when too few onsets were corrected so far.
        """
        project, name = self._session.project, self._session.annotator
        if project is None or not name:
            return None
        seen = [r for r in project.passes(annotator=name, acting=name) if project.door.allowed(r.id, name)]
        edits = [standing_edits(project.door.history(record.id, name)) for record in seen]
        frames = learned_frames(edits)
        if frames is not None:
            self.set_reaction(replace(self.reaction, mode="learned", frames=frames))
        return frames

    def _stored_reaction(self) -> ReactionTime:
        try:
            return ReactionTime(**json.loads(str(self._settings.value("reaction") or "{}")))
        except (TypeError, ValueError):
            return ReactionTime()
