"""The command that measures effort: simulate."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..annotation.agreement.resampling import Interval
from ..annotation.agreement.undefined import Undefined
from .common import AsJson, counted, note, one_of, opened, print_table, say, say_json
from .key_log import fit_of
from .progress import stages

if TYPE_CHECKING:
    from ..annotation.agreement.undefined import Value
    from ..training.interactive import Stages
    from ..training.simulation.effort import KeyModel
    from ..training.simulation.material import Material
    from ..training.simulation.stream import Benefit
    from ..training.simulation.summary import Figure, Summary

_LEARNERS = ("logistic", "head")


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(simulate)


def simulate(
    project: Annotated[
        Path | None, typer.Argument(metavar="[PROJECT]", help="Its labels answer what the strategies ask.")
    ] = None,
    generated: Annotated[
        bool,
        typer.Option("--generated", help="Film mice at the hardest settings; a generated person answers."),
    ] = False,
    subjects: Annotated[int, typer.Option(help="With --generated: how many mice.")] = 8,
    minutes: Annotated[float, typer.Option(help="With --generated: how long each is filmed.")] = 5.0,
    strategies: Annotated[
        str, typer.Option(metavar="A,B,...", help="What is compared; everything when not given.")
    ] = "",
    seeds: Annotated[int, typer.Option(min=1, help="Initial pools; all strategies share each.")] = 5,
    budget: Annotated[
        int, typer.Option(min=0, help="Units labeled at most; two thirds of what there is when not given.")
    ] = 0,
    batch: Annotated[int, typer.Option(min=1, help="Units labeled between two trainings.")] = 12,
    held_out: Annotated[
        int, typer.Option("--held-out", min=0, help="Animals tested in turn; all when not given.")
    ] = 0,
    seconds: Annotated[float, typer.Option(min=1.0, help="Length of a unit.")] = 10.0,
    learner: Annotated[
        str, typer.Option(metavar="|".join(_LEARNERS), help="What is trained: light, or as the project does.")
    ] = "logistic",
    group: Annotated[str, typer.Option(metavar="NAME", help="Exclusive group; the first by default.")] = "",
    from_log: Annotated[
        bool, typer.Option("--key-log", help="Take what keys cost from the project's key log.")
    ] = False,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Animals simulated at the same time.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write tables and figures there; generated mice too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how much work a way of choosing clips saves, by replaying labels that are known already.

    Example: ethoprofile simulate --generated --subjects 8 --minutes 5 --out effort
    """
    from ..training.queries.strategies import STRATEGIES
    from ..training.simulation.effort import KeyModel
    from ..training.simulation.generated import generated_project
    from ..training.simulation.learners import LEARNERS
    from ..training.simulation.replay import Plan, play
    from ..training.simulation.stream import benefits
    from ..training.simulation.summary import Summary

    one_of("--learner", learner, _LEARNERS)
    if generated == (project is not None):
        raise typer.BadParameter("give a PROJECT or --generated.")
    if from_log and project is None:
        raise typer.BadParameter("--key-log needs a PROJECT.")
    names = tuple(dict.fromkeys(name.strip() for name in strategies.split(",") if name.strip()))
    names = names or tuple(STRATEGIES)
    keys = _fitted_keys(project) if from_log and project is not None else KeyModel()
    plan = Plan(
        names, seeds, batch, budget, 0, held_out, seconds, keys, LEARNERS[learner]
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch, stages() as tell:
        where = out or Path(scratch)
        folder = project or generated_project(where, subjects, minutes, on_stage=tell)
        material = _material(folder, group, acting, "generated mice, hardest" if generated else "", tell)
        played = play(material, plan, tell, processes=processes)
    summary, saved = Summary(played), benefits(played)
    from ..training.simulation.outputs import as_dict, write_simulation

    written = write_simulation(summary, saved, out) if out is not None else []
    if as_json:
        say_json(as_dict(summary, saved) | {"files": [str(path) for path in written]})
        return
    _show(summary, saved)
    if out is not None:
        say(f"Wrote {len(written)} files into {out}.")


def _fitted_keys(project: Path) -> KeyModel:
    from ..annotation.project.folders import find_project
    from ..training.simulation.effort import KeyModel
    from ..training.simulation.key_fit import LOG_NAME

    model: KeyModel = fit_of(find_project(project) / LOG_NAME).model(KeyModel())
    return model


def _material(folder: Path, group: str, acting: str | None, source: str, tell: Stages) -> Material:
    from ..training.datasets import take_snapshot
    from ..training.simulation.material import material_of

    with opened(folder) as store:
        snapshot, cache = take_snapshot(store, acting), store.cache_folder
    for sentence in snapshot.left_out:
        note(sentence)
    return material_of(snapshot, cache, group, source, tell)


def _show(summary: Summary, saved: list[Benefit]) -> None:
    from ..training.simulation.outputs import HEADLINES

    plan = summary.played.plan
    note(
        f"{summary.played.source}: {counted(len(summary.played.held_out), 'animal')} held out in turn, "
        f"{counted(plan.seeds, 'seed')}, {plan.first} units of {plan.unit_seconds:g} s to begin with, "
        f"{plan.batch} a round, {plan.budget} at most; learner: {plan.learner.summary}."
    )
    figures = {(f.strategy, f.name): f for f in summary.figures()}
    columns = ["strategy", *HEADLINES]
    rows = [
        [name, *(_cell(figures.get((name, figure))) for figure in HEADLINES)] for name in summary.strategies
    ]
    print_table(
        f"Macro F1 with all labels {summary.full_macro_f1:.3f}; 95 % of it is the level", columns, rows
    )
    _show_saved(saved)


def _show_saved(saved: list[Benefit]) -> None:
    """Say what proposals save: once what is the same for several numbers of navigation keys."""
    said: dict[str, list[str]] = {}
    for each in saved:
        said.setdefault(_outcome(each), []).append(f"{each.navigation:g}")
    for outcome, keys in said.items():
        several = " and ".join(filter(None, [", ".join(keys[:-1]), keys[-1]]))
        say(f"Proposals on a random stream, {several} navigation keys a boundary: {outcome}.")
    missing = {each.ratio.reason for each in saved if isinstance(each.ratio, Undefined)}
    for reason in sorted(missing):
        say(f"What they save with a good model is not defined, because {reason}.")


def _outcome(benefit: Benefit) -> str:
    even = benefit.break_even
    at = even.reason if isinstance(even, Undefined) else f"they break even at an accuracy of {_number(even)}"
    if isinstance(benefit.ratio, Undefined):
        return at
    saved = f"keys with them / from scratch {_number(benefit.ratio)}{_span(benefit.interval)}"
    return f"{saved} where the model is 80 % accurate or better; {at}"


def _cell(figure: Figure | None) -> str:
    return "" if figure is None else f"{_number(figure.value)}{_span(figure.interval)}"


def _number(value: Value) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if value >= 20 else f"{value:.2f}"


def _span(interval: Interval | Undefined) -> str:
    if not isinstance(interval, Interval):
        return ""
    return f" ({_number(interval.low)} to {_number(interval.high)})"
