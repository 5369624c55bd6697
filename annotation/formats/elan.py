"""ELAN annotation documents (``.eaf``): XML with a tier a group, times in whole milliseconds."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np

from ..ethogram import NONE_NAME, UNLABELED_NAME
from .bout_rows import DEFAULT_GROUP, Row, labels_of_rows
from .choosing import chosen_one
from .gap_writing import millisecond_losses, rate_to_write, remarks_of, remarks_on
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .rates import clock_difference, nearest_frames, times_of
from .text import HEAD_BYTES, Text
from .wording import counted

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAME = "elan"
_ROOT = "ANNOTATION_DOCUMENT"
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
#: Properties of documents that are written here: the frame rate, and that gaps are unlabeled.
_RATE, _GAPS = "ethoprofile.fps", "ethoprofile.gaps"
#: Linguistic types of the tiers that are written here.
_BOUTS, _REMARKS = "behavior", "remark"
_REMARK_TIER = "{} (remarks)"
#: Control characters that XML cannot hold.
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sniff(text: Text) -> bool:
    """Return whether the root element is that of an ELAN document."""
    return f"<{_ROOT}" in text.content[:HEAD_BYTES]


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read the tiers of one participant: values are behaviors, tiers groups, annotators apart.

    An annotation without a value has the name of its tier. Annotations that stand on no time of their own
    (on dependent tiers, or between two times) are counted and left out.

    Raises
    ------
    FormatError
        When the file is malformed or declares entities, or leaves open which participant or tier is meant,
        the frame rate, or what the frames between the annotations are.
    """
    root = _parsed(text)
    properties = {item.get("NAME"): item.text or "" for item in root.iterfind("HEADER/PROPERTY")}
    tiers = _tiers(root, text, options)
    own = _rate(properties)
    fps = options.fps or own
    if fps is None and options.times is None:
        raise text.error("gives milliseconds; say how many frames per second the recording has (fps).")
    rows, report = _rows(tiers, _slots(root, fps, text, options), text)
    dependent = len(root.findall("TIER/ANNOTATION/REF_ANNOTATION"))
    if dependent:
        report.append(f"{counted(dependent, 'annotation')} on dependent tiers left out.")
    shifted = [m.get("TIME_ORIGIN") for m in root.iterfind("HEADER/MEDIA_DESCRIPTOR") if m.get("TIME_ORIGIN")]
    if any(origin not in ("0", None) for origin in shifted):
        report.append(
            f"A recording is shifted by {shifted[0]} ms in the document; the times were taken as they are."
        )
    gaps = options.gaps or (UNLABELED_NAME if properties.get(_GAPS) == UNLABELED_NAME else None)
    return labels_of_rows(
        rows, text, replace(options, gaps=gaps), NAME, fps=fps,
        report=report + clock_difference(own, options.fps),
    )  # fmt: skip


@dataclass(frozen=True)
class _Slot:
    """A time of a document in milliseconds, and the frame that is nearest to it."""

    time: int
    frame: int


def _slots(root: Element, fps: float | None, text: Text, options: ReadOptions) -> dict[str | None, _Slot]:
    """Return the times of a document by their names; those without a value are not there."""
    found = {
        item.get("TIME_SLOT_ID"): item.get("TIME_VALUE") for item in root.iterfind("TIME_ORDER/TIME_SLOT")
    }
    try:
        times = {name: int(value) for name, value in found.items() if value is not None}
    except ValueError as error:
        raise text.error(f"has a time that is no whole number of milliseconds ({error}).") from error
    frames = nearest_frames(np.array([*times.values()], np.float64) / 1000, fps, options.times)
    numbers = (frames - options.first_frame).tolist()
    return {name: _Slot(time, frame) for (name, time), frame in zip(times.items(), numbers, strict=True)}


def _rate(properties: dict[str | None, str]) -> float | None:
    """Return the frame rate that a document of ours gives."""
    try:
        return float(properties.get(_RATE) or 0) or None
    except ValueError:
        return None


