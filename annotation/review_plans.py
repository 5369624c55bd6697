"""Plans of who scores which clips again: drawn at random in equal shares of every layer, or by list."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ProjectError
from .sheets import read_sheet

if TYPE_CHECKING:
    from .project import AssignmentRecord, ClipRecord

#: By what a draw can be layered.
LAYERS = ("subject", "strain", "phase")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clip that a draw may choose.

    Attributes
    ----------
    clip
        Its id.
    subject, strain, phase
        Of the recording, and ``light`` or ``dark``; empty where they are not known.
    """

    clip: str
    subject: str = ""
    strain: str = ""
    phase: str = ""

    def layer(self, by: Sequence[str]) -> tuple[str, ...]:
        """Return the layer that the clip belongs to."""
        return tuple(getattr(self, name) for name in by)


def draw(
    candidates: Iterable[Candidate],
    *,
    share: float | None = None,
    count: int | None = None,
    by: Sequence[str] = (),
    seed: int = 0,
) -> list[str]:
    """Draw clips at random, the same share of every layer.

    What a layer's exact share leaves over goes to the layers with the largest remainders (Hamilton's method),
    so that the total is the wanted one. The same seed draws the same clips, whatever the order of
    `candidates`.

    Parameters
    ----------
    candidates
        Clips to choose from.
    share
        Of all candidates, above 0 and up to 1; at least one clip is drawn.
    count
        Number of clips instead of a share; as many as there are when there are fewer.
    by
        Names from `LAYERS`; without any, all candidates are one layer.
    seed
        Any integer.

    Returns
    -------
    list of str
        Ids of clips, in the order of their names.

    Raises
    ------
    ProjectError
        When share, count or layers are none that can be drawn by.
    """
    layers: dict[tuple[str, ...], list[str]] = {}
    _check(share, count, by)
    for candidate in sorted(candidates, key=lambda item: item.clip):
        layers.setdefault(candidate.layer(by), []).append(candidate.clip)
    available = sum(map(len, layers.values()))
    if not available:
        return []
    total = min(count, available) if count is not None else max(1, round((share or 0.0) * available))
    drawn: list[str] = []
    for layer, number in _shares({key: len(clips) for key, clips in layers.items()}, total).items():
        drawn += random.Random(repr((seed, layer))).sample(layers[layer], number)
    return sorted(drawn)


def _check(share: float | None, count: int | None, by: Sequence[str]) -> None:
    if (share is None) == (count is None):
        raise ProjectError("Give either a share of the clips or their number.")
    if share is not None and not 0 < share <= 1:
        raise ProjectError(
            f"A share lies above 0 and is at most 1, such as 0.2 for a fifth; {share:g} is not."
        )
    if count is not None and count < 1:
        raise ProjectError(f"The number of clips must be 1 or more, not {count}.")
    unknown = [name for name in by if name not in LAYERS]
    if unknown:
        raise ProjectError(f"Clips are drawn by {', '.join(LAYERS)}; '{unknown[0]}' is none of these.")


def _shares(sizes: dict[tuple[str, ...], int], total: int) -> dict[tuple[str, ...], int]:
    """Return how many to draw from each layer, by largest remainders."""
    everything = sum(sizes.values())
    shares = {layer: size * total // everything for layer, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda layer: (-(sizes[layer] * total % everything), layer))
    for layer in by_remainder[: total - sum(shares.values())]:
        shares[layer] += 1
    return shares


def clips_from_table(clips: Iterable[ClipRecord], path: Path | str) -> list[str]:
    """Return the clips that a CSV file lists.

    Parameters
    ----------
    clips
        Those that may be named.
    path
        A table with a column ``clip`` (id), or with ``video``, ``start`` and ``stop`` in frames.

    Raises
    ------
    ProjectError
        When a column is missing or a clip is unknown; names the row.
    """
    names, rows = read_sheet(path, "list of clips")
    keys = {name.lower(): name for name in names}
    by_id = "clip" in keys
    if not by_id and not {"video", "start", "stop"} <= keys.keys():
        raise ProjectError(
            f"The list of clips {path} needs a column clip, or the columns video, start and stop (in frames)."
        )
    known = {clip.id: clip.id for clip in clips} if by_id else {}
    if not by_id:
        known = {f"{clip.video} {clip.start} {clip.stop}": clip.id for clip in clips}
    found = []
    for number, row in rows:
        wanted = row[keys["clip"]] if by_id else " ".join(row[keys[k]] for k in ("video", "start", "stop"))
        if wanted not in known:
            raise ProjectError(
                f"In row {number} of {path} stands '{wanted}', which is no clip of the project."
            )
        found.append(known[wanted])
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Workload:
    """What one annotator has to do, in numbers of clips.

    Attributes
    ----------
    annotator
        Name.
    assigned, open, submitted
        Not begun, begun, and finished.
    overdue
        Those of the first two whose deadline has gone by.
    next_deadline
        The first deadline of what is not submitted, or None.
    """

    annotator: str
    assigned: int
    open: int
    submitted: int
    overdue: int
    next_deadline: date | None


def workloads(assignments: Iterable[AssignmentRecord], today: date) -> list[Workload]:
    """Count what is assigned, by annotator in the order of their names."""
    people: dict[str, list[AssignmentRecord]] = {}
    for record in assignments:
        people.setdefault(record.annotator, []).append(record)
    return [
        Workload(
            annotator=name,
            assigned=sum(record.state == "assigned" for record in own),
            open=sum(record.state == "open" for record in own),
            submitted=sum(record.state.finished for record in own),
            overdue=sum(record.overdue(today) for record in own),
            next_deadline=min((r.deadline for r in own if r.deadline and not r.state.finished), default=None),
        )
        for name, own in sorted(people.items())
    ]
