"""Caltech annotation files: gap-free streams, frames from 1, both ends included."""

from pathlib import Path

import numpy as np
import pytest
from label_files import in_groups, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Labels, losses, map_to, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

HEAD = "Caltech Behavior Annotator - Annotation File\n\nConfiguration file:\nbase\tz\nsocial\ts\nbite\tb\n\n"
COLUMNS = "\tstart\tend\ttype\n-----------------------------\n"
FIRST = f"S1:{COLUMNS}   \t1\t3\tbase\n   \t4\t4\tsocial\n   \t5\t6\tbase\n"
SECOND = f"\nS2:{COLUMNS}   \t1\t5\tbase\n   \t6\t6\t{{}}\n"


def test_frames_count_from_1_and_the_first_name_is_none(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", HEAD + FIRST)
    assert sniff(path) == "caltech"
    labels = read_labels(path)
    assert names_of(labels) == ["none", "none", "none", "social", "none", "none"]
    assert [behavior.name for behavior in labels.ethogram.behaviors] == ["social", "bite"]
    assert labels.report == ["'base' stands for no behavior: 5 frames taken as none."]
    assert names_of(read_labels(path, background="unlabeled"))[2:4] == ["unlabeled", "social"]
    assert names_of(read_labels(path, mapping={"none": "base"}))[2:4] == ["base", "social"]


def test_streams_become_groups_or_one_must_be_chosen(tmp_path: Path) -> None:
    labels = read_labels(put(tmp_path, "a.txt", HEAD + FIRST + SECOND.format("bite")))
    assert labels.ethogram.groups == ("S1", "S2")
    assert names_of(labels, 1) == ["none"] * 5 + ["bite"]
    path = put(tmp_path, "b.txt", HEAD + FIRST + SECOND.format("social"))
    with pytest.raises(FormatError, match=r"streams S1, S2; say which one \(subject=...\)"):
        read_labels(path)
    assert names_of(read_labels(path, subject="S2")) == ["none"] * 5 + ["social"]


def test_streams_of_different_lengths_and_gaps_are_told(tmp_path: Path) -> None:
    text = (
        HEAD
        + FIRST.replace("\t5\t6\tbase", "\t6\t6\tbase")
        + SECOND.format("bite").replace("\t6\t6\t", "\t6\t9\t")
    )
    labels = read_labels(put(tmp_path, "a.txt", text))
    assert (labels.track.codes[:, 0] == UNLABELED).nonzero()[0].tolist() == [4, 6, 7, 8]
    assert labels.report[:2] == ["1 frame is in no row of S1: unlabeled.", "S1 ends after 6 of 9 frames."]


def test_what_is_written_is_contiguous(tmp_path: Path) -> None:
    labels = Labels(LabelTrack(np.array([[1], [1], [NONE], [2]])), in_groups(a=["social", "other"]))
    path = tmp_path / "a.txt"
    write_labels(path, labels, "caltech")
    assert path.read_text() == (
        "Caltech Behavior Annotator - Annotation File\n\nConfiguration file:\n"
        "base\to\nsocial\t1\nother\t2\n\nS1:\tstart\tend\ttype\n-----------------------------\n"
        "   \t1\t2\tsocial\n   \t3\t3\tbase\n   \t4\t4\tother\n"
    )
    assert map_to(read_labels(path), labels.ethogram).track == labels.track


def test_the_name_of_no_behavior_is_kept_when_a_file_is_written_again(tmp_path: Path) -> None:
    labels = read_labels(put(tmp_path, "a.txt", HEAD + FIRST))
    write_labels(tmp_path / "b.txt", labels, "caltech")
    assert "\t1\t3\tbase\n" in (tmp_path / "b.txt").read_text()


def test_names_with_spaces_are_refused() -> None:
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(a=["walk fast"]))
    assert losses(labels, "caltech") == [
        "'walk fast' cannot be a name there: names are told apart by spaces; rename the behavior"
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("\t4\t4\tsocial", "\t4\t3\tsocial", "stops before it starts in line 11: 4 to 3"),
        ("\t4\t4\tsocial", "\t3\t4\tsocial", "line 11 that begins before the one above it ends"),
        ("\t4\t4\tsocial", "\t4\t4", "'4\t4' in line 11 where start, end and type"),
        ("\t4\t4\tsocial", "\t4.5\t5\tsocial", "in line 11 where start, end and type"),
        ("S1:", "X", "holds no stream of annotations"),
    ],
)
def test_a_malformed_file_is_refused_in_one_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_labels(put(tmp_path, "a.txt", (HEAD + FIRST).replace(old, new)), "caltech")
