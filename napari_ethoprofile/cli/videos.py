"""Commands on recordings: info, transcode, relink, display."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..annotation.errors import ProjectError
from .common import (
    AsJson,
    ProjectFolder,
    crop_from,
    must_not_exist,
    note,
    one_of,
    opened,
    progress_bar,
    say,
    say_json,
)

if TYPE_CHECKING:
    from ..annotation.project import Project

VideoId = Annotated[
    str, typer.Argument(metavar="VIDEO-ID", help="Id of the recording, as 'status' shows it.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(info)
    app.command()(transcode)
    app.command()(relink)
    app.command()(display)


def info(
    video: Annotated[Path | None, typer.Argument(metavar="[VIDEO]", help="A recording.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell about a recording, or about this installation for a bug report.

    Example: ethoprofile info recording.mkv --json
    """
    data = _about_video(video) if video is not None else _about_installation()
    if as_json:
        say_json(data)
        return
    for name, value in data.items():
        say(f"{name}: {value}")


def _about_video(path: Path) -> dict[str, Any]:
    from ..annotation.video import index_video

    with progress_bar(f"Indexing {path.name}") as tell:
        index = index_video(path, on_progress=tell)
    return {
        "frames": index.frames,
        "fps": index.facts.fps,
        "width": index.facts.width,
        "height": index.facts.height,
        "codec": index.facts.codec,
        "exact": index.exact,
    }


def _about_installation() -> dict[str, Any]:
    versions: dict[str, Any] = {"python": platform.python_version(), "system": platform.platform()}
    names = (
        "napari-ethoprofile",
        "napari",
        "npe2",
        "QtPy",
        "PyQt6",
        "PySide6",
        "av",
        "numpy",
        "SQLAlchemy",
        "torch",
    )
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def transcode(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="A recording that cannot be read exactly.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New file, .mkv or .mp4.")],
) -> None:
    """Copy a recording frame by frame into a file that can be shown frame-exactly.

    Example: ethoprofile transcode old.avi new.mkv
    """
    from ..annotation.video import transcode as copy_frames

    must_not_exist(out)
    with progress_bar(f"Copying {video.name}") as tell:
        frames = copy_frames(video, out, on_progress=tell)
    say(f"Wrote {frames} frames to {out}.")


def relink(
    project: ProjectFolder,
    video: VideoId,
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Where the recording lies now; searched for when not given."),
    ] = None,
    search: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="Search here and below instead of near its old place; several times.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Link a file whose content differs.")] = False,
) -> None:
    """Link a recording of a project to a file that was moved or replaced; its labels are kept.

    Example: ethoprofile relink my-project v1 --search /archive/2018
    """
    if path is not None and search:
        raise typer.BadParameter("say FILE or --search, not both.")
    with opened(project) as store:
        if path is None:
            path = _found(store, video, search or [])
        say(store.relink(video, path, force=force).sentence)


def _found(store: Project, video: str, folders: list[Path]) -> Path:
    """Return where a recording that was moved lies now."""
    found = store.find_moved_video(video, folders)
    if not found:
        where = "in these folders" if folders else "near its old place; name folders with --search"
        raise ProjectError(f"No file with the content of '{video}' was found {where}.")
    for other in found[1:]:
        note(f"The same content lies at {other}, too.")
    return found[0]


def display(
    project: ProjectFolder,
    video: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VIDEO-ID]...", help="Recordings; all of the project when not given."),
    ] = None,
    crop: Annotated[
        str,
        typer.Option(metavar="X,Y,WIDTH,HEIGHT|none", help="Part of the picture that is shown, in pixels."),
    ] = "",
    rotate: Annotated[str, typer.Option(metavar="0|90|180|270", help="Degrees clockwise.")] = "",
    flip: Annotated[bool | None, typer.Option("--flip/--no-flip", help="Left and right exchanged.")] = None,
    contrast: Annotated[
        str, typer.Option(metavar="LOW,HIGH|none", help="Gray values (0 to 255) shown black and white.")
    ] = "",
    gamma: Annotated[str, typer.Option(metavar="G|none", help="From 0.2 to 2; less is brighter.")] = "",
) -> None:
    """Show or change how recordings are displayed; their frames are never changed.

    Example: ethoprofile display my-project v1 --crop 100,50,400,300 --rotate 90 --contrast 20,180 --gamma 0.8
    """
    changes: dict[str, Any] = {}
    if rotate:
        changes["rotate"] = int(one_of("--rotate", rotate, ("0", "90", "180", "270")))
    if flip is not None:
        changes["flip"] = flip
    if contrast:
        changes["contrast"] = None if contrast == "none" else _contrast(contrast)
    if gamma:
        changes["gamma"] = None if gamma == "none" else _gamma(gamma)
    with opened(project, read_only=not (changes or crop)) as store:
        records = [store.get_video(name) for name in video] if video else store.videos()
        crops = [
            crop_from(crop, record.width, record.height) for record in records if crop not in ("", "none")
        ]
        if crop:
            changes["crop"] = None
        for number, record in enumerate(records):
            own = {"crop": crops[number]} if crops else {}
            shown = store.set_display(record.id, **changes | own).display if changes else record.display
            text = ", ".join(f"{name} {value}" for name, value in shown.items())
            say(f"{record.id}: {text or 'as it was recorded'}")


def _contrast(text: str) -> list[float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no contrast; write it like 20,180.") from error
    if not 0 <= low < high <= 255:
        raise typer.BadParameter("the contrast is two rising gray values from 0 to 255, such as 20,180.")
    return [low, high]


def _gamma(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no gamma; write it like 0.8.") from error
    if not 0.2 <= value <= 2:
        raise typer.BadParameter("the gamma lies between 0.2 and 2.")
    return value
