"""What every number of a report means, in a sentence or two."""

from __future__ import annotations

#: Key to (name in tables, what it means).
EXPLAINED: dict[str, tuple[str, str]] = {
    "pair": (
        "Raters",
        "The two raters; everything signed is the second one minus the first.",
    ),
    "frames": (
        "Frames",
        "Frames that both raters labeled; no other frame counts anywhere.",
    ),
    "left_out": (
        "Left out",
        "Frames of the shared clips that one or both raters left unlabeled.",
    ),
    "clips": (
        "Clips",
        "Stretches of recordings that both raters scored; intervals come from resampling them.",
    ),
    "agreement": (
        "Agreement",
        "Share of frames with the same label. It is high by chance alone where one label dominates.",
    ),
    "macro": (
        "Macro agreement",
        (
            "For each behavior, the share of the first rater's frames to which the second gave the same "
            "label, averaged over behaviors, so that rare ones count as much as common ones."
        ),
    ),
    "kappa": (
        "Kappa",
        (
            "Cohen's kappa: agreement beyond what the raters' own label shares would give by chance; 1 is "
            "perfect, 0 is chance. In brackets the interval from resampling whole clips."
        ),
    ),
    "ac1": (
        "AC1",
        (
            "Gwet's AC1: agreement beyond chance that, other than kappa, stays stable when a behavior is "
            "very rare or very common."
        ),
    ),
    "frame_f1": (
        "Frame F1",
        (
            "Of all frames that either rater gave this label, how many both did (each counted twice): 1 "
            "when they coincide. The same for both directions, so that neither rater is the reference."
        ),
    ),
    "bout_f1": (
        "Bout F1",
        (
            "Share of bouts that have a partner of the same behavior at the other rater with an overlap "
            "of at least half of what both cover. It falls when bouts are split, missed, or badly timed, "
            "which frames hardly show."
        ),
    ),
    "seconds": (
        "Seconds",
        "How long the rater scored this behavior within the frames compared.",
    ),
    "bouts": (
        "Bouts",
        "How many bouts of this behavior the rater scored within the frames compared.",
    ),
    "onset_bias": (
        "Onset bias (s)",
        (
            "Median of the second rater's onsets minus the first rater's, over matched bouts: positive "
            "when the second rater reacts later."
        ),
    ),
    "needed": (
        "More clips",
        (
            "How many more double-coded clips like these would narrow the interval of kappa to ± 0.05; 0 "
            "when it is that narrow already. A plan, not a promise."
        ),
    ),
    "collar": (
        "Kappa with a collar",
        (
            "Kappa on the frames further than the collar from any boundary of either rater: what is left "
            "when mere differences in timing are put aside."
        ),
    ),
    "tolerance": (
        "Tolerance agreement",
        (
            "Share of frames whose label the other rater gave within the tolerance. Chance is what "
            "remains after one track was shifted in a circle; the corrected value is the part above it."
        ),
    ),
    "kinds": (
        "Kinds of disagreement",
        (
            "Every frame on which the raters differ, explained by the bouts around it: timing is cured by "
            "practice, substitution by better definitions."
        ),
    ),
    "fleiss": (
        "Fleiss' kappa",
        "Agreement of all raters together beyond chance, on the frames that all of them labeled.",
    ),
    "alpha": (
        "Krippendorff's alpha",
        "Agreement of all raters together beyond chance, on every frame that at least two labeled.",
    ),
    "unanimous": (
        "Unanimous",
        "Share of the frames that all raters labeled on which all gave the same label.",
    ),
    "edit": (
        "Edit score",
        "How similar the order of behaviors is when their durations are ignored; 1 is the same sequence.",
    ),
}


def name_of(key: str) -> str:
    """Return what a number is called in tables."""
    return EXPLAINED[key][0]


def meaning_of(key: str) -> str:
    """Return what a number means."""
    return EXPLAINED[key][1]
