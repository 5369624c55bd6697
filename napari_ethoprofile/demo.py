"""The main job on an embedded default: generated recordings, a first model, clips that wait."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    """Make the demo project, in which a first model is trained, and open it, or play it through.

    Parameters
    ----------
    out
        Folder for the project and its results.
    headless
        Play real key events through the window on a virtual display.
    as_json
        Print the comparison as JSON.

    Raises
    ------
    MissingExtraError
        When the libraries that models need are not installed.
    """
    from .cli.common import note
    from .cli.progress import stages
    from .demo_loop import make_loop_project
    from .training.models import require_learn

    require_learn("torch", "cv2", "safetensors")
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    headless = headless or not has_display()
    folder = _free_folder(out / "project") if headless else out / "project"
    if not folder.exists():
        note("Filming generated mice and training a first model on them; this takes about a minute …")
        with stages() as tell:
            make_loop_project(folder, on_stage=tell)
    if not headless:
        from .launch import annotate

        note("Stripes on the timeline are what the model proposes: Enter accepts, a behavior's key replaces,")
        note("Backspace rejects. After three stretches and a moment of rest a new model is trained.")
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


def _tell(result: dict[str, Any], as_json: bool) -> None:
    from .cli.common import say, say_json

    if as_json:
        say_json(result)
        return
    say(f"Typed {result['keys']} keys into clip {result['clip']} ({result['frames']} frames).")
    say(f"Labels equal to the typed script: {result['equal_frames']} of {result['frames']} frames.")
    say(f"Bouts typed {result['bouts_typed']}, bouts in the exported file {result['bouts_exported']}.")
    for number, effort in enumerate(result["corrections"], start=1):
        say(
            f"Correction {number}: {effort['proposed_right']:.0%} of the frames were proposed right, "
            f"{effort['keys']} keys in place of {effort['from_scratch']}, "
            f"{effort['right']:.0%} right at the end."
        )
    say(f"Keys saved by proposals: {result['keys_saved']:.0%}.")
    for each in result["rounds"]:
        f1 = each["macro_f1_on_kept_animals"]
        told = "not measured" if f1 is None else f"{f1:.3f}"
        say(
            f"Model {each['model']}: {each['frames_right']:.1%} of the frames of the waiting clips right, "
            f"macro F1 on the kept animals {told}."
        )
    say(f"Training: {result['training']}")
    say(f"Pictures: {', '.join(result['pictures'])}")
    say(f"Labels:   {result['labels']}")
    say(f"Project:  {result['project']}")
