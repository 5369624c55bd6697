"""The command that measures models: evaluate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import (
    AsJson,
    CropTo,
    LabelsOf,
    Mapping,
    mapping_of,
    note,
    one_of,
    opened,
    print_table,
    say,
    say_json,
)
from .learn import interval_text, value_text
from .progress import stages
from .recipes import (
    INTERACTIVE,
    BackboneOf,
    DeviceOf,
    EpochsOf,
    FlipOf,
    Kind,
    RecipeOf,
    RuleOf,
    TierOf,
    WeightsOf,
)

if TYPE_CHECKING:
    from ..annotation.project import Project
    from ..training.batch_training import BatchRecipe
    from ..training.cards import Metric
    from ..training.evaluation.evaluation import Evaluation, Spread
    from ..training.interactive import Recipe

_LAYOUTS = ("deepethoprofile", "jhuang")


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(evaluate)


def evaluate(
    project: Annotated[
        Path, typer.Argument(metavar="PROJECT|FOLDER", help="A project, or with --layout a database.")
    ],
    protocol: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="leave-one-subject-out, leave-one-video-out, fixed-holdout, within-recording, clips-90-10, "
            "clips-50-50x5.",
        ),
    ] = "",
    subject: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="With fixed-holdout: an animal that is tested; several times for several."
        ),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME|FOLDER|FILE",
            help="Ask a trained model about animals it has not seen: one of the project, a model folder, or "
            "weights such as mouse_v5.model.",
        ),
    ] = "",
    mapping: Mapping = None,
    labels: LabelsOf = None,
    crop: CropTo = "",
    final: Annotated[
        bool,
        typer.Option("--final", help="With --model: read the separate test set; that is logged."),
    ] = False,
    backbone: BackboneOf = None,
    weights: WeightsOf = "",
    tier: TierOf = INTERACTIVE,
    recipe: RecipeOf = None,
    epochs: EpochsOf = None,
    flip: FlipOf = None,
    rule: RuleOf = None,
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    baselines: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Measure trivial guesses beside it.")
    ] = True,
    layout: Annotated[
        str, typer.Option(metavar="|".join(_LAYOUTS), help="FOLDER is a published database.")
    ] = "",
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With --layout: keep the project made of the database there."),
    ] = None,
    device: DeviceOf = "auto",
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS|local", help="Spread the folds over a dask scheduler or these cores."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write JSON, tables and figures there.")
    ] = None,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Print a JSON line for every stage, for other programs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how good models are on labels that they have not learned from.

    Example: ethoprofile evaluate my-project --protocol leave-one-subject-out --out evaluation
    """
    if bool(protocol) == bool(model):
        raise typer.BadParameter("give one of --protocol and --model.")
    if final and not model:
        raise typer.BadParameter("--final reads the test set for one trained model; name it with --model.")
    if layout:
        one_of("--layout", layout, _LAYOUTS)
    if into is not None and not layout:
        raise typer.BadParameter("--into belongs to --layout.")
    if labels and final:
        raise typer.BadParameter(
            "--labels chooses among what models may learn from; --final reads the test set."
        )
    if mapping and not model:
        raise typer.BadParameter("--map says how behaviors of a trained model are called here; give --model.")
    kind = Kind(tier, backbone, weights, recipe, epochs, flip, rule, device, crop)
    given = {"--subject": subject, "--cluster": cluster, "--no-baselines": not baselines}
    foreign = [*kind.asked(), *(option for option, value in given.items() if value)] if model else []
    if foreign:
        raise typer.BadParameter(
            f"{foreign[0]} belongs to --protocol, which trains models; --model asks one that is trained."
        )
    plan = kind.plan("evaluation", "subject", seed) if protocol else None
    names = mapping_of(mapping)
    if protocol:
        from ..training.evaluation.protocols import protocol_of

        protocol_of(protocol, subject or ())
    if layout:
        _check_before_reading(project, layout, into, model, names, device, cluster, plan)
    if out is not None:
        _check_out(out)
    from ..training.heard import heard

    with heard(note), tempfile.TemporaryDirectory() as scratch:
        folder = project
        if layout:
            folder = _project_of(project, layout, into or Path(scratch) / "project", events=events)
        with opened(folder) as store:
            if plan is None:
                found = _ask(
                    store, model, names, labels or (), acting, final=final, seed=seed, device=device,
                    events=events,
                )  # fmt: skip
            else:
                found = _run(
                    store, protocol, subject or (), labels or (), acting, plan, cluster, baselines=baselines,
                    events=events,
                )  # fmt: skip
            extra = _beside(store, found, acting, layout, final=final)
    if not as_json:
        _show(found, extra)
    written: list[Path] = []
    try:
        if out is not None:
            from ..training.evaluation.outputs import write_evaluation

            written = write_evaluation(found, out, extra)
            if not as_json:
                say(f"Wrote {len(written)} files into {out}.")
    finally:
        # What the disk refuses takes no figure away.
        if as_json:
            say_json(found.to_dict() | extra | {"files": [str(path) for path in written]})


def _check_out(folder: Path) -> None:
    """Make the folder of the results, so that one that cannot be written to is told before the work."""
    from ..annotation.errors import EthoprofileError
    from ..annotation.files import try_writing

    if folder.exists() and not folder.is_dir():
        raise EthoprofileError(f"{folder} is a file; give a folder for the results (--out).")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try_writing(folder)
    except OSError as error:
        raise EthoprofileError(
            f"Nothing can be written to {folder}: {error.strerror or error}; choose another folder (--out)."
        ) from error


