"""Commands that label recordings with a model: predict, cache."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..annotation.errors import EthoprofileError
from .common import (
    AsJson,
    Mapping,
    ProjectFolder,
    counted,
    mapping_of,
    note,
    opened,
    print_table,
    say,
    say_json,
)  # fmt: skip

if TYPE_CHECKING:
    from ..annotation.project import Project
    from ..training.predictors import Predictor
    from ..training.queue import Item, PredictionQueue

_GB = 1_000_000_000
#: Seconds between two looks at the queue.
_LOOK = 0.25


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(predict)
    app.command()(cache)


def predict(
    sources: Annotated[
        list[Path], typer.Argument(metavar="VIDEO|FOLDER|PROJECT...", help="What is to be labeled.")
    ],
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME|FOLDER|FILE",
            help="A model of the project, a model folder, or weights such as mouse_v5.model.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the results; else beside each recording.")
    ] = None,
    stride: Annotated[
        int | None,
        typer.Option(metavar="FRAMES", help="Batch tier: frames a step; below 11 stacks overlap."),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="auto|cpu|cuda|mps", help="Where a network of the batch tier runs.")
    ] = "auto",
    fps: Annotated[
        float | None,
        typer.Option(metavar="N", min=0.001, help="Frames per second of image stacks, which do not say it."),
    ] = None,
    mapping: Mapping = None,
    clip: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this clip of the project; may be given several times."),
    ] = None,
    at_once: Annotated[
        int | None,
        typer.Option("--at-once", metavar="N", min=1, help="Recordings at once; else as memory allows."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS|local", help="Spread recordings over a dask scheduler or these cores."),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Print a JSON line for every change, for other programs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Label recordings, or the clips of a project, with a model.

    Beside every recording X appear X_results_v5.csv (one row a frame, as DeepEthoProfile writes it) and
    X_probabilities.zarr. Clips of a project get a pass of the kind model. What was computed is kept: after a
    stop or a crash the same command goes on where it was.

    Example: ethoprofile predict recordings/ --model my-project/models/first
    """
    if clip and not any(_is_project(path) for path in sources):
        raise typer.BadParameter("--clip names clips of a project; give the folder of that project, too.")
    if cluster is not None:
        if mapping:
            raise typer.BadParameter("--map does not go with --cluster.")
        items = _on_cluster(sources, model, out, stride, device, fps, cluster)
    else:
        names, clips = mapping_of(mapping), clip or []
        items = _in_queue(sources, model, out, stride, device, fps, names, clips, at_once, events)
    if as_json:
        say_json([item.to_dict() for item in items])
    elif not events:
        for item in items:
            if item.result:
                say(f"{item.clip}: pass {item.result}" if item.clip else item.result)
    ended_well = [item for item in items if item.state == "done"]
    for item in items:
        if item.sentence or item not in ended_well:
            note(f"{item.title}: {item.state}. {item.sentence}")
    if len(ended_well) < len(items):
        raise EthoprofileError(
            f"{counted(len(items) - len(ended_well), 'item')} of {len(items)} did not get whole results."
        )


def _in_queue(
    sources: list[Path],
    model: str,
    out: Path | None,
    stride: int | None,
    device: str,
    fps: float | None,
    names: dict[str, str],
    clips: list[str],
    at_once: int | None,
    events: bool,
) -> tuple[Item, ...]:
    from ..training.heard import heard
    from ..training.prediction_work import add_sources, work_with
    from ..training.predictors import load_predictor
    from ..training.queue import PredictionQueue, workers_for

    loaded: dict[Path | None, Predictor] = {}
    tell = _tell_event if events else note

    def predictor_for(project: Project | None) -> Predictor:
        # A name is looked up in the project; recordings beside projects are labeled by the first one's.
        context = project or next(iter(projects.values()), None)
        key = context.folder if context else None
        if key not in loaded:
            loaded[key] = load_predictor(model, context, device, stride, tell, names)
        return loaded[key]

    with ExitStack() as stack:
        stack.enter_context(heard(tell))
        projects = {path: stack.enter_context(opened(path)) for path in sources if _is_project(path)}
        for project in projects.values() or (None,):
            predictor_for(project)
        queue = PredictionQueue(work_with(predictor_for, projects, out, fps))
        add_sources(queue, sources, projects, clips)
        queue.workers = at_once or workers_for(len(queue.items))
        queue.start()
        try:
            with _told_events(queue) if events else _shown(queue):
                while not queue.wait(_LOOK):
                    pass
        finally:
            queue.close()
        return queue.items


