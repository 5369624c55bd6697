"""A report written into files, each whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from ...errors import AgreementError
from ...files import write_whole
from .as_csv import as_csv
from .as_html import as_html
from .as_json import as_json
from .figures import write_figures
from .gather import AgreementReport


def check_new(path: Path) -> None:
    """Raise `AgreementError` when something is at `path` already, or nothing can be written there.

    An empty folder counts as nothing.
    """
    if path.is_dir() and not any(path.iterdir()):
        return
    if path.exists():
        raise AgreementError(f"{path} exists already; give another name or move it away first.")
    if not path.absolute().parent.is_dir():
        raise AgreementError(f"There is no folder {path.absolute().parent} to write {path.name} into.")


def json_text(report: AgreementReport) -> str:
    """Return every number as JSON in plain ASCII."""
    return json.dumps(as_json(report), indent=2)


def write_report(
    report: AgreementReport,
    *,
    html: Path | None = None,
    csv: Path | None = None,
    json: Path | None = None,
    figures: Path | None = None,
) -> list[Path]:
    """Write what is named: page, table and numbers as files, figures into a folder.

    Returns
    -------
    list of Path
        What was written: the files, and the folder of the figures.

    Raises
    ------
    AgreementError
        When one of the paths is taken; nothing is written then.
    """
    paths = [path for path in (html, csv, json, figures) if path is not None]
    for path in paths:
        check_new(path)
    if html is not None:
        write_whole(html, as_html(report))
    if csv is not None:
        write_whole(csv, as_csv(report))
    if json is not None:
        write_whole(json, json_text(report) + "\n")
    if figures is not None:
        write_figures(report, figures)
    return paths