def _check_before_reading(
    folder: Path, layout: str, into: Path | None, model: str, names: dict[str, str], device: str,
    cluster: str | None, plan: Recipe | BatchRecipe | None,
) -> None:  # fmt: skip
    """See that the rest can be done, so that what cannot is told before a whole database is read."""
    from ..training.evaluation.folders import is_new, recordings_in

    recordings_in(folder, layout)
    if model and (into is None or is_new(into)):  # a project that is yet to be made has no models
        from ..training.predictors import load_predictor

        load_predictor(model, None, device, names=names)
    if plan is not None and cluster not in (None, "local"):
        with _spread_over(cluster, plan):
            pass


def _project_of(folder: Path, layout: str, target: Path, *, events: bool) -> Path:
    from ..training.evaluation.folders import project_of_folder

    with stages(events=events) as tell:
        made, sentences = project_of_folder(
            folder, layout, target, lambda done, total: tell("recordings", done, total)
        )
    for sentence in sentences:
        note(sentence)
    return made


def _run(
    store: Project, protocol: str, tested: Sequence[str], labels: Sequence[str], acting: str | None,
    plan: Recipe | BatchRecipe, cluster: str | None, *, baselines: bool, events: bool,
) -> Evaluation:  # fmt: skip
    from ..training.datasets import passes_named, take_snapshot
    from ..training.evaluation.evaluation import evaluate_protocol
    from ..training.evaluation.final import check_not_kept

    check_not_kept(store, tested)
    data = take_snapshot(store, acting, passes_named(store, labels, acting))
    with stages(events=events) as tell, _spread_over(cluster, plan) as spread:
        return evaluate_protocol(
            data, protocol, plan, store.cache_folder, tested=tested, baselines=baselines, on_stage=tell,
            spread=spread,
        )  # fmt: skip


@contextmanager
def _spread_over(cluster: str | None, plan: Recipe | BatchRecipe) -> Iterator[Spread | None]:
    """Yield what works on the folds elsewhere; None where they are worked on here."""
    if cluster is None:
        yield None
        return
    from ..training.cluster import cards_for, connect
    from ..training.evaluation.spreading import spread_with
    from ..training.interactive import Recipe

    cards = cards_for(plan.backbone) if isinstance(plan, Recipe) else cards_for("ethocnn", plan.device)
    with connect(cluster, cards=cards) as client:
        yield partial(spread_with, client)


def _ask(
    store: Project, model: str, names: dict[str, str], labels: Sequence[str], acting: str | None, *,
    final: bool, seed: int, device: str, events: bool,
) -> Evaluation:  # fmt: skip
    from ..training.datasets import passes_named, take_snapshot
    from ..training.evaluation.evaluation import evaluate_model
    from ..training.evaluation.final import final_labels, record_reading

    chosen = passes_named(store, labels, acting)
    data = final_labels(store, acting) if final else take_snapshot(store, acting, chosen)
    with stages(events=events) as tell:
        found, _card = evaluate_model(
            data, model, store.cache_folder, project=store, device=device, names=names, seed=seed,
            on_stage=tell,
        )  # fmt: skip
    if final:
        record_reading(store, acting, found)
    return found


def _beside(
    store: Project, found: Evaluation, acting: str | None, layout: str, *, final: bool
) -> dict[str, Any]:
    """Return what stands beside the figures: people, published figures, earlier readings."""
    from ..training.evaluation.final import readings
    from ..training.evaluation.humans import human_agreement
    from ..training.evaluation.published import published

    tested = {(row.video, row.start, row.stop) for group in found.groups for row in group.clips}
    agreed, why = human_agreement(store, tested, acting)
    extra: dict[str, Any] = {
        "human_agreement": [asdict(each) for each in agreed],
        "human_agreement_missing": why,
    }
    if layout:
        extra["published"] = [asdict(figure) for figure in published(layout)]
    if final:
        extra["final_readings"] = readings(store)
    return extra


def _show(found: Evaluation, extra: dict[str, Any]) -> None:
    for number, group in enumerate(found.groups):
        # Folded, so that what stands in the first column is read in one line.
        columns = [
            "figure",
            fill(found.learner, 14),
            "95 % interval",
            *(fill(n, 14) for n in found.baselines),
        ]
        others = [
            {metric.name: metric for metric in groups[number].metrics} for groups in found.baselines.values()
        ]
        rows = [
            [
                metric.name,
                value_text(metric),
                interval_text(metric),
                *(_cell(other.get(metric.name)) for other in others),
            ]
            for metric in group.metrics
        ]
        several = f", {group.group}" if len(found.groups) > 1 else ""
        print_table(f"{found.split}{several}", columns, rows)
    for each in extra["human_agreement"]:
        kind = "blind" if each["blind"] else "separate, not all blind"
        figures = ", ".join(
            f"{name} {figure['value']:.3f}" if figure["value"] is not None else f"{name} not defined"
            for name, figure in each["figures"].items()
        )
        say(f"Two people on {each['clips']} of these clips ({kind}): {figures}.")
    if extra["human_agreement_missing"]:
        note(f"No human ceiling: {extra['human_agreement_missing']}")
    if extra.get("published"):
        rows = [
            [f["method"], f["protocol"], _share(f["frame"]), _share(f["macro"]), f["source"]]
            for f in extra["published"]
        ]
        columns = ["published", "protocol", "frame accuracy", "macro accuracy", "source"]
        print_table("Published on this database", columns, rows)
    for reading in extra.get("final_readings", ()):
        who = reading["by"] or "nobody named"
        say(f"The test set was read on {reading['at']} by {who}: {reading['model']}.")
    for sentence in found.warnings:
        note(sentence)
    note(found.sentence)
    note(f"Labels {found.data[:12]}, division {found.split_hash[:12]}, seed {found.seed}.")


def _cell(metric: Metric | None) -> str:
    return "" if metric is None else value_text(metric)


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"
