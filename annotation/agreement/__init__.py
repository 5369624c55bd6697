"""Agreement of annotators: statistics of frames and bouts, intervals, kinds of disagreement.

Arrays in, typed findings out: nothing here knows a project, a file or a window.
"""

from .bout_table import BoutTable
from .comparison import compare, compare_many
from .confusion import Confusion, confusion_of
from .consensus import Consensus, DawidSkene, dawid_skene, majority
from .kinds import Disagreement, Kind, KindShare, disagreements, shares
from .pairs import ClipFacts, ClipRatings, Excluded, Grouping, Pair
from .resampling import Estimate, Interval, Resampler, clips_needed
from .results import (
    IOUS,
    BehaviorRow,
    BlandAltman,
    BoundaryErrors,
    BoutFindings,
    ClipRow,
    CollarKappa,
    GroupRow,
    ManyReport,
    PairReport,
    Settings,
    SummaryAgreement,
    ToleranceAgreement,
)
from .undefined import Undefined, Value, is_defined, number_or_none

__all__ = [
    "IOUS",
    "BehaviorRow",
    "BlandAltman",
    "BoundaryErrors",
    "BoutFindings",
    "BoutTable",
    "ClipFacts",
    "ClipRatings",
    "ClipRow",
    "CollarKappa",
    "Confusion",
    "Consensus",
    "DawidSkene",
    "Disagreement",
    "Estimate",
    "Excluded",
    "GroupRow",
    "Grouping",
    "Interval",
    "Kind",
    "KindShare",
    "ManyReport",
    "Pair",
    "PairReport",
    "Resampler",
    "Settings",
    "SummaryAgreement",
    "ToleranceAgreement",
    "Undefined",
    "Value",
    "clips_needed",
    "compare",
    "compare_many",
    "confusion_of",
    "dawid_skene",
    "disagreements",
    "is_defined",
    "majority",
    "number_or_none",
    "shares",
]
