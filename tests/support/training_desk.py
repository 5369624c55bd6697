"""A session with background training and no window."""

from pathlib import Path

from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.fitting import HeadFit

from napari_ethoprofile.jobs.learning import Learning
from napari_ethoprofile.jobs.status import AtClose, TrainingStatus
from napari_ethoprofile.session import Session

#: Enough for generated mice; and what nobody waits for.
QUICK, ENDLESS = HeadFit(epochs=2, least_steps=20), HeadFit(least_steps=1_000_000)


class Desk:
    """A session with what trains for it, and what the user answers and is told."""

    def __init__(self, project: Path, annotator: str = "truth") -> None:
        self.answer = AtClose.KEEP
        self.asked: list[TrainingStatus] = []
        self.told: list[str] = []
        self.session = Session()
        self.learning = Learning(self.session, self._answer)
        self.learning.said.connect(self.told.append)
        self.session.set_project(Project.open(project))
        self.session.set_annotator(annotator)

    def _answer(self, status: TrainingStatus) -> AtClose:
        self.asked.append(status)
        return self.answer

    def leave(self) -> None:
        self.session.set_project(None)
        self.learning.close()
