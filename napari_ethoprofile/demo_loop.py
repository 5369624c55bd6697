"""The project of the demo: generated mice, labels of a colleague, a first model, clips that wait.

Everything is made by the code that a lab uses: recordings are added and indexed, passes submitted, the model
is trained as a job, compared on animals that it has not seen, and measured on clips that were scored without
its proposals.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .annotation.clips import Stretch
from .annotation.synthetic import ETHOGRAM, make_cohort, read_truth
from .annotation.tracks import LabelTrack
from .demo import ANNOTATOR
from .jobs.rules import StartRule

if TYPE_CHECKING:
    from .annotation.project import Project, VideoRecord

#: Who labeled before.
COLLEAGUE = "Tess"


@dataclass(frozen=True, slots=True)
class Cast:
    """Which mice are filmed for what, and how long.

    Attributes
    ----------
    labeled
        Mice that the first model learns from.
    audited
        Mice whose clips the colleague scored after it was trained: they tell how good it is.
    waiting
        Mice that are filmed for one clip each, which waits to be labeled.
    kept
        Mice by which models are compared; nothing is learned of them.
    seconds, clip_seconds
        Length of the other recordings, and of a clip.
    size, difficulty
        Of the pictures.
    """

    labeled: int = 6
    audited: int = 2
    waiting: int = 6
    kept: int = 4
    seconds: float = 48.0
    clip_seconds: float = 16.0
    size: tuple[int, int] = (352, 288)
    difficulty: str = "medium"

    @property
    def mice(self) -> int:
        """All of them."""
        return self.labeled + self.audited + self.waiting + self.kept

    @property
    def lengths(self) -> list[float]:
        """Seconds of every recording."""
        before, after = self.labeled + self.audited, self.kept
        return [self.seconds] * before + [self.clip_seconds] * self.waiting + [self.seconds] * after


CAST, SEED = Cast(), 7
#: So many stretches or clips are corrected before the model is trained again.
CORRECTED = 3

#: Called with what is being done, how much is done and how much there is.
Stages = Callable[[str, int, int | None], None]


def make_loop_project(folder: Path, cast: Cast = CAST, on_stage: Stages | None = None) -> None:
    """Make a project in the middle of the loop.

    Parameters
    ----------
    folder
        The new project's folder; the recordings lie in it under ``recordings``.
    cast
        Which mice are filmed for what.
    on_stage
        Told what is being done.
    """
    from .annotation.project import Project
    from .training.jobs.freshness import fresh_clips
    from .training.proposal_gate import set_rules

    tell: Stages = on_stage or (lambda _stage, _done, _total: None)
    with Project.create(folder, ETHOGRAM, name="Synthetic home cage") as project:
        recordings = folder / "recordings"
        recordings.mkdir()
        make_cohort(
            recordings, cast.mice, cast.lengths, cast.difficulty, SEED, cast.size,
            on_progress=lambda done, total: tell("filming generated mice", done, total),
            processes=os.cpu_count() or 1,
        )  # fmt: skip
        for path in sorted(recordings.glob("*.mkv")):
            video = project.add_video(path)
            project.index_video(video.id)
            project.add_clips(_clips_of(project.get_video(video.id), cast))
        for name in (COLLEAGUE, ANNOTATOR):
            project.add_annotator(name)
        names = [video.subject for video in project.videos()]
        first, second = cast.labeled, cast.labeled + cast.audited
        kept = names[second + cast.waiting :]
        project.keep_subjects("champion", kept)
        score(project, names[:first])
        score(project, kept, "blind", clips=2)
        train(project, tell)
        score(project, names[first:second])
        ask_for(project, names[second : second + cast.waiting], tell)
        # What the colleague scored since the training counts, too.
        StartRule(on=True, clips=fresh_clips(project) + CORRECTED, idle=5).write(project.settings)
        set_rules(project, share=0.0)  # of so few clips the stretches drawn by chance are enough


def score(project: Project, subjects: Iterable[str], kind: str = "first", clips: int | None = None) -> None:
    """Let the colleague score clips of mice: the truth, with boundaries a little off, as people's are."""
    chance = np.random.default_rng(SEED)
    for video in project.videos():
        if video.subject not in set(subjects):
            continue
        truth = as_a_person(read_truth(project.video_path(video.id)), chance)
        for clip in project.clips(video.id)[:clips]:
            own = LabelTrack(truth.codes[clip.start : clip.stop])
            made = project.import_track(clip.id, COLLEAGUE, own, kind, provenance="typed")
            with project.edit(made.id, COLLEAGUE) as editor:
                editor.submit()


def as_a_person(truth: LabelTrack, chance: np.random.Generator, frames: float = 2.0) -> LabelTrack:
    """Return labels whose boundaries are off by a few frames (standard deviation `frames`)."""
    track = truth.copy()
    for bout in truth.bouts()[1:]:
        at = int(np.clip(bout.start + round(chance.normal(0, frames)), bout.start - 5, bout.stop - 1))
        if at > bout.start:
            track.fill(bout.start, at, int(truth.codes[bout.start - 1, 0]))
        else:
            track.fill(at, bout.start, bout.label)
    return track


def train(project: Project, tell: Stages) -> str:
    """Train a model as a job, take it over, and return what came out in a sentence."""
    from .annotation.errors import EthoprofileError
    from .training.jobs.adopting import adopt
    from .training.jobs.preparing import prepare_job
    from .training.jobs.running import run_job
    from .training.jobs.standing import JobState

    job = prepare_job(project, author=COLLEAGUE)

    def listen(event: dict[str, object]) -> None:
        if event["event"] == "progress":
            tell(f"training the first model: {event['stage']}", event["done"], event["total"])  # type: ignore[arg-type]

    standing = run_job(job, listen, lambda: False)
    if standing.state is not JobState.DONE:
        raise EthoprofileError(standing.sentence)
    return adopt(project, job).sentence


def ask_for(project: Project, subjects: Iterable[str], tell: Stages) -> None:
    """Let the model look at the clips that wait, and list a stretch of each, what teaches most first."""
    from .training.proposing import propose_in_project
    from .training.queries.listing import make_list

    wanted = set(subjects)
    videos = {video.id for video in project.videos() if video.subject in wanted}
    clips = [clip for clip in project.clips() if clip.video in videos]
    propose_in_project(project, clips, on_stage=tell)
    make_list(project, ANNOTATOR, number=len(clips), on_stage=tell)


def _clips_of(video: VideoRecord, cast: Cast) -> list[Stretch]:
    length = round(cast.clip_seconds * 25)
    return [Stretch(video.id, at, at + length) for at in range(0, (video.frames or 0) - length + 1, length)]
