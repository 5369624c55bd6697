"""What a model folder says about its model: where it comes from, what it was measured at, how to use it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..annotation.errors import LearnError
from ..annotation.ethogram import Ethogram

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class BackboneCard:
    """What turns frames into features.

    Attributes
    ----------
    name
        Its name in the registry of `training.features`, or the network's own.
    options
        What it was built with (plain data).
    weights_sha256
        Hash of its learned weights; empty where it has none.
    subjects
        Animals that its weights were learned from: empty for none of the project's, None for unknown.
    license
        Under which license its weights come; empty for own ones.
    dimension
        Number of features a step.
    """

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    weights_sha256: str = ""
    subjects: tuple[str, ...] | None = ()
    license: str = ""
    dimension: int = 0


@dataclass(frozen=True, slots=True)
class GroupCard:
    """One exclusive group that a model tells apart.

    Attributes
    ----------
    name
        Name of the group.
    behaviors
        ``(id, name)`` of every column of its probabilities. A group of one behavior has one column: the
        probability that it happens.
    """

    name: str
    behaviors: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its interval.

    Attributes
    ----------
    name
        What was measured, such as ``macro accuracy``.
    value
        The figure; None where it is not defined.
    split
        Name of the division into what was learned and what was tested.
    low, high
        Interval of 95 % by resampling clips; None where there is none.
    unit
        Such as ``fraction`` or ``bouts``.
    group
        Name of the exclusive group; empty for all.
    why
        Why it is not defined; empty where it is.
    """

    name: str
    value: float | None
    split: str
    low: float | None = None
    high: float | None = None
    unit: str = "fraction"
    group: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything about a model but its weights; ``model.json``.

    Attributes
    ----------
    name
        Name of the model.
    tier
        ``interactive`` or ``batch``.
    architecture
        Name and settings of the network (plain data).
    backbone
        What makes its features.
    preprocessing
        What is done to frames first (plain data).
    groups
        What it tells apart, in the order of its outputs.
    rate
        Steps a second; None where the stride counts.
    stride
        Frames a step; None where the rate counts.
    data, data_summary
        Hash of the snapshot that it learned from, and facts about it (plain data).
    subjects
        Animals that it learned from.
    calibrated_on
        Animals that it did not learn from, but that its calibration and smoothing were fitted on.
    split, split_hash
        The division that its figures come from.
    seed
        Of every random choice.
    metrics
        Figures on what it had not seen.
    calibration, smoothing
        What turns its outputs into probabilities, and these into labels (plain data).
    parent
        Id of the model that it began from, or None.
    created
        UTC stamp, ISO 8601.
    versions
        Of this program and of the libraries that matter.
    device, threads
        What it was trained on.
    weights_sha256
        Of ``weights.safetensors``; filled in when the model is written.
    """

    name: str
    tier: str
    architecture: dict[str, Any]
    backbone: BackboneCard
    preprocessing: dict[str, Any]
    groups: tuple[GroupCard, ...]
    rate: float | None = None
    stride: int | None = None
    data: str = ""
    data_summary: dict[str, Any] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    calibrated_on: tuple[str, ...] = ()
    split: str = ""
    split_hash: str = ""
    seed: int = 0
    metrics: tuple[Metric, ...] = ()
    calibration: dict[str, Any] = field(default_factory=dict)
    smoothing: dict[str, Any] = field(default_factory=dict)
    parent: str | None = None
    created: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    device: str = "cpu"
    threads: int = 1
    weights_sha256: str = ""

    @property
    def id(self) -> str:
        """Name and weights: two models of one name differ in it."""
        return f"{self.name}@{self.weights_sha256[:12]}"

    @property
    def classes(self) -> tuple[tuple[int, ...], ...]:
        """Behavior ids of the columns of every group."""
        return tuple(tuple(number for number, _ in group.behaviors) for group in self.groups)

    def to_json(self) -> str:
        """Return the text of ``model.json``."""
        return json.dumps({"format": _FORMAT} | asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, source: str) -> ModelCard:
        """Inverse of `to_json`; `source` names the file in errors."""
        try:
            data = json.loads(text)
            if data.pop("format") != _FORMAT:
                raise LearnError(f"{source} was written by another version of the program; train it again.")
            backbone = data.pop("backbone")
            subjects = backbone.pop("subjects")
            groups = tuple(
                GroupCard(g["name"], tuple((int(number), str(name)) for number, name in g["behaviors"]))
                for g in data.pop("groups")
            )
            return cls(
                **data
                | {
                    "backbone": BackboneCard(
                        **backbone, subjects=None if subjects is None else tuple(subjects)
                    ),
                    "groups": groups,
                    "metrics": tuple(Metric(**item) for item in data.pop("metrics")),
                    "subjects": tuple(data.pop("subjects")),
                    "calibrated_on": tuple(data.pop("calibrated_on", ())),
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LearnError(f"{source} is not a model of this program, or it is damaged.") from error


def groups_of(ethogram: Ethogram) -> tuple[GroupCard, ...]:
    """Return what a model of this ethogram tells apart."""
    return tuple(
        GroupCard(name, tuple((b.id, b.name) for b in ethogram.behaviors if b.group == name))
        for name in ethogram.groups
    )


def renamed(card: ModelCard, names: Mapping[str, str]) -> ModelCard:
    """Return a card whose behaviors have other names, as a project calls them.

    Parameters
    ----------
    card
        The model.
    names
        ``{name in the model: other name}``.

    Raises
    ------
    LearnError
        When the model knows no behavior of a name.
    """
    known = [name for group in card.groups for _, name in group.behaviors]
    strange = [name for name in names if name not in known]
    if strange:
        raise LearnError(
            f"The model '{card.name}' knows no behavior '{strange[0]}'; it knows {', '.join(known)}."
        )
    groups = [
        replace(group, behaviors=tuple((number, names.get(name, name)) for number, name in group.behaviors))
        for group in card.groups
    ]
    return replace(card, groups=tuple(groups))


def translation(card: ModelCard, ethogram: Ethogram) -> tuple[dict[int, int], tuple[int, ...]]:
    """Return how the labels of a model become labels of an ethogram.

    Parameters
    ----------
    card
        The model.
    ethogram
        The ethogram that its labels should be in.

    Returns
    -------
    tuple
        ``{behavior id of the model: behavior id of the ethogram}``, and the column of the ethogram's groups
        that each group of the model writes to.

    Raises
    ------
    LearnError
        When a behavior has no counterpart (see `renamed`), or the counterparts of one group lie in several.
    """
    names = {number: name for group in card.groups for number, name in group.behaviors}
    found = {number: ethogram.by_name(name) for number, name in names.items()}
    strange = [names[number] for number, other in found.items() if other is None]
    if strange:
        raise LearnError(
            f"The model '{card.name}' knows {', '.join(strange)}, which the ethogram '{ethogram.name}' does "
            f"not have; say what each is called there, as with --map '{strange[0]}=NAME' or under 'Called "
            f"here' in the window (it has {', '.join(b.name for b in ethogram.behaviors)}), or train a model "
            "for this ethogram."
        )
    ids = {number: other.id for number, other in found.items() if other is not None}
    columns = []
    for group in card.groups:
        lying = {ethogram.group_of(ids[number]) for number, _ in group.behaviors}
        if len(lying) != 1:
            raise LearnError(
                f"The model '{card.name}' tells '{group.name}' apart as one group, but its behaviors lie in "
                f"{len(lying)} groups of the ethogram '{ethogram.name}'; train a model for this ethogram."
            )
        columns.append(lying.pop())
    if len(set(columns)) != len(columns) or len(set(ids.values())) != len(ids):
        raise LearnError(
            f"Several behaviors or groups of the model '{card.name}' would become one in the ethogram "
            f"'{ethogram.name}'; give each a counterpart of its own."
        )
    return ids, tuple(columns)
