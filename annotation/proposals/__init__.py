"""What a model proposes for a pass, and what people make of it: pure logic, no label without an act."""

from .bouts import (
    ACCEPTED,
    EDITED,
    REJECTED,
    Proposals,
    ProposedBout,
    accept,
    accept_above,
    reject,
    rejections,
    replace_by,
)

__all__ = [
    "ACCEPTED",
    "EDITED",
    "REJECTED",
    "Proposals",
    "ProposedBout",
    "accept",
    "accept_above",
    "reject",
    "rejections",
    "replace_by",
]
