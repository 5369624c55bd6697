"""What a comparison finds, as plain typed data: every report, table and window shows these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .confusion import Confusion
from .kinds import KindShare
from .pairs import ClipFacts, Excluded, Grouping
from .resampling import CONFIDENCE, RESAMPLES, Estimate
from .undefined import Undefined, Value

#: The overlaps at which bouts are counted as found.
IOUS = (0.1, 0.25, 0.5, 0.75)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a comparison is asked for.

    Attributes
    ----------
    collar
        Seconds around every boundary of either rater that kappa with a collar leaves out.
    tolerance
        Seconds within which the same label counts as found in tolerance agreement.
    onset_collar
        Seconds within which two onsets, or offsets, count as the same.
    by
        Facts of clips by which the overall numbers are also given apart.
    unit
        What is resampled: ``clip`` or ``subject``.
    resamples, seed, confidence
        Of the bootstrap.
    """

    collar: float = 0.25
    tolerance: float = 0.5
    onset_collar: float = 0.2
    by: tuple[Grouping, ...] = ()
    unit: Literal["clip", "subject"] = "clip"
    resamples: int = RESAMPLES
    seed: int = 0
    confidence: float = CONFIDENCE


@dataclass(frozen=True, slots=True)
class BoundaryErrors:
    """Signed differences of the boundaries of matched bouts, second rater minus first, in seconds.

    Attributes
    ----------
    bouts
        How many matched pairs have this boundary within the frames compared.
    median
        The bias: positive when the second rater is later.
    quartiles
        First and third quartile.
    """

    bouts: int
    median: Value
    quartiles: tuple[Value, Value]


