"""The agreement of annotators in the window: who is compared, what came out, which stretches are behind it.

It knows neither Qt nor napari: how work is done in a thread is given to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from psygnal import Signal

from .annotation.agreement import PairReport, Settings
from .annotation.agreement.report import (
    AgreementReport,
    ClipStretches,
    PairStretches,
    Part,
    agreement_report,
)
from .annotation.agreement.sources import FileOptions, material_of_files, material_of_passes, open_passes
from .annotation.errors import EthoprofileError, ProjectError
from .annotation.formats.wording import counted
from .annotation.project import Project
from .playlist import Playlist, entries_of
from .session import Session

NO_RECORDING = (
    "These raters come from label files that belong to no project, so there is no recording to show; import "
    "the files into a project (Project > Import labels…) and compare the passes."
)


class Runner(Protocol):
    """Does work in a thread and tells the outcome on the thread of the window."""

    def __call__(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Begin; exactly one of `done` and `failed` is called later."""


@dataclass(frozen=True)
class PassRequest:
    """Passes of a project to compare.

    Attributes
    ----------
    folder
        The project, which is read through a connection of its own.
    raters
        As `material_of_passes` takes them.
    acting
        Who will see the result.
    settings
        Collar, tolerance, groupings, resampling.
    """

    folder: Path
    raters: tuple[str, ...]
    acting: str
    settings: Settings = field(default_factory=Settings)

    def report(self) -> AgreementReport:
        """Compare; see `agreement_report` for what may be refused."""
        with Project.open(self.folder, read_only=True) as project:
            return agreement_report(material_of_passes(project, self.raters, self.acting), self.settings)


@dataclass(frozen=True)
class FileRequest:
    """Label files to compare.

    Attributes
    ----------
    paths
        The files.
    options
        What only the caller knows about them.
    settings
        Collar, tolerance, groupings, resampling.
    """

    paths: tuple[Path, ...]
    options: FileOptions = field(default_factory=FileOptions)
    settings: Settings = field(default_factory=Settings)

    def report(self) -> AgreementReport:
        """Compare; see `agreement_report` for what may be refused."""
        return agreement_report(material_of_files(self.paths, self.options), self.settings)


Request = PassRequest | FileRequest


