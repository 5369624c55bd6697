"""The new-project assistant: place, ethogram, person, recordings, clips, and then the project at once."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from qtpy.QtCore import QObject, Signal
from qtpy.QtGui import QCloseEvent
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from ..annotation.errors import EthoprofileError
from ..annotation.ethogram import preset
from .clip_plan import counted, spoken_duration
from .forms import Notice, push_button, text_label
from .new_project_pages import EthogramPage, Page, PersonPage, PlacePage, SummaryPage
from .new_project_recordings import PlanPage, RecordingsPage
from .project_recipe import ProjectRecipe

#: Room for the longest title, bold.
STEP_WIDTH = 120


class NewProjectAssistant(QDialog):
    """Asks for everything a project needs and makes it; nothing is written before the last step.

    Attributes
    ----------
    folder
        The project that was made, or None.
    annotator
        Who made it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_project_assistant")
        self.setWindowTitle("New project")
        self.folder: Path | None = None
        self.annotator = ""
        self._maker: Maker | None = None
        self.place = PlacePage(self)
        self.ethogram = EthogramPage(self)
        self.person = PersonPage(self)
        self.recordings = RecordingsPage(self)
        self.plan = PlanPage(self.recordings, self)
        self.summary = SummaryPage(self._describe, self)
        self.pages: list[Page] = [
            self.place, self.ethogram, self.person, self.recordings, self.plan, self.summary,
        ]  # fmt: skip
        self._lay_out()
        for page in self.pages:
            page.changed.connect(self._show_state)
        self.back_button.clicked.connect(
            lambda _checked=False: self._show_page(self.stack.currentIndex() - 1)
        )
        self.next_button.clicked.connect(lambda _checked=False: self._go_on())
        self.cancel_button.clicked.connect(lambda _checked=False: self.reject())
        self.resize(880, 580)
        self._show_page(0)

    def _lay_out(self) -> None:
        self.stack = QStackedWidget(self)
        for page in self.pages:
            self.stack.addWidget(page)
        self._steps = [
            QLabel(f"{number}.  {page.title}", self) for number, page in enumerate(self.pages, start=1)
        ]
        steps = QVBoxLayout()
        steps.setSpacing(14)
        for number, step in enumerate(self._steps, start=1):
            step.setObjectName(f"step_{number}")
            step.setMinimumWidth(STEP_WIDTH)
            steps.addWidget(step)
        steps.addStretch(1)
        self.title = text_label("page_title", self)
        self.title.setStyleSheet("QLabel { font-size: 15pt; font-weight: bold; }")
        self.subtitle = text_label("page_subtitle", self)
        self.notice = Notice("page_notice", self)
        column = QVBoxLayout()
        column.addWidget(self.title)
        column.addWidget(self.subtitle)
        column.addSpacing(10)
        column.addWidget(self.stack, 1)
        column.addWidget(self.notice)
        middle = QHBoxLayout()
        middle.addLayout(steps)
        middle.addSpacing(20)
        middle.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(middle, 1)
        layout.addLayout(self._create_foot())

    def _create_foot(self) -> QHBoxLayout:
        self.back_button = push_button("back", "Back", "Go back one step; nothing is lost.", self)
        self.next_button = push_button("next", "Next", "Go on to the next step.", self)
        self.next_button.setDefault(True)
        self.next_button.setMinimumWidth(130)
        self.cancel_button = push_button("cancel", "Cancel", "Close without making a project.", self)
        foot = QHBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addStretch(1)
        foot.addWidget(self.back_button)
        foot.addWidget(self.next_button)
        return foot

    # steps

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.pages[self.stack.currentIndex()]

    def _show_page(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        page = self.page
        page.enter()
        self.title.setText(page.title)
        self.subtitle.setText(page.subtitle)
        for other, step in enumerate(self._steps):
            font = step.font()
            font.setBold(other == number)
            step.setFont(font)
            step.setEnabled(other <= number)
        self._show_state()
        page.setFocus()
        page.focusNextPrevChild(True)

    def _show_state(self) -> None:
        making, last = self._maker is not None, self.page is self.summary
        state = self.page.state()
        self.notice.tell(state.text, problem=state.wrong)
        self.next_button.setText("Create project" if last else "Next")
        self.next_button.setEnabled(state.complete and not making)
        self.back_button.setEnabled(self.page is not self.pages[0] and not making)

    def _go_on(self) -> None:
        if self.page is self.summary:
            self._make()
        else:
            self._show_page(self.stack.currentIndex() + 1)

    # what is made

    @property
    def recipe(self) -> ProjectRecipe:
        """What was entered so far."""
        return ProjectRecipe(
            folder=self.place.folder,
            name=self.place.name.text().strip(),
            ethogram=self.ethogram.ethogram or preset("empty"),
            annotator=" ".join(self.person.name.text().split()),
            initials=self.person.initials.text().strip(),
            recordings=tuple(row.chosen() for row in self.recordings.model.rows),
            subjects=self.recordings.subjects_file,
            lights=self.recordings.lights,
            plan=self.plan.form.plan,
            holdout=self.recordings.holdout,
        )

    def _describe(self) -> list[tuple[str, str]]:
        recipe, form = self.recipe, self.plan.form
        names = ", ".join(b.name for b in recipe.ethogram.behaviors) or "no behaviors yet"
        rows = self.recordings.model.rows
        length = spoken_duration(sum(row.seconds or 0 for row in rows))
        subjects = {row.subject for row in rows if row.subject}
        animals = f" of {counted(len(subjects), 'subject')}" if subjects else ""
        frames = {source.video: source.fps for source in self.recordings.model.sources()}
        seconds = sum(stretch.frames / frames[stretch.video] for stretch in form.stretches)
        clips = (
            f"{counted(len(form.stretches), 'clip')}, about {spoken_duration(seconds)} ({recipe.plan.name})"
        )
        parts = [
            ("Project", recipe.name),
            ("Folder", str(recipe.folder)),
            ("Ethogram", f"{recipe.ethogram.name}: {names}"),
            ("You", f"{recipe.annotator} ({recipe.initials})" if recipe.initials else recipe.annotator),
            (
                "Recordings",
                f"{counted(len(rows), 'recording')}{animals}, about {length}" if rows else "none yet",
            ),
            ("Clips", clips if form.stretches else "none yet"),
        ]
        if form.to_count:
            videos = counted(len(form.to_count), "recording")
            parts.append(("First", f"the frames of {videos} are counted, because the clips depend on them"))
        if recipe.holdout:
            parts.append(("Holdout", f"up to {counted(recipe.holdout, 'animal')} to compare models on"))
        if recipe.lights is not None:
            parts.append(("Lights", f"on from {recipe.lights[0]} to {recipe.lights[1]}"))
        return parts

    def _make(self) -> None:
        self.summary.show_error("")
        self._maker = Maker(self.recipe, self)
        self._maker.progressed.connect(self.summary.show_progress)
        self._maker.finished.connect(self._on_finished)
        self._show_state()
        self._maker.start()

    def _on_finished(self, error: Exception | None) -> None:
        maker, self._maker = self._maker, None
        if maker is None:
            return
        if error is None:
            self.folder, self.annotator = maker.recipe.folder, maker.recipe.annotator
            self.accept()
            return
        self.summary.show_error(str(error))
        self.cancel_button.setEnabled(True)
        if not isinstance(error, EthoprofileError):
            raise error

    def reject(self) -> None:
        """Close; while the project is being made, stop that first."""
        if self._maker is not None:
            self._maker.cancel()
            self.cancel_button.setEnabled(False)
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Close and let the background work end."""
        self.recordings.model.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Take the window's close button as Cancel."""
        self.reject()
        if event is not None:
            event.setAccepted(self._maker is None)


class Maker(QObject):
    """Makes a project on a thread of its own.

    Attributes
    ----------
    progressed
        Emits what is being done, how much is done and how much there is.
    finished
        Emits None, or the exception that stopped it.
    """

    progressed = Signal(str, int, int)
    finished = Signal(object)

    def __init__(self, recipe: ProjectRecipe, parent: QObject) -> None:
        super().__init__(parent)
        self.recipe = recipe
        self._cancel = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ethoprofile-new-project")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop as soon as possible; `finished` tells when."""
        self._cancel.set()

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            self.recipe.make(self.progressed.emit, self._cancel.is_set)
        except Exception as problem:  # noqa: BLE001  # told in the window's thread
            error = problem
        with contextlib.suppress(RuntimeError):  # the window is gone
            self.finished.emit(error)