@dataclass(frozen=True, slots=True)
class BoutFindings:
    """Agreement of bouts, of one behavior or of all together.

    Attributes
    ----------
    bouts_a, bouts_b
        Bouts of each rater within the frames compared.
    matched
        One-to-one matches of overlapping bouts of the same label.
    f1
        F1 by the overlap (intersection over union) from which a match counts, for each of `IOUS`.
    f1_half
        F1 at an overlap of .5 with its interval.
    onset_f1, offset_f1
        F1 of onsets (offsets) of the same label that lie within the onset collar.
    onset, offset
        Signed boundary errors of the matched bouts.
    """

    bouts_a: int
    bouts_b: int
    matched: int
    f1: Mapping[float, Value]
    f1_half: Estimate
    onset_f1: Value
    offset_f1: Value
    onset: BoundaryErrors
    offset: BoundaryErrors


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Bland-Altman analysis of a measure of each clip, second rater minus first.

    Attributes
    ----------
    clips
        Number of clips.
    bias
        Mean difference.
    low, high
        Limits of agreement: bias -+ 1.96 standard deviations of the differences.
    points
        Mean and difference of each clip.
    """

    clips: int
    bias: Value
    low: Value
    high: Value
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SummaryAgreement:
    """Agreement on a summary measure of each clip (seconds, or number of bouts).

    Attributes
    ----------
    icc
        ICC(2,1): two-way random effects, absolute agreement, single rater.
    ccc
        Lin's concordance correlation coefficient.
    bland_altman
        Bias and limits of agreement.
    """

    icc: Value
    ccc: Value
    bland_altman: BlandAltman


@dataclass(frozen=True, slots=True)
class BehaviorRow:
    """One behavior (or none) of a pair of raters: this label against all others.

    Attributes
    ----------
    code, name
        Which label; code 0 is none.
    seconds_a, seconds_b
        How much of it each rater scored within the frames compared.
    agreement
        Share of frames on which both say yes or both say no.
    kappa
        Cohen's kappa.
    f1
        Specific (positive) agreement, the frame F1.
    negative_agreement
        Specific agreement on its absence.
    recall
        Share of the frames of the first rater that the second gave the same label.
    precision
        Share of the frames of the second rater that the first gave the same label.
    ac1
        Gwet's AC1.
    pabak, kappa_max, prevalence, bias
        Helpers that explain a low kappa.
    bouts
        Agreement of bouts.
    summary_seconds, summary_bouts
        Agreement on seconds and on number of bouts of each clip.
    """

    code: int
    name: str
    seconds_a: float
    seconds_b: float
    agreement: Value
    kappa: Estimate
    f1: Estimate
    negative_agreement: Value
    recall: Value
    precision: Value
    ac1: Estimate
    pabak: Value
    kappa_max: Value
    prevalence: Value
    bias: Value
    bouts: BoutFindings
    summary_seconds: SummaryAgreement
    summary_bouts: SummaryAgreement


@dataclass(frozen=True, slots=True)
class CollarKappa:
    """Kappa on the frames further than a collar from any boundary of either rater.

    Attributes
    ----------
    collar
        Seconds.
    kappa
        Cohen's kappa of what is left.
    removed
        Share of the compared frames that lie within the collar.
    """

    collar: float
    kappa: Value
    removed: Value


@dataclass(frozen=True, slots=True)
class ToleranceAgreement:
    """Agreement when the same label within a tolerance counts.

    Attributes
    ----------
    tolerance
        Seconds.
    agreement
        Mean of both directions of the share of frames whose label the other gave within the tolerance.
    chance
        The same after one track is shifted in a circle: what independent raters of this habit would reach.
    corrected
        ``(agreement - chance) / (1 - chance)``.
    """

    tolerance: float
    agreement: Value
    chance: Value
    corrected: Value


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One clip of a pair of raters.

    Attributes
    ----------
    facts
        Which clip, and what is known about it.
    frames, excluded
        Frames compared and left out.
    agreement, kappa
        Of this clip alone.
    """

    facts: ClipFacts
    frames: int
    excluded: int
    agreement: Value
    kappa: Value


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The clips that share one fact, such as one strain or one week.

    Attributes
    ----------
    by, name
        Which fact, and its value (``not known`` for clips without).
    clips, frames
        How much was compared.
    agreement, macro_agreement, kappa, ac1
        Of these clips.
    """

    by: Grouping
    name: str
    clips: int
    frames: int
    agreement: Estimate
    macro_agreement: Estimate
    kappa: Estimate
    ac1: Estimate


@dataclass(frozen=True)
class PairReport:
    """Everything about two raters over all clips that both scored, in one exclusive group.

    Attributes
    ----------
    a, b
        Names of the raters; rows of the confusion matrix are `a`.
    group
        Name of the exclusive group of behaviors.
    names
        Names of all codes.
    settings
        What was asked for.
    frames, seconds
        How much was compared.
    excluded
        What was left out because either had not labeled it.
    confusion
        Frames by the labels of both, for each clip and together.
    agreement, kappa, ac1
        Over all labels, none among them.
    agreement_without_none, kappa_without_none
        Over the frames that neither called none.
    macro_agreement
        Mean over the behaviors that `a` used of the share of their frames that `b` gave the same label, as
        DeepEthoProfile reports it with the human (or the earlier) labels as `a`; none is not averaged.
    pabak, kappa_max
        Helpers over all labels.
    collar
        Kappa with a collar.
    tolerance
        Agreement at the tolerance asked for.
    tolerance_curve
        The same from 0 to 2 s.
    bouts
        Agreement of the bouts of all behaviors, none left out.
    edit_score, alignment_kappa
        Agreement of the order of behaviors.
    behaviors
        One row a behavior of the ethogram (or used by either).
    none
        The same for none, when either used it.
    kinds
        Kinds of disagreement with count, seconds and share.
    clip_rows
        One row a clip, in the order given.
    group_rows
        The clips apart by each fact in ``settings.by``.
    clips_needed
        How many more double-coded clips (or subjects, where these are resampled) for an interval of kappa of
        +- .05.
    """

    a: str
    b: str
    group: str
    names: Mapping[int, str]
    settings: Settings
    frames: int
    seconds: float
    excluded: Excluded
    confusion: Confusion
    agreement: Estimate
    macro_agreement: Estimate
    kappa: Estimate
    ac1: Estimate
    agreement_without_none: Estimate
    kappa_without_none: Estimate
    pabak: Value
    kappa_max: Value
    collar: CollarKappa
    tolerance: ToleranceAgreement
    tolerance_curve: tuple[ToleranceAgreement, ...]
    bouts: BoutFindings
    edit_score: Value
    alignment_kappa: Value
    behaviors: tuple[BehaviorRow, ...]
    none: BehaviorRow | None
    kinds: tuple[KindShare, ...]
    clip_rows: tuple[ClipRow, ...]
    group_rows: tuple[GroupRow, ...]
    clips_needed: int | Undefined

    def behavior(self, name: str) -> BehaviorRow:
        """Return the row of a behavior by its name; raises `KeyError` when there is none."""
        for row in self.behaviors:
            if row.name == name:
                return row
        raise KeyError(name)


@dataclass(frozen=True)
class ManyReport:
    """Two or more raters over the same clips, in one exclusive group.

    Attributes
    ----------
    raters
        Their names.
    group
        Name of the exclusive group of behaviors.
    names
        Names of all codes.
    settings
        What was asked for.
    frames
        Frames that at least two raters labeled.
    frames_all
        Frames that every rater labeled; what Fleiss' kappa and the unanimous share are about.
    excluded
        Frames that fewer than two raters labeled.
    pairs
        One report for each pair of raters, in the order (1, 2), (1, 3), (2, 3), ...
    not_compared
        Pairs of raters that share no labeled frame.
    fleiss_kappa
        On the frames that all labeled.
    krippendorff_alpha
        Nominal, on all frames that at least two labeled.
    unanimous
        Share of the frames that all labeled on which all give the same label.
    """

    raters: tuple[str, ...]
    group: str
    names: Mapping[int, str]
    settings: Settings
    frames: int
    frames_all: int
    excluded: int
    pairs: tuple[PairReport, ...]
    fleiss_kappa: Estimate
    krippendorff_alpha: Estimate
    unanimous: Estimate
    not_compared: tuple[tuple[str, str], ...] = field(default=())
