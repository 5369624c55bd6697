"""ELAN documents: milliseconds to the nearest frame, tiers, people, and no entities."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from label_files import in_groups, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Labels, Mark, read_all, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

Tier = tuple[str, dict[str, str], list[tuple[int | None, int | None, str]]]


def document(folder: Path, *tiers: Tier, header: str = "", extra: str = "") -> Path:
    """Write a document the way ELAN does: times in one list, annotations that refer to them."""
    slots, body = [], []
    for name, attributes, annotations in tiers:
        about = "".join(f' {key}="{value}"' for key, value in attributes.items())
        body.append(f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="default-lt"{about}>')
        for start, stop, value in annotations:
            references = []
            for time in (start, stop):
                slots.append(f' TIME_VALUE="{time}"' if time is not None else "")
                references.append(f"ts{len(slots)}")
            body.append(
                f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{len(slots)}" '
                f'TIME_SLOT_REF1="{references[0]}" TIME_SLOT_REF2="{references[1]}">'
                f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>"
                "</ALIGNABLE_ANNOTATION></ANNOTATION>"
            )
        body.append("</TIER>")
    order = "".join(f'<TIME_SLOT TIME_SLOT_ID="ts{n}"{time}/>' for n, time in enumerate(slots, start=1))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-05-01T09:00:00+02:00" FORMAT="3.0" VERSION="3.0">\n'
        f'<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">{header}</HEADER>\n'
        f"<TIME_ORDER>{order}</TIME_ORDER>\n{''.join(body)}{extra}</ANNOTATION_DOCUMENT>\n"
    )
    return put(folder, "a.eaf", text)


def spans(labels: Labels) -> list[tuple[int, int, str]]:
    bouts = [bout for group in range(labels.track.groups) for bout in labels.track.bouts(group)]
    return [(b.start, b.stop, labels.ethogram.label_name(b.label)) for b in sorted(bouts) if b.label > NONE]


def test_milliseconds_become_the_nearest_frame(tmp_path: Path) -> None:
    # At 29.97 fps frame 1 begins at 33.37 ms, frame 30 at 1001 ms; rounded down, 33 ms would be frame 0.
    path = document(tmp_path, ("posture", {}, [(33, 1001, "sit"), (1001, 1034, "run")]))
    assert sniff(path) == "elan"
    labels = read_labels(path, fps=30000 / 1001, gaps="none")
    assert spans(labels) == [(1, 30, "sit"), (30, 31, "run")]
    assert labels.ethogram.groups == ("posture",)


def test_tiers_are_groups_and_an_empty_value_is_its_tier(tmp_path: Path) -> None:
    path = document(
        tmp_path, ("posture", {}, [(0, 400, "sit")]), ("call", {}, [(200, 240, ""), (360, 400, " ")])
    )
    labels = read_labels(path, fps=25, gaps="none")
    assert labels.ethogram.groups == ("posture", "call")
    assert spans(labels) == [(0, 10, "sit"), (5, 6, "call"), (9, 10, "call")]
    assert spans(read_labels(path, fps=25, gaps="none", tier="call")) == [(5, 6, "call"), (9, 10, "call")]
    with pytest.raises(FormatError, match="holds the tiers posture, call, but no 'voice'"):
        read_labels(path, fps=25, gaps="none", tier="voice")


def test_annotators_are_kept_apart_and_participants_must_be_chosen(tmp_path: Path) -> None:
    people = [{"ANNOTATOR": "Ada", "PARTICIPANT": "m1"}, {"ANNOTATOR": "Ben", "PARTICIPANT": "m1"}]
    tiers = [(f"p@{who['ANNOTATOR']}", who, [(40 * n, 80, "sit")]) for n, who in enumerate(people)]
    found = read_all(document(tmp_path, *tiers), fps=25, gaps="none")
    assert [(labels.annotator, spans(labels)) for labels in found] == [
        ("Ada", [(0, 2, "sit")]),
        ("Ben", [(1, 2, "sit")]),
    ]
    assert found[0].ethogram == found[1].ethogram
    with pytest.raises(FormatError, match=r"holds the labels of Ada, Ben; say whose"):
        read_labels(document(tmp_path, *tiers), fps=25, gaps="none")
    path = document(tmp_path, *tiers, ("other", {"PARTICIPANT": "m2"}, [(0, 40, "run")]))
    with pytest.raises(FormatError, match=r"participants m1, m2; say which one \(subject=...\)"):
        read_all(path, fps=25, gaps="none")
    assert spans(read_labels(path, fps=25, gaps="none", subject="m2")) == [(0, 1, "run")]


def test_one_behavior_on_two_tiers_asks_for_the_tier(tmp_path: Path) -> None:
    path = document(tmp_path, ("a", {}, [(0, 40, "sit")]), ("b", {}, [(40, 80, "Sit")]))
    with pytest.raises(FormatError, match=r"'Sit' on the tiers 'a' and 'b'; say which one \(tier=...\)"):
        read_labels(path, fps=25, gaps="none")
    assert spans(read_labels(path, fps=25, gaps="none", tier="b")) == [(1, 2, "Sit")]


def test_what_stands_on_no_time_is_counted(tmp_path: Path) -> None:
    dependent = (
        '<TIER TIER_ID="words" LINGUISTIC_TYPE_REF="x" PARENT_REF="p"><ANNOTATION><REF_ANNOTATION '
        'ANNOTATION_ID="r1" ANNOTATION_REF="a2"><ANNOTATION_VALUE>why</ANNOTATION_VALUE></REF_ANNOTATION>'
        "</ANNOTATION></TIER>"
    )
    header = '<MEDIA_DESCRIPTOR MEDIA_URL="a.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="500"/>'
    tier = ("p", {}, [(0, 40, "sit"), (40, None, "run")])
    labels = read_labels(document(tmp_path, tier, header=header, extra=dependent), fps=25, gaps="none")
    assert spans(labels) == [(0, 1, "sit")]
    assert labels.report == [
        "1 annotation without times of its own left out.",
        "1 annotation on dependent tiers left out.",
        "A recording is shifted by 500 ms in the document; the times were taken as they are.",
    ]


def test_a_document_of_ours_keeps_none_unlabeled_and_remarks(tmp_path: Path) -> None:
    codes = np.array([[1], [1], [NONE], [UNLABELED], [UNLABELED], [2]])
    marks = (Mark(0, 2, 0, note="sure? <b>&", uncertain=True), Mark(3, 5, 0, note="dark\x07"))
    ethogram = in_groups(posture=["sit", "run"])
    labels = Labels(
        LabelTrack(codes), ethogram, fps=30000 / 1001, annotator="Ada", marks=marks, media="m 1.mp4"
    )
    path = tmp_path / "a.eaf"
    assert write_labels(path, labels, "elan") == []
    back = read_labels(path)
    assert back.track == labels.track
    assert (back.annotator, back.fps) == ("Ada", 30000 / 1001)
    assert [mark.note for mark in back.marks] == ["uncertain: sure? <b>&", "dark"]
    root = ElementTree.parse(path).getroot()
    slots = [int(slot.get("TIME_VALUE")) for slot in root.iterfind("TIME_ORDER/TIME_SLOT")]
    assert slots == sorted(slots)
    assert slots[:2] == [0, 0]
    assert max(slots) == 200  # frame 6 begins at 200.2 ms
    children = [child.tag for child in root]
    assert children == ["HEADER", "TIME_ORDER", "TIER", "TIER", "LINGUISTIC_TYPE", "LINGUISTIC_TYPE"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    '<ANNOTATION_DOCUMENT><HEADER/><TIME_ORDER/><TIER TIER_ID="&c;"/></ANNOTATION_DOCUMENT>'
)
HALF = '<TIME_ORDER><TIME_SLOT TIME_VALUE="1.5"/></TIME_ORDER>'
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    "<ANNOTATION_DOCUMENT><HEADER>&a;</HEADER></ANNOTATION_DOCUMENT>"
)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_are_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "a.eaf", text)
    with pytest.raises(
        FormatError, match="declares a document type or entities, as no ELAN file does"
    ) as refused:
        read_labels(path, fps=25, gaps="none")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("<ANNOTATION_DOCUMENT><HEADER>", {}, "no complete XML"),
        ("<html></html>", {}, "no ELAN document: its root is 'html'"),
        ("<ANNOTATION_DOCUMENT/>", {}, r"gives milliseconds; say how many frames per second .* \(fps\)"),
        ("<ANNOTATION_DOCUMENT/>", {"fps": 25}, "holds no bout"),
        (
            f"<ANNOTATION_DOCUMENT>{HALF}</ANNOTATION_DOCUMENT>",
            {"fps": 25},
            "no whole number of milliseconds",
        ),
    ],
)
def test_a_malformed_document_is_refused_in_one_sentence(
    tmp_path: Path, text: str, options: dict[str, float], sentence: str
) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_labels(put(tmp_path, "a.eaf", text), "elan", **options)


def test_annotations_that_run_backwards_or_begin_too_early_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="stops before it starts: 80 to 40 ms"):
        read_labels(document(tmp_path, ("p", {}, [(80, 40, "sit")])), fps=25, gaps="none")
    with pytest.raises(FormatError, match="before the first frame: at -80 ms"):
        read_labels(document(tmp_path, ("p", {}, [(-80, 40, "sit")])), fps=25, gaps="none")