def _parsed(text: Text) -> Element:
    """Return the root of the document; entities and document types are refused."""
    import defusedxml
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(text.content.lstrip(), forbid_dtd=True)
    except defusedxml.DefusedXmlException as error:
        raise text.error(
            "declares a document type or entities, as no ELAN file does; it is not read."
        ) from error
    except (ElementTree.ParseError, ValueError) as error:
        raise text.error(f"is no complete XML ({error}); it may be cut off.") from error
    if root.tag != _ROOT:
        raise text.error(f"is no ELAN document: its root is '{root.tag}'.")
    return root


def _tiers(root: Element, text: Text, options: ReadOptions) -> list[Element]:
    """Return the tiers to read."""
    tiers = list(root.iterfind("TIER"))
    names = [tier.get("TIER_ID", "") for tier in tiers]
    if options.tier is not None:
        wanted = [name.strip().casefold() for name in options.tier.split(",")]
        lacking = [name for name in wanted if name not in {known.casefold() for known in names}]
        if lacking:
            raise text.error(f"holds the tiers {', '.join(names)}, but no '{lacking[0]}'.")
        return [tier for tier, name in zip(tiers, names, strict=True) if name.casefold() in wanted]
    held = [tier for tier in tiers if tier.find("ANNOTATION/ALIGNABLE_ANNOTATION") is not None]
    people = list(dict.fromkeys(tier.get("PARTICIPANT", "") for tier in held))
    if len(people) > 1 or options.subject is not None:
        named = [person or "(nobody)" for person in people]
        chosen = chosen_one(text, "subject", named, options.subject, noun="participant")
        held = [tier for tier in held if (tier.get("PARTICIPANT", "") or "(nobody)") == chosen]
    return held


def _rows(tiers: list[Element], slots: dict[str | None, _Slot], text: Text) -> tuple[list[Row], list[str]]:
    """Return the annotations as bouts; those of one behavior are in one group, whoever made them."""
    rows: list[Row] = []
    remarks: list[Row] = []
    groups: dict[str, str] = {}
    homes: dict[tuple[str, str], str] = {}
    unaligned = 0
    for tier in tiers:
        tier_id, annotator = tier.get("TIER_ID", "") or DEFAULT_GROUP, tier.get("ANNOTATOR", "")
        for item in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
            start, stop = (slots.get(item.get(f"TIME_SLOT_REF{end}")) for end in (1, 2))
            if start is None or stop is None:
                unaligned += 1
                continue
            first, last = _frames(start, stop, text)
            value = (item.findtext("ANNOTATION_VALUE") or "").strip()
            if tier.get("LINGUISTIC_TYPE_REF") == _REMARKS:
                on = tier_id.removesuffix(_REMARK_TIER.format(""))
                remarks.append(Row(first, last, value, on, annotator))
                continue
            name = " ".join((value or tier_id).split())
            group = tier_id
            if name.casefold() not in (NONE_NAME, UNLABELED_NAME):
                home = homes.setdefault((annotator, name.casefold()), tier_id)
                if home != tier_id:
                    where = f"the tiers '{home}' and '{tier_id}'"
                    raise text.error(f"has '{name}' on {where}; say which one (tier=...).")
                group = groups.setdefault(name.casefold(), tier_id)
            rows.append(Row(first, last, name, group, annotator))
    report = [f"{counted(unaligned, 'annotation')} without times of its own left out."] if unaligned else []
    return _noted(rows, remarks), report


def _noted(rows: list[Row], remarks: list[Row]) -> list[Row]:
    """Return the rows with the remarks on them; a remark on nothing becomes an unlabeled row."""
    found = list(rows)
    places = {(row.annotator, row.group, row.start, row.stop): number for number, row in enumerate(rows)}
    for note in remarks:
        on = places.get((note.annotator, note.group, note.start, note.stop))
        if on is not None:
            found[on] = replace(found[on], note=note.name)
        else:
            found.append(replace(note, name=UNLABELED_NAME, note=note.name))
    return found


