"""An agreement report as one HTML page that holds everything: tables, figures, explanations, methods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..results import PairReport
from ..sources.material import ORIGINS
from . import tables
from .explanations import EXPLAINED
from .figures import as_svg, pair_figures
from .further import further
from .gather import AgreementReport
from .methods import exclusions, methods
from .tables import Table

_TEMPLATE = "page.html"
#: What each figure shows, for those who do not see it and as its caption.
_CAPTIONS = {
    "confusion": "Frames by the labels of both raters; the color is the percentage of the row.",
    "behaviors": "Kappa of each behavior with its interval, and F1 of its bouts.",
    "tolerance": "Agreement when the same label within a tolerance in time counts, and its chance level.",
    "kinds": "Seconds of each kind of disagreement.",
    "clips": "Kappa and agreement of each clip, the lowest kappa on top.",
    "weeks": "Kappa by the week in which the later of the two raters scored, anchored pairs left out.",
}


@dataclass(frozen=True)
class _Figure:
    """A figure inside the page."""

    svg: str
    caption: str


def as_html(report: AgreementReport, written: date | None = None) -> str:
    """Return the page; it refers to no other file or address, so that it can be mailed and kept.

    Parameters
    ----------
    report
        What to show.
    written
        The day that the page names; today when not given.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = _origin_table(report)
    return environment.get_template(_TEMPLATE).render(
        raters=report.material.raters,
        written=(written or date.today()).isoformat(),
        overview=tables.overview(report),
        together=[tables.all_raters(many, report) for many in report.groups],
        exclusions=exclusions(report),
        gaps=report.material.gaps,
        overlaps=report.material.overlaps,
        notes=report.material.notes,
        origins=parts,
        origin_meanings={row.name: ORIGINS[row.name] for row in report.origins},
        pairs=[_pair(report, pair) for pair in report.pairs],
        explained=list(EXPLAINED.values()),
        methods=methods(report),
        settings=report.settings,
    )


def _origin_table(report: AgreementReport) -> Table:
    title = "Agreement by how the passes came about"
    return tables.parts(title, "Passes", report.origins, report)


def _pair(report: AgreementReport, pair: PairReport) -> dict[str, Any]:
    own = tuple(row for row in report.weeks if row.pair is pair)
    weeks = tables.parts("Drift over weeks", "Week", own, report) if own else None
    shown = [tables.kinds(pair, report), tables.groupings(pair, report), weeks]
    return {
        "title": tables.title_of(pair, report),
        "behaviors": tables.behaviors(pair, report),
        "figures": [_Figure(as_svg(figure), _CAPTIONS[name]) for name, figure in pair_figures(report, pair)],
        "tables": [table for table in shown if table is not None and table.rows],
        "folded": [*further(pair, report), tables.clips(pair, report)],
    }
