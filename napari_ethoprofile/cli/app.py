"""The command tree; each group of commands lies in a file of its own."""

from __future__ import annotations

import typer

from . import (
    adjudicate,
    agree,
    assignments,
    bundles,
    cache,
    champion,
    edits,
    ethograms,
    evaluate,
    key_log,
    labels,
    learn,
    passes,
    people,
    predict,
    profiles,
    projects,
    proposals,
    queue,
    retrain,
    simulate,
    videos,
    window,
)

app = typer.Typer(
    help="Score animal behavior frame by frame: projects, recordings, clips, labels.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for module in (
    projects,
    videos,
    people,
    ethograms,
    passes,
    adjudicate,
    edits,
    labels,
    window,
    assignments,
    bundles,
    profiles,
    agree,
    learn,
    champion,
    evaluate,
    predict,
    cache,
    retrain,
    proposals,
    queue,
    key_log,
    simulate,
):
    module.register(app)
