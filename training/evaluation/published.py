"""What was published, to stand beside own figures; each with its protocol, for no other is comparable."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A published result.

    Attributes
    ----------
    layout
        The database: ``deepethoprofile`` or ``jhuang``.
    method, protocol
        What was measured and how the labels were divided.
    frame, macro
        Frame and macro accuracy, 0 to 1; None where it was not published.
    source
        Where it is published.
    """

    layout: str
    method: str
    protocol: str
    frame: float | None
    macro: float | None
    source: str


_DEEPETHOPROFILE = "eNeuro 12(7), ENEURO.0369-24.2025"
_JHUANG = "Jhuang et al. 2010, figures of cbmm.mit.edu/mouse-dataset/demo"

PUBLISHED = (
    PublishedFigure(
        "deepethoprofile", "DeepEthoProfile", "leave-one-subject-out", 0.836, 0.829, _DEEPETHOPROFILE
    ),
    PublishedFigure("deepethoprofile", "DeepEthoProfile", "clips-90-10", 0.906, None, _DEEPETHOPROFILE),
    PublishedFigure(
        "deepethoprofile", "people (review of labels, not blind)", "anchored review", 0.864, 0.878,
        _DEEPETHOPROFILE,
    ),
    PublishedFigure(
        "jhuang", "DeepEthoProfile, full", "leave-one-video-out", 0.742, 0.787, _DEEPETHOPROFILE
    ),
    PublishedFigure("jhuang", "SVM-HMM, full", "leave-one-video-out", 0.783, None, _JHUANG),
    PublishedFigure(
        "jhuang", "DeepEthoProfile, clipped", "clips-50-50x5", 0.976, 0.968, _DEEPETHOPROFILE
    ),
    PublishedFigure("jhuang", "people, 1.6 h scored twice", "two people", 0.716, None, _JHUANG),
)  # fmt: skip


def published(layout: str) -> tuple[PublishedFigure, ...]:
    """Return the published figures on a database."""
    return tuple(figure for figure in PUBLISHED if figure.layout == layout)
