"""The agreement report: the numbers as plain data, as JSON, CSV, HTML and figures."""

from .as_csv import as_csv
from .as_html import as_html
from .as_json import as_json
from .figures import pair_figures, write_figures
from .gather import AgreementReport, PartRow, agreement_report
from .methods import exclusions, methods
from .stretches import ClipStretches, PairStretches, Part
from .write import check_new, json_text, write_report

__all__ = [
    "AgreementReport",
    "ClipStretches",
    "PairStretches",
    "Part",
    "PartRow",
    "agreement_report",
    "as_csv",
    "as_html",
    "as_json",
    "check_new",
    "exclusions",
    "json_text",
    "methods",
    "pair_figures",
    "write_figures",
    "write_report",
]
