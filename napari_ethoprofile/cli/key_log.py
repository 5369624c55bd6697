"""The command on the key log: key-log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .common import AsJson, ProjectFolder, opened, say, say_json

if TYPE_CHECKING:
    from ..annotation.agreement.undefined import Value
    from ..training.simulation.key_fit import KeyFit


def register(app: typer.Typer) -> None:
    """Add the command of this file to the tree."""
    app.command("key-log")(key_log)


def key_log(
    project: ProjectFolder,
    on: Annotated[str, typer.Option("--on", metavar="NAME", help="Log the keys of this person.")] = "",
    off: Annotated[str, typer.Option("--off", metavar="NAME", help="Log them no longer.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what the key log says about effort; switch it on or off for a person (it is off for everybody).

    Example: ethoprofile key-log my-project --on Ada
    """
    from ..annotation.agreement import number_or_none
    from ..key_log import log_keys_of, logged_people
    from ..training.simulation.key_fit import LOG_NAME

    with opened(project, read_only=not (on or off)) as store:
        for name, switch in ((on, True), (off, False)):
            if name:
                store.get_annotator(name)
                log_keys_of(store, name, switch)
        people, log = logged_people(store), store.folder / LOG_NAME
    fit = fit_of(log) if log.exists() else None
    if as_json:
        found = None
        if fit is not None:
            found = {
                "passes": fit.passes, "labels": fit.labels, "moves": fit.moves,
                "navigation": number_or_none(fit.navigation),
                "seconds_a_key": number_or_none(fit.seconds_a_key),
            }  # fmt: skip
        say_json({"people": list(people), "fit": found})
        return
    say(f"Keys are logged of: {', '.join(people) or 'nobody'}.")
    if fit is not None:
        say(f"{fit.passes} passes from scratch: {fit.labels} label keys, {fit.moves} navigation keys.")
        say(f"Navigation keys a boundary: {_number(fit.navigation)}.")
        say(f"Seconds a key, watching in it: {_number(fit.seconds_a_key)}.")


def fit_of(log: Path) -> KeyFit:
    """Return what the key log says about the key model."""
    from ..keys.registry import NAVIGATING
    from ..training.simulation.key_fit import fit_keys, read_log

    return fit_keys(read_log(log), NAVIGATING)


def _number(value: Value) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
