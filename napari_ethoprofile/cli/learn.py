"""Commands on models: train, list."""

from __future__ import annotations

import signal
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from .common import (
    AsJson,
    CropTo,
    LabelsOf,
    ProjectFolder,
    counted,
    note,
    one_of,
    opened,
    print_table,
    say,
    say_json,
)
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
from .stopping import stoppable

if TYPE_CHECKING:
    from ..training.cards import Metric, ModelCard

_SPLITS = ("subject", "video", "clips")
_HEADLINES = ("frame accuracy", "macro accuracy", "macro F1", "bouts / bouts of people")


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(train)
    app.command()(models)


def train(
    project: ProjectFolder,
    model: Annotated[str, typer.Option(metavar="NAME", help="What to call the model.")] = "model",
    backbone: BackboneOf = None,
    weights: WeightsOf = "",
    split: Annotated[
        str, typer.Option(metavar="|".join(_SPLITS), help="What is kept apart between learning and testing.")
    ] = "subject",
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    tier: TierOf = INTERACTIVE,
    recipe: RecipeOf = None,
    epochs: EpochsOf = None,
    flip: FlipOf = None,
    rule: RuleOf = None,
    device: DeviceOf = "auto",
    labels: LabelsOf = None,
    crop: CropTo = "",
    replace: Annotated[bool, typer.Option("--replace", help="Replace a model of the same name.")] = False,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Print a JSON line for every stage, for other programs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a model on the labels of a project; the figures are of animals that it has not seen.

    Example: ethoprofile train my-project --model first
    """
    from ..annotation.errors import LearnError
    from ..training.datasets import passes_named
    from ..training.fitting import TrainingCanceledError
    from ..training.project_training import train_in_project

    one_of("--split", split, _SPLITS)
    kind = Kind(tier, backbone, weights, recipe, epochs, flip, rule, device, crop)
    plan = kind.plan(model, split, seed)
    with (
        opened(project) as store,
        stages(events=events) as tell,
        stoppable(signal.SIGINT, signal.SIGTERM) as stopped,
    ):
        chosen = passes_named(store, labels or (), acting)
        try:
            done = train_in_project(
                store, plan, acting, passes=chosen, replace_old=replace, on_stage=tell, cancelled=stopped
            )
        except TrainingCanceledError as error:
            raise LearnError(f"{error} Ask for the same training again, and it goes on from there.") from None
    for sentence in done.warnings:
        note(sentence)
    if as_json:
        say_json(_plain(done.card) | {"folder": str(done.folder), "warnings": list(done.warnings)})
        return
    _show_metrics(done.card)
    say(f"The model lies in {done.folder}; labels that it doubts are listed there in suspects.csv.")


def models(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List the models of a project, and the backbones that a new one can have.

    Example: ethoprofile models my-project
    """
    from ..training.features.registry import ENTRIES
    from ..training.models import damaged_models, list_models

    with opened(project, read_only=True) as store:
        damaged = damaged_models(store)
        cards = list_models(store)
    if as_json:
        backbones = [{"name": e.name, "learned": e.learned, "summary": e.summary} for e in ENTRIES.values()]
        say_json({"models": [_plain(card) for card in cards], "damaged": damaged, "backbones": backbones})
        return
    columns = ["name", "backbone, tier", "created", "animals", "macro accuracy", "split"]
    rows = [
        [c.name, f"{c.backbone.name}\n{c.tier}", c.created[:10], str(len(c.subjects)), _macro(c), c.split]
        for c in cards
    ]
    print_table(counted(len(cards), "model"), columns, rows)
    for name, why in damaged.items():
        note(f"{name} cannot be used. {why}")
    print_table("Backbones", ["name", "learned", "what it is"], [
        [entry.name, entry.learned, entry.summary] for entry in ENTRIES.values()
    ])  # fmt: skip


def _plain(card: ModelCard) -> dict[str, object]:
    return asdict(card) | {"id": card.id}


def _macro(card: ModelCard) -> str:
    found = [m for m in card.metrics if m.name == "macro accuracy"]
    return ", ".join(value_text(metric) for metric in found)


def _show_metrics(card: ModelCard) -> None:
    several = len(card.groups) > 1
    rows = [
        [*([m.group] if several else []), m.name, value_text(m), interval_text(m)]
        for m in card.metrics
        if m.name in _HEADLINES or m.name.startswith("recall")
    ]
    columns = [*(["group"] if several else []), "figure", "value", "95 % interval"]
    print_table(f"Model {card.name}, {card.split}", columns, rows)


def value_text(metric: Metric) -> str:
    """Return a figure, or why it is not defined."""
    return f"not defined because {metric.why}" if metric.value is None else f"{metric.value:.3f}"


def interval_text(metric: Metric) -> str:
    """Return the limits of a figure; empty where it has none."""
    if metric.low is None or metric.high is None:
        return ""
    return f"{metric.low:.3f} to {metric.high:.3f}"