def _frames(start: _Slot, stop: _Slot, text: Text) -> tuple[int, int]:
    """Return the first frame of an annotation and its stop frame; it has one frame at least."""
    if stop.time < start.time:
        raise text.error(f"has an annotation that stops before it starts: {start.time} to {stop.time} ms.")
    if start.frame < 0:
        raise text.error(f"has an annotation that starts before the first frame: at {start.time} ms.")
    return start.frame, max(stop.frame, start.frame + 1)


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a document cannot hold: frames shorter than milliseconds."""
    return millisecond_losses(labels, options)


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a document: a tier a group; none is written out, a gap is unlabeled."""
    fps = rate_to_write(labels, options, "An ELAN document")
    now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    root = ElementTree.Element(
        _ROOT,
        {
            "AUTHOR": labels.annotator or "",
            "DATE": now,
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": _SCHEMA,
        },
    )
    _head(root, labels, fps)
    _body(root, labels, options, fps)
    for name in (_BOUTS, _REMARKS):
        kind = {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": name, "TIME_ALIGNABLE": "true"}
        ElementTree.SubElement(root, "LINGUISTIC_TYPE", kind)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _head(root: Element, labels: Labels, fps: float) -> None:
    header = ElementTree.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    if labels.media:
        media = {"MEDIA_URL": labels.media, "MIME_TYPE": "video/*", "RELATIVE_MEDIA_URL": f"./{labels.media}"}
        ElementTree.SubElement(header, "MEDIA_DESCRIPTOR", _legal(media))
    for name, value in ((_RATE, repr(fps)), (_GAPS, UNLABELED_NAME)):
        ElementTree.SubElement(header, "PROPERTY", {"NAME": name}).text = value


def _body(root: Element, labels: Labels, options: WriteOptions, fps: float) -> None:
    """Write the times and the tiers."""
    order = ElementTree.SubElement(root, "TIME_ORDER")
    items: list[tuple[Element, int, int, str]] = []
    remarks = remarks_of(labels)
    for group, name in enumerate(labels.ethogram.groups):
        about = {"ANNOTATOR": labels.annotator} if labels.annotator else {}
        tier = _tier(root, name, _BOUTS, about)
        bouts = labels.track.bouts(group)
        items += [(tier, b.start, b.stop, labels.ethogram.label_name(b.label)) for b in bouts]
        noted = [b for b in labels.track.bouts(group, unlabeled=True) if remarks and remarks_on(b, remarks)]
        if noted:
            tier = _tier(root, _REMARK_TIER.format(name), _REMARKS, about)
            items += [(tier, b.start, b.stop, remarks_on(b, remarks)) for b in noted]
    bounds = np.array([item[1:3] for item in items], np.int64).reshape(-1, 2)
    counted_frames = bounds if options.times is not None else bounds + options.first_frame
    seconds = times_of(counted_frames, fps, options.times)
    times = np.rint(np.asarray(seconds) * 1000).astype(np.int64)
    slots = np.argsort(times.ravel(), kind="stable")
    names = np.empty(slots.size, dtype=object)
    for number, place in enumerate(slots.tolist(), start=1):
        names[place] = f"ts{number}"
        slot = {"TIME_SLOT_ID": f"ts{number}", "TIME_VALUE": str(times.ravel()[place])}
        ElementTree.SubElement(order, "TIME_SLOT", slot)
    for number, (tier, _start, _stop, value) in enumerate(items):
        place = ElementTree.SubElement(ElementTree.SubElement(tier, "ANNOTATION"), "ALIGNABLE_ANNOTATION")
        place.set("ANNOTATION_ID", f"a{number + 1}")
        place.set("TIME_SLOT_REF1", names[2 * number])
        place.set("TIME_SLOT_REF2", names[2 * number + 1])
        ElementTree.SubElement(place, "ANNOTATION_VALUE").text = _ILLEGAL.sub(" ", value)


def _tier(root: Element, name: str, kind: str, about: dict[str, Any]) -> Element:
    return ElementTree.SubElement(
        root, "TIER", _legal({"LINGUISTIC_TYPE_REF": kind, "TIER_ID": name, **about})
    )


def _legal(attributes: dict[str, str]) -> dict[str, str]:
    return {name: _ILLEGAL.sub(" ", value) for name, value in attributes.items()}


FORMAT = Format(
    name=NAME,
    title="ELAN annotation document",
    ending=".eaf",
    cannot_hold=(
        "how many unlabeled frames follow the last annotation (give the number of frames when reading)",
        "behaviors that never occur",
        "frame times finer than milliseconds",
        "provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
    holds_notes=True,
)