class Agreeing:
    """The agreement that one window shows.

    Signals
    -------
    busy_changed
        Whether something is being computed.
    report_changed
        Another report is shown, or none (None).
    pair_changed
        Another pair of raters of it is shown, or none (None).
    refused
        The error for which a request was refused.

    Parameters
    ----------
    session
        The shared state. A report of passes goes when another annotator acts, another project is opened, or a
        pass of it was closed to the acting annotator by blind work.
    playlist
        Plays stretches.
    run
        Does work in a thread.

    Attributes
    ----------
    busy, report, pair
        What is told by the signals.
    """

    busy_changed = Signal(bool)
    report_changed = Signal(object)
    pair_changed = Signal(object)
    refused = Signal(object)

    def __init__(self, session: Session, playlist: Playlist, run: Runner) -> None:
        self._session, self._playlist, self._run = session, playlist, run
        self.busy = False
        self.report: AgreementReport | None = None
        self.pair: PairReport | None = None
        self._request: Request | None = None
        self._stretches: PairStretches | None = None
        self._generation = 0

    # who is compared

    def start(self, request: Request) -> None:
        """Compute a report; what is being computed already is given up."""
        self._generation += 1
        generation = self._generation
        self._request = request
        self._set_busy(True)
        self._run(
            request.report,
            lambda report: self._on_done(generation, report),
            lambda error: self._on_failed(generation, error),
        )

    def cancel(self) -> None:
        """Give up what is being computed; its outcome will be ignored."""
        self._generation += 1
        self._set_busy(False)

    def clear(self) -> None:
        """Show nothing, and give up what is being computed."""
        self.cancel()
        self._show(None)

    def check_still_allowed(self) -> None:
        """Let a report of passes go that the acting annotator may not see (any more)."""
        request, project = self._request, self._session.project
        if not isinstance(request, PassRequest) or not (self.busy or self.report):
            return
        if project is None or project.folder != request.folder or self._session.annotator != request.acting:
            self.clear()
        elif self.report is not None and not self._sources() <= open_passes(project, request.acting):
            self.clear()
            self._session.message(
                f"The agreement was put away: blind work of {request.acting} closes some of its passes now."
            )

    def _sources(self) -> set[str]:
        clips = self.report.material.clips if self.report is not None else ()
        return {coding.source for clip in clips for coding in clip.codings}

    def _on_done(self, generation: int, report: AgreementReport) -> None:
        if generation == self._generation:
            self._set_busy(False)
            self._show(report)
            self.check_still_allowed()

    def _on_failed(self, generation: int, error: Exception) -> None:
        if generation != self._generation:
            return
        self._set_busy(False)
        if not isinstance(error, EthoprofileError):
            raise error
        self.refused(error)

    def _set_busy(self, busy: bool) -> None:
        if busy != self.busy:
            self.busy = busy
            self.busy_changed(busy)

    def _show(self, report: AgreementReport | None) -> None:
        if report is None and self.report is None:
            return
        self.report = report
        self.report_changed(report)
        self.show_pair(report.pairs[0] if report is not None else None)

    def show_pair(self, pair: PairReport | None) -> None:
        """Show another pair of raters of the report."""
        self.pair = pair
        shown = self.report is not None and pair is not None
        self._stretches = PairStretches(self.report, pair) if shown else None  # type: ignore[arg-type]
        self.pair_changed(pair)

    # the stretches behind a number

    @property
    def plays(self) -> bool:
        """Whether there are recordings to show: not where label files were compared."""
        return isinstance(self._request, PassRequest)

    def found(self, part: Part) -> list[ClipStretches]:
        """Return the stretches of a part of the shown pair."""
        return self._stretches.of(part) if self._stretches is not None else []

    def week(self, name: str) -> Part:
        """Return what the shown pair differ on in the clips of an ISO week."""
        clips = self._stretches.clips_of_week(name) if self._stretches is not None else frozenset()
        return Part(clips=clips)

    def title(self, part: Part) -> str:
        """Return what the stretches of a part have in common, for people."""
        if self.report is None or self.pair is None:
            return ""
        name = self.report.material.ethogram.label_name
        if part.labels is not None:
            return f"{self.pair.a} {name(part.labels[0])}, {self.pair.b} {name(part.labels[1])}"
        said = [f"{self.pair.a} and {self.pair.b} differ"]
        if part.behavior is not None:
            said.append(f"about {name(part.behavior)}")
        if part.kind is not None:
            said.append(f"({part.kind})")
        if part.clips is not None:
            said.append(f"in {next(iter(part.clips))}" if len(part.clips) == 1 else "in these clips")
        return " ".join(said)

    def sentence(self, part: Part) -> str:
        """Return how much a part is and what a click does, for a tooltip."""
        found = self.found(part)
        if not found:
            return f"{self.title(part)}: nowhere."
        number = sum(len(one.stretches) for one in found)
        many = "stretch" if number == 1 else "stretches"
        return (
            f"{self.title(part)}: {counted(sum(one.frames for one in found), 'frame')} "
            f"({sum(one.seconds for one in found):,.1f} s, {number:,} {many} in "
            f"{counted(len(found), 'clip')}). "
            + ("Click to play them, one second around each." if self.plays else "No project, no playlist.")
        )

    def play(self, part: Part) -> None:
        """Play exactly the stretches of a part in a loop, clip by clip, to be decided there.

        Raises
        ------
        EthoprofileError
            When there is nothing to play, or the clips may not be compared now.
        """
        if self.report is None or self.pair is None:
            return
        if not self.plays:
            raise ProjectError(NO_RECORDING)
        found = self.found(part)
        if not found:
            raise ProjectError(f"{self.title(part)} nowhere: there is nothing to play.")
        group = self.report.material.groups.index(self.pair.group)
        entries, left = entries_of(self._session.require_project(), found, group)
        if not entries:
            raise ProjectError(" ".join(left))
        self._playlist.play(self.title(part), entries)
        for sentence in left:
            self._session.message(sentence)
