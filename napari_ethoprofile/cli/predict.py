"""The command that labels recordings with a model: predict."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .._reader import is_project
from ..annotation.errors import EthoprofileError
from .common import (
    AsJson,
    Mapping,
    counted,
    mapping_of,
    note,
    opened,
    say,
    say_json,
)  # fmt: skip
from .watching import shown, tell_event, told_events

if TYPE_CHECKING:
    from ..annotation.project import Project
    from ..training.predictors import Predictor
    from ..training.queue import Item

_GB = 1_000_000_000
#: Seconds between two looks at the queue.
_LOOK = 0.25


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(predict)


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
        typer.Option(
            metavar="FRAMES", help="Batch tier: frames from a stack of 11 to the next; below 11 they overlap."
        ),
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

    Beside every recording X appear X_results_v5.csv (one row a frame, as DeepEthoProfile writes it; with
    several groups of behaviors X_results_frames.csv, a column a group) and X_probabilities.zarr. Clips of a
    project get a pass of the kind model. What was computed is kept: after a stop or a crash the same command
    goes on where it was.

    Example: ethoprofile predict recordings/ --model my-project/models/first
    """
    if clip and not any(is_project(path) for path in sources):
        raise typer.BadParameter("--clip names clips of a project; give the folder of that project, too.")
    if out is not None and all(is_project(path) for path in sources):
        raise typer.BadParameter("--out is for recordings; clips of a project get passes in that project.")
    if cluster is not None and at_once is not None:
        raise typer.BadParameter("--at-once is for this machine; a cluster has as many workers as it has.")
    names, clips = mapping_of(mapping), clip or []
    if cluster is not None:
        items = _on_cluster(sources, model, out, stride, device, fps, names, cluster, events)
    else:
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
    tell = tell_event if events else note

    def predictor_for(project: Project | None) -> Predictor:
        # A name is looked up in the project; recordings beside projects are labeled by the first one's.
        context = project or next(iter(projects.values()), None)
        key = context.folder if context else None
        if key not in loaded:
            loaded[key] = load_predictor(model, context, device, stride, tell, names)
        return loaded[key]

    with ExitStack() as stack:
        stack.enter_context(heard(tell))
        projects = {path: stack.enter_context(opened(path)) for path in sources if is_project(path)}
        for project in projects.values() or (None,):
            predictor_for(project)
        queue = PredictionQueue(work_with(predictor_for, projects, out, fps))
        add_sources(queue, sources, projects, clips)
        queue.workers = at_once or workers_for(len(queue.items))
        queue.start()
        try:
            with told_events(queue) if events else shown(queue):
                while not queue.wait(_LOOK):
                    pass
        finally:
            queue.close()
        return queue.items


def _on_cluster(
    sources: list[Path], model: str, out: Path | None, stride: int | None, device: str, fps: float | None,
    names: dict[str, str], address: str, events: bool,
) -> tuple[Item, ...]:  # fmt: skip
    from ..training.cluster import cards_for, connect
    from ..training.cluster_queue import ClusterQueue
    from ..training.prediction_work import Labeling, recordings_of
    from ..training.predictors import load_predictor

    if any(is_project(path) for path in sources):
        raise EthoprofileError("A cluster labels recordings; give video files or folders, not a project.")
    recordings = [path for source in sources for path in recordings_of(source)]
    # What is wrong with the model is told once, before anything is started.
    card = load_predictor(model, None, "cpu", stride, names=names).card
    labeling = Labeling(model, out, device, stride, fps, names)
    with connect(address, tasks=len(recordings), cards=cards_for(card.backbone.name, device)) as client:
        queue = ClusterQueue(client, recordings, labeling, tell_event if events else note)
        with told_events(queue) if events else shown(queue):
            return queue.run()
