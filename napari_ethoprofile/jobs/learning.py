"""Retraining in one window: what is trained when, and what becomes of it; the docks show and ask this."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from napari.utils.notifications import show_info, show_warning
from psygnal import Signal
from qtpy.QtCore import QCoreApplication, QEventLoop, QObject, QTimer

from ..annotation.errors import EthoprofileError, LearnError
from ..background import Background
from ..training.jobs.adopting import Adopted, adopt_finished, waiting_jobs
from ..training.jobs.freshness import fresh_clips
from ..training.jobs.job import Job, find_job, list_jobs
from ..training.jobs.preparing import prepare_job
from ..training.jobs.pruning import OldJob, old_jobs, remove_jobs, size_text
from ..training.jobs.standing import JobState, Standing, standing_of, write_standing
from ..training.jobs.stopping import GRACE
from .activity import ActivityBar
from .rules import StartRule, Wish, Wishes
from .runner import STOPPED_BEFORE, JobRunner
from .status import AtClose, RunState, TrainingStatus

if TYPE_CHECKING:
    from ..annotation.project import Project
    from ..session import Session

PREPARING, ADOPTING = "reading the labels", "taking the model over"
#: Milliseconds between two looks at whether a training is due.
_RULE_MS = 5_000
#: Seconds between two looks of a window that waits for a job, and seconds that it waits for one to begin.
_WAIT, _PATIENCE = 0.05, 60.0


class Learning(QObject):
    """Trains on the labels of the open project beside the window.

    Parameters
    ----------
    session
        Whose project and annotator it is for.
    ask_at_close
        Asks the user what becomes of a training when the window closes; one that is being prepared, too.

    Attributes
    ----------
    status
        What the training is at.
    rule
        When one starts by itself.
    jobs_changed
        Emitted when a job was added, ended or taken over, and when another project is open.
    busy_changed
        Emitted when a training begins to be prepared or taken over, and when that ended.
    adopted
        Emitted with what became of a finished job's model.
    said
        Emitted with a sentence for the user.
    """

    jobs_changed = Signal()
    busy_changed = Signal()
    adopted = Signal(object)
    said = Signal(str)

    def __init__(
        self,
        session: Session,
        ask_at_close: Callable[[TrainingStatus], AtClose],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._ask_at_close = session, ask_at_close
        self._run = Background(self)
        self._runner = JobRunner(self)
        self._activity = ActivityBar(self.status)
        self._wishes = Wishes()
        self._doing = ""
        self._given_up = False
        self._active = time.monotonic()
        self._fresh: int | None = None
        self.rule = StartRule()
        self._runner.ended.connect(self._on_ended)
        session.project_changed.connect(self._on_project)
        session.passes_changed.connect(self._on_passes)
        session.query_answered.connect(self._on_passes)
        session.moved.connect(self._note_activity)
        session.labels_changed.connect(self._note_activity)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.follow_rule)
        self._timer.start(_RULE_MS)

    @property
    def status(self) -> TrainingStatus:
        """What the training is at."""
        return self._runner.status

    @property
    def busy(self) -> bool:
        """Whether a training is being prepared, runs, or is being taken over."""
        return bool(self._doing) or self.status.state.live

    @property
    def preparing(self) -> bool:
        """Whether the labels for a training are being read."""
        return self._doing == PREPARING

    @property
    def doing(self) -> str:
        """What is done about a training that does not run; empty for nothing."""
        return self._doing

    def jobs(self) -> list[Job]:
        """Return the jobs of the open project, newest first."""
        project = self._session.project
        return list_jobs(project)[::-1] if project is not None else []

    def want(self, wish: Wish) -> None:
        """Train with the labels as they are now, or as they will be when what runs now has ended."""
        if self.busy:
            self._wishes.add(wish)
            self.said("Another training will start when this one has ended.")
            return
        self._prepare(wish)

    def resume(self, job_id: str) -> None:
        """Go on with a job that was stopped, cut off or failed."""
        job = find_job(self._session.require_project(), job_id)
        if self.busy:
            raise LearnError("A training runs already; wait for it, or stop it.")
        self._start(job)

    def old_jobs(self, days: float) -> list[OldJob]:
        """Return the trainings that nobody needs any more and that ended so many days ago."""
        project = self._session.project
        return old_jobs(project, days) if project is not None else []

    def remove_jobs(self, old: list[OldJob]) -> None:
        """Remove the folders of trainings, because the user asked for it."""
        try:
            removed = remove_jobs(self._session.require_project(), old)
        finally:
            self.jobs_changed()
        size, many = size_text(sum(item.size for item in removed)), len(removed)
        self.said(f"{'1 training was' if many == 1 else f'{many} trainings were'} removed: {size} are free.")

    def stop(self) -> None:
        """Stop the training, and forget what was to start after it."""
        self._wishes.clear()
        self._given_up = self.preparing
        self._runner.stop()

    def set_rule(self, rule: StartRule) -> None:
        """Start trainings by this rule from now on."""
        self.rule = rule
        project = self._session.project
        if project is not None and not project.read_only:
            rule.write(project.settings)

    def follow_rule(self) -> None:
        """Start a training if the rule says so."""
        project = self._session.project
        if project is None or project.read_only or not self.rule.on or self.busy:
            return
        if self._fresh is None:
            self._fresh = fresh_clips(project, self._session.annotator or None)
        if self.rule.due(self._fresh, time.monotonic() - self._active):
            self.want(Wish(f"{self._fresh} clips or stretches since the last training"))

    def may_close(self) -> bool:
        """Ask what becomes of a training, and return whether the window may close.

        One that is to go on has begun by then, so that the next window finds it.
        """
        if not (self.preparing or self.status.state.live):
            return True
        answer = self._ask_at_close(self.status)
        if answer is AtClose.STOP:
            self.stop()
            self._wait(lambda: not (self.preparing or self.status.state.live), GRACE + 1)
        if answer is AtClose.KEEP:
            return self._goes_on()
        return answer is not AtClose.CANCEL

    def _goes_on(self) -> bool:
        """Wait until the training has begun; otherwise the user is told why it has not."""
        former = self._runner.job if self.preparing else None
        if not self._wait(self._begun, _PATIENCE):
            self.said(
                "The training has not begun yet. Wait until it has, or stop it, and close napari again."
            )
            return False
        refused = self._runner.job is former
        return not refused and self.status.state is not RunState.FAILED

    def _begun(self) -> bool:
        job = self._runner.job
        began = job is None or standing_of(job).began > 0  # not before its process says so
        return not self.preparing and (began or not self.status.state.live)

    def _wait(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is true, no longer than so many seconds; the user can do nothing meanwhile."""
        until = time.monotonic() + seconds
        while not true() and time.monotonic() < until:
            time.sleep(_WAIT)
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            self._runner.look()
        return true()

    def close(self) -> None:
        """Let go of everything; a training that runs goes on."""
        self._timer.stop()
        self._runner.let_go()
        self._activity.close()

    def _prepare(self, wish: Wish) -> None:
        """Write the job's folder in a thread: reading all labels takes a moment."""
        project, author = self._session.require_project(), self._session.annotator
        self._given_up = False
        self._set_doing(PREPARING)
        options = {"weights": wish.weights} if wish.weights else {}

        def done(job: Job) -> None:
            self._set_doing("")
            if self._given_up:
                with contextlib.suppress(OSError):  # a full disk: it stays prepared
                    write_standing(job, Standing(JobState.STOPPED, STOPPED_BEFORE))
            elif self._session.project is project:
                self._start(job)
            self.jobs_changed()

        def failed(error: Exception) -> None:
            self._set_doing("")
            self._fresh = 0  # the rule tries again when more was labeled, not every few seconds
            self._tell_failure(project, error)

        self._run(
            lambda: prepare_job(
                project,
                model=wish.model,
                backbone=wish.backbone,
                options=options,
                seed=wish.seed,
                author=author,
                reason=wish.reason,
            ),
            done,
            failed,
        )

    def _tell_failure(self, project: Project, error: Exception) -> None:
        """Tell why work in a thread broke off; that its project was closed meanwhile is no news."""
        if self._session.project is not project:
            return
        if not isinstance(error, EthoprofileError):
            raise error
        self.said(str(error))

    def _set_doing(self, what: str) -> None:
        self._doing = what
        self.busy_changed()

    def _start(self, job: Job) -> None:
        self._fresh = None
        try:
            self._runner.start(job)
        except LearnError as error:
            self.said(str(error))
        self.jobs_changed()

    def _on_project(self, project: Project | None) -> None:
        """Take over what finished meanwhile, and find the training that goes on, or never began."""
        if self.status.state.live:
            self.said(
                "The training of the other project goes on, and is taken over when that project is opened."
            )
        self._runner.let_go()
        self._wishes.clear()
        self._fresh = None
        if project is not None:
            self.rule = StartRule.read(project.settings)
            if not project.read_only and waiting_jobs(project):
                self._adopt(project)
            jobs = [(job, standing_of(job).state) for job in list_jobs(project)]
            running = [job for job, state in jobs if state is JobState.RUNNING]
            if running:
                self._runner.watch(running[-1])
            waiting = [job.plan.model for job, state in jobs if state is JobState.PREPARED]
            if waiting and not project.read_only:
                show_info(
                    f"The training of '{waiting[-1]}' was prepared but has not begun: select it in the list "
                    "of trainings to resume it."
                )
        self.jobs_changed()

    def _adopt(self, project: Project) -> None:
        """Take finished jobs over in a thread: what a model says about an hour of clips takes a moment."""
        self._set_doing(ADOPTING)

        def done(outcome: tuple[list[Adopted], list[str]]) -> None:
            if self._session.project is project:
                taken, refused = outcome
                for adopted in taken:
                    self._tell(adopted)
                for sentence in refused:
                    show_warning(sentence)
            self._go_on()

        def failed(error: Exception) -> None:
            self._go_on()
            self._tell_failure(project, error)

        self._run(lambda: adopt_finished(project), done, failed)

    def _on_ended(self, _job: Job) -> None:
        project = self._session.project
        if self.status.state is RunState.FAILED:
            show_warning(self.status.sentence)
        if self.status.state is RunState.DONE and project is not None:
            self._adopt(project)
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Begin what was wished for meanwhile."""
        self._set_doing("")
        self.jobs_changed()
        wish = self._wishes.take()
        if wish is not None and self._session.project is not None:
            self._prepare(wish)

    def _tell(self, adopted: Adopted) -> None:
        show_info(adopted.sentence)
        self._session.models_changed()
        self._session.passes_changed()
        self.adopted(adopted)

    def _on_passes(self) -> None:
        self._fresh = None

    def _note_activity(self, *_: object) -> None:
        self._active = time.monotonic()
