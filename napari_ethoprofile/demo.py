"""The main job on an embedded default: a generated recording, a project, and its first clip in the window."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .annotation.errors import EthoprofileError
from .virtual_display import has_display, virtual_display

ANNOTATOR = "Demo"
SUBJECTS, SECONDS, SEED = 2, 60.0, 7


def make_demo_project(
    folder: Path,
    *,
    subjects: int = SUBJECTS,
    seconds: float = SECONDS,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> None:
    """Generate recordings and a project with one clip a recording.

    Parameters
    ----------
    folder
        The new project's folder; the recordings lie in it under ``recordings``.
    subjects
        Number of animals, of two coat colors in turn.
    seconds
        Length of each recording.
    on_progress
        Called with ``(frames done, frames in all)``.
    """
    from .annotation.clips import plan_whole
    from .annotation.ethogram import preset
    from .annotation.project import Project
    from .annotation.synthetic import make_cohort

    project = Project.create(folder, preset("home-cage"), name="Synthetic home cage")
    try:
        recordings = folder / "recordings"
        recordings.mkdir()
        made = make_cohort(recordings, subjects=subjects, seconds=seconds, seed=SEED, on_progress=on_progress)
        for item in made:
            record = project.add_video(item.path)
            project.index_video(record.id)
        project.add_clips(plan_whole(project.plan_sources()), plan="whole")
        project.add_annotator(ANNOTATOR, "DE")
    finally:
        project.close()


def run_demo(out: Path, *, headless: bool = False, as_json: bool = False) -> None:
    """Make the demo project and open it, or play it through on a virtual display.

    Parameters
    ----------
    out
        Folder for the project and its results.
    headless
        Play real key events through the window without a screen.
    as_json
        Print the comparison as JSON.
    """
    from .cli.common import note, progress_bar

    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    headless = headless or not has_display()
    folder = _free_folder(out / "project") if headless else out / "project"
    if not folder.exists():
        note("Generating synthetic recordings …")
        with progress_bar("Synthetic recordings") as tell:
            make_demo_project(folder, on_progress=tell)
    if not headless:
        from .launch import annotate

        annotate(folder, annotator=ANNOTATOR)
        return
    with virtual_display() as environment:
        command = [sys.executable, "-m", "napari_ethoprofile.demo_play", str(folder), str(out)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise EthoprofileError(f"The demo stopped with status {done.returncode}; its messages stand above.")
    _tell(json.loads(done.stdout.splitlines()[-1]), as_json)


def _free_folder(folder: Path) -> Path:
    """Return `folder`, or a numbered sibling that does not exist yet: nothing is overwritten."""
    number, free = 2, folder
    while free.exists():
        free = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return free


def _tell(result: dict[str, object], as_json: bool) -> None:
    from .cli.common import say, say_json

    if as_json:
        say_json(result)
        return
    say(f"Typed {result['keys']} keys into clip {result['clip']} ({result['frames']} frames).")
    say(f"Labels equal to the typed script: {result['equal_frames']} of {result['frames']} frames.")
    say(f"Bouts typed {result['bouts_typed']}, bouts in the exported file {result['bouts_exported']}.")
    say(f"Screenshot: {result['screenshot']}")
    say(f"Labels:     {result['labels']}")
    say(f"Project:    {result['project']}")
