"""Commands for work on several computers: bundle, open-bundle, merge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import AsJson, ProjectFolder, counted, note, one_of, opened, progress_bar, say, say_json


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(bundle)
    app.command("open-bundle")(open_bundle)
    app.command()(merge)


def bundle(
    project: ProjectFolder,
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Whose assigned clips or finished passes.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The new file.")],
    videos: Annotated[
        str,
        typer.Option(
            metavar="link|cut|copy",
            help="Recordings stay where they are, only the clips go along, or whole recordings do.",
        ),
    ] = "link",
    finished: Annotated[
        bool,
        typer.Option(
            "--finished", help="Finished passes, to be merged; a project of a bundle does so anyway."
        ),
    ] = False,
) -> None:
    """Write assigned clips into one file for another computer, without anybody's labels.

    In a project that was made from such a file, the finished passes are written, to be merged at home.

    Example: ethoprofile bundle my-project --annotator Ben --out for-ben.zip --videos cut
    """
    from ..annotation.bundles import VIDEO_WAYS, pack_assigned, pack_finished

    one_of("--videos", videos, VIDEO_WAYS)
    with opened(project) as store:
        if finished or store.origin is not None:
            packed = pack_finished(store, annotator, out)
        else:
            with progress_bar("Writing the bundle") as tell:
                packed = pack_assigned(store, annotator, out, videos, tell)
    for sentence in packed.left:
        note(sentence)
    if packed.passes:
        say(f"Wrote {_passes(packed.passes)} into {out}.")
    else:
        say(f"Wrote {counted(packed.clips, 'clip')} for {annotator} into {out}.")


def open_bundle(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle of assigned clips.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The new project folder.")],
) -> None:
    """Make a project of a bundle, to score its clips in.

    Example: ethoprofile open-bundle for-ben.zip bens-clips
    """
    from ..annotation import bundles

    name = bundles.open_bundle(file, folder)
    with opened(folder) as store:
        for check in store.check_videos():
            if check.sentence:
                note(check.sentence)
    say(f"Made the project {folder} with the clips of {name}; 'ethoprofile annotate {folder}' opens it.")


def merge(
    project: ProjectFolder,
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE-or-FOLDER", help="A bundle of finished passes, or the other project."),
    ],
    as_json: AsJson = False,
) -> None:
    """Bring finished passes home as new passes; nothing is overwritten, and merging twice changes nothing.

    Example: ethoprofile merge my-project from-ben.zip
    """
    from ..annotation import bundles

    with opened(project) as store:
        merged = bundles.merge(store, source)
    if as_json:
        passes = [
            {
                "id": r.id,
                "clip": r.clip,
                "annotator": r.annotator,
                "kind": r.kind.value,
                "state": r.state.value,
            }
            for r in merged.brought
        ]
        say_json({"merged": passes, "known": merged.known, "left": merged.left})
        return
    for sentence in merged.left:
        note(sentence)
    for record in merged.brought:
        say(f"{record.id}  {record.annotator}, {record.kind} pass over {record.clip}, {record.state}")
    say(f"Merged {_passes(len(merged.brought))}; here already: {merged.known}.")


def _passes(number: int) -> str:
    return "1 pass" if number == 1 else f"{number} passes"
