"""The project's list of behaviors, in exclusive groups, with keys, colors and definitions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from .errors import EthogramError, reason_of
from .files import write_whole

#: Okabe and Ito's palette (2008) without black, then four of Paul Tol's muted colors: told apart by
#: people with any common color-vision deficiency, on light and on dark ground.
PALETTE = (
    "#0072B2", "#E69F00", "#CC79A7", "#009E73", "#56B4E9", "#D55E00", "#F0E442", "#882255",
    "#44AA99", "#AA4499", "#999933", "#88CCEE",
)  # fmt: skip

#: Name that an explicit "no behavior could be determined" carries in windows and files.
NONE_NAME = "none"
#: What frames are called that nobody has decided about yet.
UNLABELED_NAME = "unlabeled"
NONE_KEYS = ("0", "x")
NONE_COLOR = "#8C8C8C"

_KEY = re.compile(r"[a-z0-9]")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Behavior:
    """One behavior of an ethogram.

    Attributes
    ----------
    id
        Positive number that never changes or returns within a project; label tracks hold it.
    name
        Unique within the ethogram, compared without case.
    keys
        Bare letters or digits that score it; several are allowed so that either hand reaches one.
    color
        ``#rrggbb``.
    group
        Name of the exclusive group.
    definition
        What counts as this behavior, for people.
    examples
        Frames that show it: ``(video id, frame)``.
    """

    id: int
    name: str
    keys: tuple[str, ...] = ()
    color: str = "#808080"
    group: str = "behavior"
    definition: str = ""
    examples: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Ethogram:
    """An ordered list of behaviors in exclusive groups.

    Raises
    ------
    EthogramError
        When names, ids or keys clash; the sentence names every clash.
    """

    behaviors: tuple[Behavior, ...] = ()
    name: str = "ethogram"
    none_keys: tuple[str, ...] = field(default=NONE_KEYS)

    def __post_init__(self) -> None:
        problems = conflicts(self.behaviors, self.none_keys)
        if problems:
            raise EthogramError(f"The ethogram '{self.name}' cannot be used: {'; '.join(problems)}.")

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the exclusive groups in order of first appearance (never empty)."""
        return tuple(dict.fromkeys(b.group for b in self.behaviors)) or ("behavior",)

    def group_of(self, behavior_id: int) -> int:
        """Return the index of the group that a behavior belongs to."""
        return self.groups.index(self.by_id(behavior_id).group)

    def groups_of(self, label: int) -> list[int]:
        """Return the groups that a label is written to: a behavior's own; none and unlabeled mean all."""
        return [self.group_of(label)] if label > 0 else list(range(len(self.groups)))

    def by_id(self, behavior_id: int) -> Behavior:
        """Return the behavior with this id, or raise `EthogramError`."""
        for behavior in self.behaviors:
            if behavior.id == behavior_id:
                return behavior
        raise EthogramError(f"The ethogram '{self.name}' has no behavior with the id {behavior_id}.")

    def by_name(self, name: str) -> Behavior | None:
        """Return the behavior of this name (case and outer spaces do not count), or None."""
        wanted = name.strip().casefold()
        return next((b for b in self.behaviors if b.name.casefold() == wanted), None)

    def by_key(self, key: str) -> Behavior | None:
        """Return the behavior that this bare letter or digit scores, or None."""
        return next((b for b in self.behaviors if key.lower() in b.keys), None)

    def label_name(self, code: int) -> str:
        """Return what a label code is called: a behavior's name, ``none`` or ``unlabeled``."""
        if code < 0:
            return UNLABELED_NAME
        return NONE_NAME if code == 0 else self.by_id(code).name

    def label_code(self, name: str) -> int:
        """Return the code of a label: the inverse of `label_name`.

        Raises
        ------
        EthogramError
            When no behavior has this name.
        """
        behavior = self.by_name(name)
        if behavior is not None:
            return behavior.id
        codes = {NONE_NAME: 0, UNLABELED_NAME: -1}
        try:
            return codes[name.strip().casefold()]
        except KeyError:
            known = ", ".join([*(b.name for b in self.behaviors), *codes])
            raise EthogramError(
                f"The ethogram '{self.name}' has no behavior '{name}'; labels are {known}."
            ) from None

    def label_color(self, code: int) -> str:
        """Return ``#rrggbb`` of a label code that is not unlabeled."""
        return NONE_COLOR if code <= 0 else self.by_id(code).color

    def next_id(self) -> int:
        """Return an id that no behavior of this version has (the project also asks older versions)."""
        return max((b.id for b in self.behaviors), default=0) + 1

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for YAML, JSON and the project database: the inverse of `from_dict`."""
        behaviors = []
        for behavior in self.behaviors:
            item = asdict(behavior)
            item["keys"] = list(behavior.keys)
            item["examples"] = [list(example) for example in behavior.examples]
            behaviors.append(item)
        return {"name": self.name, "none_keys": list(self.none_keys), "behaviors": behaviors}

    @classmethod
    def from_dict(cls, data: Any, source: str = "ethogram") -> Ethogram:
        """Return the ethogram that plain data describe.

        Parameters
        ----------
        data
            As `to_dict` gives it. Ids, keys, colors and groups may be missing: ids are numbered in order,
            keys and colors are chosen without clashes.
        source
            What to call the data in an error, such as the file's path.
        """
        if not isinstance(data, dict) or not isinstance(data.get("behaviors", []), list):
            raise EthogramError(f"{source} is not an ethogram: it needs a list under 'behaviors'.")
        items = []
        for number, item in enumerate(data.get("behaviors", []), start=1):
            item = {"name": item} if isinstance(item, str) else item
            if not isinstance(item, dict) or not str(item.get("name") or "").strip():
                raise EthogramError(f"{source}: behavior {number} has no name; give it one.")
            unknown = set(item) - set(Behavior.__dataclass_fields__)
            if unknown:
                raise EthogramError(
                    f"{source}: behavior '{item['name']}' has the unknown entry '{min(map(str, unknown))}'."
                )
            items.append(item)
        try:
            none_keys = tuple(str(k).lower() for k in data.get("none_keys", NONE_KEYS))
            behaviors = _complete(items, none_keys)
        except (TypeError, ValueError) as error:
            raise EthogramError(f"{source} is not an ethogram: {error}.") from error
        return cls(behaviors, str(data.get("name", "ethogram")), none_keys)

    def save(self, path: Path | str) -> None:
        """Write the ethogram as YAML, whole or not at all."""
        write_whole(path, yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True))

    @classmethod
    def load(cls, path: Path | str) -> Ethogram:
        """Read an ethogram from a YAML file."""
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise EthogramError(f"The ethogram file {path} cannot be read: {reason_of(error)}.") from error
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" at line {mark.line + 1}" if mark else ""
            raise EthogramError(f"The ethogram file {path} is not valid YAML{where}.") from error
        return cls.from_dict(data, source=f"The file {path}")


def conflicts(behaviors: Iterable[Behavior], none_keys: tuple[str, ...] = NONE_KEYS) -> list[str]:
    """Return what stops these behaviors from forming an ethogram, one phrase each."""
    behaviors = list(behaviors)
    problems = []
    for name, count in Counter(b.name.casefold() for b in behaviors).items():
        if count > 1:
            problems.append(f"the name '{name}' is used {count} times")
    for number, count in Counter(b.id for b in behaviors).items():
        if count > 1:
            problems.append(f"the id {number} is used {count} times")
    owners: dict[str, list[str]] = {}
    for owner, keys in [(b.name, b.keys) for b in behaviors] + [(NONE_NAME, none_keys)]:
        for key in keys:
            owners.setdefault(key, []).append(owner)
    for key, names in owners.items():
        if not _KEY.fullmatch(key):
            problems.append(f"the key '{key}' of {names[0]} is not a bare letter a-z or digit")
        if len(names) > 1:
            problems.append(f"the key '{key}' is given to {' and '.join(names)}")
    for behavior in behaviors:
        if behavior.id < 1:
            problems.append(f"the id of {behavior.name} must be 1 or more")
        if not _is_name(behavior.name):
            problems.append(f"a behavior cannot be called {behavior.name!r}")
        if not _COLOR.fullmatch(behavior.color):
            problems.append(f"the color '{behavior.color}' of {behavior.name} is not #rrggbb")
    return problems


def make_ethogram(names: Iterable[str], name: str = "ethogram", *, exclusive: bool = True) -> Ethogram:
    """Return an ethogram of these names with ids 1, 2, ..., free keys and palette colors.

    Parameters
    ----------
    names
        Behavior names in order.
    name
        Name of the ethogram.
    exclusive
        One group for all; False gives every behavior a group of its own (multi-label).
    """
    items: list[dict[str, Any]] = [{"name": n} if exclusive else {"name": n, "group": n} for n in names]
    return Ethogram(_complete(items, NONE_KEYS), name)


def preset(name: str) -> Ethogram:
    """Return a preset ethogram: ``home-cage`` or ``empty``."""
    if name == "empty":
        return Ethogram((), "empty")
    if name == "home-cage":
        base = make_ethogram(HOME_CAGE, "home-cage")
        return replace(
            base, behaviors=tuple(replace(b, definition=HOME_CAGE[b.name]) for b in base.behaviors)
        )
    raise EthogramError(f"There is no ethogram preset '{name}'; the presets are home-cage and empty.")


#: The home-cage preset: names in the order of the DeepEthoProfile codes, with our own definitions.
HOME_CAGE = {
    "drink": "Mouth at the spout of the bottle, licking.",
    "eat": "Gnawing at the feeder, or holding food between the forepaws and chewing.",
    "groom": "Licking or wiping the own fur, face, tail or paws.",
    "hang": "Holding on to the cage lid with all feet off the bedding.",
    "micromovement": "In place and awake: small movements of head or body, sniffing, adjusting posture.",
    "rear": "Upright on the hind legs, forepaws off the bedding.",
    "rest": "Lying or sitting still, no movement but breathing.",
    "walk": "Moving through the cage by steps.",
}


def _complete(items: list[dict[str, Any]], none_keys: tuple[str, ...]) -> tuple[Behavior, ...]:
    """Fill in what is missing: ids in order, keys (digit in order, then the first free letter), colors."""
    taken = set(none_keys) | {str(k).lower() for item in items for k in item.get("keys") or ()}
    ids = {int(item["id"]) for item in items if item.get("id") is not None}
    behaviors = []
    for number, item in enumerate(items, start=1):
        identity = int(item["id"]) if item.get("id") is not None else _first_free(ids, number)
        ids.add(identity)
        keys = item.get("keys")
        if keys is None:
            keys = _free_keys(str(item["name"]), number, taken)
            taken.update(keys)
        behaviors.append(
            Behavior(
                id=identity,
                name=" ".join(str(item["name"]).split()),
                keys=tuple(str(k).lower() for k in keys),
                color=str(item.get("color") or PALETTE[(number - 1) % len(PALETTE)]),
                group=str(item.get("group") or "behavior"),
                definition=str(item.get("definition") or ""),
                examples=tuple((str(v), int(f)) for v, f in item.get("examples") or ()),
            )
        )
    return tuple(behaviors)


def _is_name(name: str) -> bool:
    """Whether a name stands on one line and is not that of a label which is no behavior."""
    breaks = any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name)
    return bool(name.strip()) and not breaks and name.casefold() not in (NONE_NAME, "unlabeled")


def _first_free(taken: set[int], wanted: int) -> int:
    while wanted in taken:
        wanted += 1
    return wanted


def _free_keys(name: str, number: int, taken: set[str]) -> list[str]:
    digit = [str(number)] if number <= 9 and str(number) not in taken else []
    letters = [c for c in name.lower() if _KEY.fullmatch(c) and c.isalpha() and c not in taken]
    return digit + letters[:1]
