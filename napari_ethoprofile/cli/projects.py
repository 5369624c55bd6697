"""Commands on projects: new, add, clips, status, index, lights."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..annotation.errors import ProjectError
from .common import (
    AsJson,
    ProjectFolder,
    counted,
    note,
    opened,
    print_table,
    progress_bar,
    say,
    say_json,
    seconds_of,
)

if TYPE_CHECKING:
    from ..annotation.clips import Stretch
    from ..annotation.project import Project, VideoRecord


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(new)
    app.command()(add)
    app.command()(clips)
    app.command()(status)
    app.command("index")(index_)
    app.command()(lights)


def new(
    project: ProjectFolder,
    ethogram: Annotated[
        str, typer.Option(metavar="home-cage|empty|FILE.yaml", help="Preset or YAML file of behaviors.")
    ] = "home-cage",
    lights: Annotated[
        str, typer.Option(metavar="HH:MM-HH:MM", help="When the lights are on, for light and dark phase.")
    ] = "",
) -> None:
    """Make a new project folder.

    Once its recordings are added, and before anything is labeled, some animals can be kept apart to compare
    models on: see 'ethoprofile holdout'.

    Example: ethoprofile new my-project --ethogram home-cage
    """
    from ..annotation.ethogram import Ethogram, preset
    from ..annotation.project import Project
    from ..annotation.project.lights import check_lights

    on, off = _schedule(lights)
    check_lights(on, off)  # before anything is made
    chosen = Ethogram.load(ethogram) if ethogram.lower().endswith((".yaml", ".yml")) else preset(ethogram)
    created = Project.create(project, chosen)
    try:
        if lights:
            created.set_lights(on, off)
        for warning in created.warnings:
            note(warning)
    finally:
        created.close()
    say(f"Made the project {project} with the ethogram {chosen.name} ({len(chosen.behaviors)} behaviors).")


def add(
    project: ProjectFolder,
    video: Annotated[
        list[Path], typer.Argument(metavar="VIDEO...", help="Recordings; they stay where they are.")
    ],
    subject: Annotated[
        str, typer.Option(metavar="ID", help="The animal; taken from the file name when known.")
    ] = "",
    recorded_at: Annotated[
        str, typer.Option("--recorded-at", metavar="ISO8601", help="Start of the recording.")
    ] = "",
    fps: Annotated[
        float | None, typer.Option(help="Frames per second, for image stacks, which do not say it.")
    ] = None,
    later: Annotated[
        bool, typer.Option("--later", help="Leave the index of the frames to the window, in the background.")
    ] = False,
) -> None:
    """Add recordings to a project and index their frames.

    Example: ethoprofile add my-project 01_20180418_1200.mkv --subject mouse-1
    """
    start = _moment(recorded_at)
    with opened(project) as store:
        for path in video:
            record = store.add_video(path, subject=subject, recorded_at=start, fps=fps)
            if (subject and record.subject != subject.strip()) or (start and record.recorded_at != start):
                # It was there already: what is said now counts.
                record = store.set_video(record.id, subject=subject or None, recorded_at=start)
            if not later:
                record = index(store, record)
            frames = f"{record.frames} frames" if record.frames else "frames not counted yet"
            rate = f"{record.fps:g} fps" if record.fps else "rate not known (give --fps)"
            say(f"{record.id}  {path.name}  {frames}, {rate}")


def index(store: Project, record: VideoRecord) -> VideoRecord:
    """Index one recording of the project in the foreground with a progress bar."""
    with progress_bar(f"Indexing {Path(record.path).name}") as tell:
        return store.index_video(record.id, on_progress=tell)


def clips(
    project: ProjectFolder,
    length: Annotated[
        str, typer.Option(metavar="5min", help="Length of a clip; 5min, or the whole recording with --whole.")
    ] = "",
    every: Annotated[str, typer.Option(help="One clip at the start of every stretch this long.")] = "",
    whole: Annotated[bool, typer.Option("--whole", help="Cover whole recordings.")] = False,
    random: Annotated[int | None, typer.Option(metavar="N", min=1, help="N random clips a subject.")] = None,
    seed: Annotated[int, typer.Option(min=0, metavar="S", help="Seed of the random plan.")] = 0,
    table: Annotated[
        Path | None, typer.Option("--list", metavar="FILE.csv", help="Clips by list: video, start, stop.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show the plan without creating clips.")] = False,
) -> None:
    """Plan the clips that are to be scored; without a choice, the first 5 min of every half hour.

    Example: ethoprofile clips my-project --length 5min --every 30min
    """
    if sum([bool(every), whole, random is not None, table is not None]) > 1:
        raise typer.BadParameter("choose one of --every, --whole, --random and --list.")
    with opened(project) as store:
        for record in store.videos():
            if not record.frames:
                index(store, record)
        name, stretches = _plan(store, length, every, whole, random, seed, table)
        sources = store.plan_sources()
        wanted = (random or 0) * len({source.subject or source.video for source in sources})
        if len(stretches) < wanted:
            note(f"Only {len(stretches)} of {wanted} clips fit into the recordings.")
        paths = {v.id: Path(v.path).name for v in store.videos()}
        if preview:
            print_table(
                f"{counted(len(stretches), 'clip')} ({name})",
                ["video", "start", "stop", "frames"],
                [[paths[s.video], str(s.start), str(s.stop), str(s.stop - s.start)] for s in stretches],
            )
            return
        created = store.add_clips(stretches, plan=name)
    say(f"Created {counted(len(created), 'clip')} ({name}).")
    if len(created) < len(stretches):
        note(f"Already there: {counted(len(stretches) - len(created), 'clip')} of the plan.")


def _plan(
    store: Project, length: str, every: str, whole: bool, random: int | None, seed: int, table: Path | None
) -> tuple[str, list[Stretch]]:
    from ..annotation import clips as plans

    sources = store.plan_sources()
    if not sources:
        raise ProjectError("The project has no recordings yet; add some with 'ethoprofile add' first.")
    if table is not None:
        return f"list {table.name}", plans.plan_from_table(sources, table)
    if whole:
        return "whole", plans.plan_whole(sources, seconds_of(length) if length else None)
    length = length or "5min"
    seconds = seconds_of(length)
    if random:
        return f"{random} random, seed {seed}", plans.plan_random(sources, seconds, random, seed)
    period = seconds_of(every or "30min")
    return f"{length} every {every or '30min'}", plans.plan_every(sources, seconds, period)


def status(
    project: ProjectFolder,
    as_json: AsJson = False,
    annotator: Annotated[
        str, typer.Option("--annotator", "--as", help="Who is asking: blind work of theirs stays blind.")
    ] = "",
) -> None:
    """Show recordings, clips and passes.

    Example: ethoprofile status my-project --json
    """
    with opened(project, read_only=True) as store:
        data = store.status(acting=annotator or None)
        for video in data["videos"]:
            video["path"] = str(store.video_path(video["id"]))
        problems = [] if as_json else [check.sentence for check in store.check_videos()]
    if as_json:
        say_json(data)
        return
    for problem in filter(None, problems):
        note(problem)
    rows = [
        [v["id"], Path(v["path"]).name, str(v["frames"] or "?"), f"{v['fps'] or 0:g}"] for v in data["videos"]
    ]
    print_table(counted(len(rows), "recording"), ["id", "file", "frames", "fps"], rows)
    rows = [
        [
            c["id"],
            c["video"],
            f"{c['start']} to {c['stop']}",
            "\n".join(_pass_text(p, c) for p in c["passes"]),
        ]
        for c in data["clips"]
    ]
    print_table(counted(len(rows), "clip"), ["id", "video", "frames", "passes"], rows)


def _pass_text(item: dict[str, Any], clip: dict[str, Any]) -> str:
    text = f"{item['id']}: {item['annotator']}, {item['kind']}, {item['state']}"
    if item.get("unlabeled") is None:
        return text
    done = 1 - item["unlabeled"] / max(1, clip["stop"] - clip["start"])
    return f"{text}, {done:.0%} labeled"


def index_(
    project: ProjectFolder,
    video: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VIDEO-ID]...", help="Recordings; all without an index when not given."),
    ] = None,
) -> None:
    """Count and find the frames of recordings that were added with --later or linked anew.

    Example: ethoprofile index my-project
    """
    with opened(project) as store:
        chosen = (
            [store.get_video(name) for name in video]
            if video
            else [v for v in store.videos() if not v.frames]
        )
        for record in chosen:
            done = index(store, record)
            say(f"{done.id}  {done.frames} frames, {'exact' if done.exact else 'not exact'}")


def lights(
    project: ProjectFolder,
    schedule: Annotated[
        str, typer.Argument(metavar="[HH:MM-HH:MM|none]", help="When the lights are on.")
    ] = "",
) -> None:
    """Show or change when the lights are on, for light and dark phase.

    Example: ethoprofile lights my-project 06:00-18:00
    """
    with opened(project, read_only=not schedule) as store:
        if schedule:
            store.set_lights(*_schedule("" if schedule == "none" else schedule))
        on, off = store.settings.get("lights_on"), store.settings.get("lights_off")
    say(f"Lights on {on}, off {off}." if on else "No light schedule.")


def _schedule(text: str) -> tuple[str, str]:
    """Return the two times of ``06:00-18:00``; two empty texts for an empty one."""
    on, dash, off = text.partition("-")
    if text and not dash:
        raise typer.BadParameter(f"'{text}' is not a light schedule; write it like 06:00-18:00.")
    return on, off


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not a time; write it like 2018-04-18T12:00:00.") from error
