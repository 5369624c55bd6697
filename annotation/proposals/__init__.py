"""What a model proposes for a pass, and what people make of it: pure logic, no label without an act."""

from .bouts import (
    ACCEPTED,
    EDITED,
    Proposals,
    ProposedBout,
    accept,
    accept_above,
    moved,
    reject,
    replace_by,
)

__all__ = [
    "ACCEPTED",
    "EDITED",
    "Proposals",
    "ProposedBout",
    "accept",
    "accept_above",
    "moved",
    "reject",
    "replace_by",
]
