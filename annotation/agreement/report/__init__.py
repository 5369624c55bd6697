"""The agreement report: the numbers as plain data, as JSON, CSV, HTML and figures."""

from .as_csv import as_csv
from .as_html import as_html
from .as_json import as_json
from .figures import pair_figures, write_figures
from .gather import AgreementReport, PartRow, agreement_report
from .methods import exclusions, methods

__all__ = [
    "AgreementReport",
    "PartRow",
    "agreement_report",
    "as_csv",
    "as_html",
    "as_json",
    "exclusions",
    "methods",
    "pair_figures",
    "write_figures",
]
