"""Commands that open the window: annotate, demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import AsJson, ProjectFolder, opened


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(annotate)
    app.command()(demo)


def annotate(
    project: ProjectFolder,
    clip: Annotated[
        str, typer.Option(metavar="ID", help="Open this clip; otherwise the next one to score.")
    ] = "",
    annotator: Annotated[
        str, typer.Option(metavar="NAME", help="Who scores; asked for when not given.")
    ] = "",
) -> None:
    """Open a project in napari to score it.

    Example: ethoprofile annotate my-project --annotator Ada
    """
    from ..launch import annotate as open_window

    with opened(project, read_only=True) as store:  # a wrong name is told before a window opens
        if clip:
            store.get_clip(clip)
    open_window(project, clip, annotator)


def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Play real key events through the window on a virtual display.")
    ] = False,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the demo project and its results go.")
    ] = Path("ethoprofile-demo"),
    as_json: AsJson = False,
) -> None:
    """Make a small project of generated mice with a first model, and open it on a clip with proposals.

    Example: ethoprofile demo --headless --out demo-output
    """
    from ..demo import run_demo

    run_demo(out, headless=headless, as_json=as_json)
