"""A session with the commands on it and no window: a player that stands still, and ready answers."""

from dataclasses import dataclass, field

from napari_ethoprofile.commands import Commands
from napari_ethoprofile.scoring import Scoring
from napari_ethoprofile.session import OpenPass, Session

FRAMES = 150


class StillPlayer:
    """A player that notes what it is asked for and never moves."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def __getattr__(self, name: str):
        return lambda *arguments: self.asked.append((name, *arguments) if arguments else name)


@dataclass
class Answers:
    """Answers to the questions that commands ask."""

    frame: int | None = None
    note: str | None = None
    submit: bool = True
    asked: list[str] = field(default_factory=list)

    def ask_frame(self, _current: OpenPass, _frame: int) -> int | None:
        return self.frame

    def ask_note(self, text: str) -> str | None:
        self.asked.append(text)
        return self.note

    def confirm_submit(self, unlabeled: int, frames: int) -> bool:
        self.asked.append(f"{unlabeled} of {frames}")
        return self.submit

    def show_help(self) -> None:
        self.asked.append("help")


@dataclass
class Desk:
    session: Session
    scoring: Scoring
    commands: Commands
    player: StillPlayer
    answers: Answers
    messages: list[str]
    opened_next: list[int]

    def run(self, *commands: str) -> None:
        for command in commands:
            self.commands.run(command)

    def tap(self, label: int) -> None:
        self.scoring.press(label, 0.0)
        self.scoring.release(label, 50.0)

    @property
    def bouts(self) -> list[tuple[int, int, int]]:
        assert self.session.track is not None
        return [(b.start, b.stop, b.label) for b in self.session.track.bouts()]