def _on_cluster(
    sources: list[Path],
    model: str,
    out: Path | None,
    stride: int | None,
    device: str,
    fps: float | None,
    address: str,
) -> tuple[Item, ...]:
    from ..training.cluster import predict_on_cluster
    from ..training.prediction_work import recordings_of

    if any(_is_project(path) for path in sources):
        raise EthoprofileError("A cluster labels recordings; give video files or folders, not a project.")
    recordings = [path for source in sources for path in recordings_of(source)]
    with _bar(len(recordings)) as tell:
        return predict_on_cluster(
            recordings, model, out, stride=stride, device=device, fps=fps, address=address, on_progress=tell
        )


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int, int | None], None]]:
    from .common import progress_bar

    with progress_bar(f"Labeling {counted(total, 'recording')}") as tell:
        yield tell


def _is_project(path: Path) -> bool:
    from ..annotation.errors import ProjectError
    from ..annotation.project import find_project

    with contextlib.suppress(ProjectError):
        find_project(path)
        return True
    return False


@contextmanager
def _shown(queue: PredictionQueue) -> Iterator[None]:
    """Show a bar for every item that runs, and one for all."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bars: dict[int, Any] = {}

        def show() -> None:
            for item in queue.items:
                if item.state == "running" and item.id not in bars:
                    bars[item.id] = progress.add_task(item.title, total=None, speed="")
                if item.id in bars:
                    progress.update(
                        bars[item.id],
                        completed=item.done,
                        total=item.total or None,
                        speed=f"{item.speed:.0f} frames/s",
                        visible=item.state == "running",
                    )

        queue.changed.connect(show)
        try:
            yield
        finally:
            queue.changed.disconnect(show)


def _tell_event(sentence: str) -> None:
    """Print what happens to a model on the way, such as that memory ran out, as a JSON line."""
    say(json.dumps({"told": sentence}))


@contextmanager
def _told_events(queue: PredictionQueue) -> Iterator[None]:
    """Print every item that changed as a JSON line."""
    last: dict[int, Item] = {}

    def tell() -> None:
        for item in queue.items:
            if last.get(item.id) != item:
                last[item.id] = item
                say(json.dumps(item.to_dict()))

    tell()
    queue.changed.connect(tell)
    try:
        yield
    finally:
        queue.changed.disconnect(tell)
        tell()


def cache(
    project: ProjectFolder,
    clear: Annotated[
        bool, typer.Option("--clear", help="Delete all of it; it is made again when needed.")
    ] = False,
    limit: Annotated[
        float | None, typer.Option(metavar="GB", help="Set how much it may take; 20 unless set.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how much disk the small frames and features of a project take, or change that.

    Example: ethoprofile cache my-project --limit 50
    """
    from ..training.cache import arrays_in

    if limit is not None and limit <= 0:
        raise typer.BadParameter("A limit is a number of GB above 0.")
    with opened(project, read_only=not (clear or limit)) as store:
        arrays = arrays_in(store.cache_folder)
        before = arrays.size()
        if limit is not None:
            arrays.set_limit(round(limit * _GB))
        if clear:
            arrays.clear()
        elif limit is not None:
            arrays.trim()
        sizes: dict[str, int] = {}
        for entry in arrays.entries():
            sizes[entry.kind] = sizes.get(entry.kind, 0) + entry.size
    total = sum(sizes.values())
    if as_json:
        say_json({"bytes": total, "kinds": sizes, "limit": arrays.limit, "freed": before - total})
        return
    rows = [[kind, f"{size / _GB:.3f} GB"] for kind, size in sizes.items()]
    print_table("Derived data", ["kind", "size"], rows)
    say(f"{total / _GB:.3f} GB of at most {arrays.limit / _GB:g} GB.")
    if before > total:
        say(f"Freed {(before - total) / _GB:.3f} GB.")
