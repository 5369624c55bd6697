"""The models of a project in the window: which is the current one, what changed, how far people agree.

It knows neither Qt nor napari: how work is done in a thread is given to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from psygnal import Signal

from .agreeing import Runner
from .annotation.errors import EthoprofileError, ProjectError
from .annotation.project import Kind, Project, Purpose
from .desk_work import DeskWork
from .session import Session
from .training.champions.history import ModelRow, history, judge_in_project, roll_back
from .training.champions.holdout import HoldoutState, holdout_state, learned_subjects

if TYPE_CHECKING:
    from .training.champions.ceiling import Ceiling
    from .training.champions.changed import Changes, Flip

#: Seconds shown before and after a stretch that is played in a loop.
PADDING_SECONDS = 1.0


class Looper(Protocol):
    """The player, as far as it is needed here."""

    def loop(self, start: int, stop: int) -> None:
        """Play ``[start, stop)`` over and over."""


class ModelDesk(DeskWork):
    """What one window shows of the models.

    Signals
    -------
    Those of `DeskWork`, and:

    rows_changed
        The history is another one.
    changes_changed, ceiling_changed
        Another list of changes, another ceiling, or none (None).

    Parameters
    ----------
    session
        The shared state.
    player
        Plays stretches in a loop.
    need_index
        Has a recording indexed before all others.
    run
        Does work in a thread.

    Attributes
    ----------
    rows, busy, changes, ceiling
        What is told by the signals.
    """

    rows_changed = Signal()
    changes_changed = Signal(object)
    ceiling_changed = Signal(object)

    def __init__(
        self, session: Session, player: Looper, need_index: Callable[[str], object], run: Runner
    ) -> None:
        super().__init__(session, run)
        self._player, self._need_index = player, need_index
        self.rows: list[ModelRow] = []
        self.changes: Changes | None = None
        self.ceiling: Ceiling | None = None

    # the history

    def refresh(self) -> None:
        """Read the history again."""
        project = self._session.project
        self.rows = history(project) if project is not None else []
        self.rows_changed()

    def forget(self) -> None:
        """Give up what is being computed and show nothing: another project, or another person."""
        self._generation += 1
        self._set_busy("")
        self.changes = self.ceiling = None
        self.changes_changed(None)
        self.ceiling_changed(None)
        self.refresh()

    def row(self, name: str) -> ModelRow | None:
        """Return the model of a name whose folder is there, or the newest of that name."""
        own = [row for row in self.rows if row.name == name]
        return next((row for row in own if row.present), own[0] if own else None)

    @property
    def current(self) -> ModelRow | None:
        """The current model."""
        return next((row for row in self.rows if row.fate == "current"), None)

    # acts

    def roll_back(self, name: str) -> None:
        """Make a model the current one."""

        def act() -> None:
            roll_back(self._session.require_project(), name, self._session.annotator or None)
            self.told(f"'{name}' is the current model now.", False)
            self._session.models_changed()

        self._guarded(act)
        self.refresh()

    def judge(self, name: str) -> None:
        """Compare a model with the current one, and let it take its place if it is not worse."""
        acting = self._session.annotator or None

        def done(_verdict: Any) -> None:  # the history tells it
            self._session.models_changed()
            self.refresh()

        self._begin(
            f"Comparing '{name}' with the current model …",
            lambda project: judge_in_project(project, name, acting),
            done,
        )

    def list_changes(self, before: str, after: str) -> None:
        """List what two models call differently."""
        from .training.champions.changed import what_changed

        acting = self._session.annotator or None

        def done(changes: Changes) -> None:
            self.changes = changes
            self.changes_changed(changes)

        self._begin(
            f"Listing what changed from '{before}' to '{after}' …",
            lambda project: what_changed(project, before, after, acting),
            done,
        )

    def measure(self, name: str) -> None:
        """Compare a model with people, next to people with each other."""
        from .training.champions.ceiling import ceiling

        acting = self._session.annotator or None

        def done(found: Ceiling) -> None:
            self.ceiling = found
            self.ceiling_changed(found)

        self._begin(f"Comparing '{name}' with people …", lambda project: ceiling(project, name, acting), done)

    # the holdout

    def holdout(self) -> HoldoutState | None:
        """Return how far the holdout is."""
        project = self._session.project
        return None if project is None else holdout_state(project, self._session.annotator or None)

    def suggest(self, number: int, seed: int) -> tuple[str, ...]:
        """Return animals that could be kept for comparing models; none where that is refused."""
        project = self._session.require_project()
        try:
            return project.suggest_subjects(number, seed, avoid=learned_subjects(project))
        except EthoprofileError as error:
            self.told(str(error), True)
            return ()

    def keep(self, subjects: Iterable[str]) -> bool:
        """Keep these animals for comparing models; return whether that was done."""
        chosen = sorted(subjects)
        done = self._guarded(lambda: self._session.require_project().keep_subjects(Purpose.CHAMPION, chosen))
        if done:
            kept = ", ".join(chosen) or "nobody"
            self.told(f"Kept for comparing models: {kept}. No further model learns from them.", False)
        return done

    # stretches

    def play(self, flip: Flip) -> None:
        """Play a stretch in a loop: in one's own pass over the clip, or somebody's for looking only."""

        def act() -> None:
            session, project = self._session, self._session.require_project()
            clip = project.get_clip(flip.clip)
            if session.current is None or session.current.clip.id != clip.id:
                self._open(project, flip)
            room = round(PADDING_SECONDS * flip.fps)
            start, stop = flip.start - clip.start, flip.stop - clip.start
            self._player.loop(max(0, start - room), min(clip.frames, stop + room))

        self._guarded(act)

    def _open(self, project: Project, flip: Flip) -> None:
        name = self._session.annotator
        if not name:
            raise ProjectError("Choose as whom you look at clips first.")
        self._need_index(flip.video)
        own = [
            record
            for record in project.passes(clip=flip.clip, annotator=name, acting=name)
            if record.kind in (Kind.FIRST, Kind.BLIND, Kind.REVIEW)
        ]
        if own:
            self._session.open_pass(own[-1].id)
        else:
            self._session.open_pass(flip.passes[0], read_only=True)
