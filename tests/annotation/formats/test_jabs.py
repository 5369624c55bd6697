"""JABS labels: blocks with both ends included, behavior, not behavior and nothing said."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from label_files import in_groups, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Labels, Mark, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack


def content(**more: Any) -> dict[str, Any]:
    blocks = {"groom": [{"start": 0, "end": 1, "present": True}, {"start": 3, "end": 3, "present": False}]}
    cut = {"groom": [{"start": 0, "end": 0, "present": True}]}
    return {
        "version": 1, "file": "a.avi", "num_frames": 5, "labels": {"0": cut},
        "unfragmented_labels": {"0": blocks}, "metadata": {"project": {}, "video": {}}, **more,
    }  # fmt: skip


def file(folder: Path, **more: Any) -> Path:
    return put(folder, "a.json", json.dumps(content(**more)))


def test_blocks_include_both_ends_and_say_what_is_not_there(tmp_path: Path) -> None:
    path = file(tmp_path, labeler="Ada")
    assert sniff(path) == "jabs"
    labels = read_labels(path)
    assert names_of(labels) == ["groom", "groom", "unlabeled", "none", "unlabeled"]
    assert labels.annotator == "Ada"


def test_old_files_have_one_set_of_labels(tmp_path: Path) -> None:
    plain = content()
    plain["labels"] = plain.pop("unfragmented_labels")
    assert names_of(read_labels(put(tmp_path, "a.json", json.dumps(plain))))[1] == "groom"


def test_which_animal_must_be_said(tmp_path: Path) -> None:
    block = [{"start": 4, "end": 4, "present": True}]
    path = file(tmp_path, unfragmented_labels={"0": {"rear": block}, "1": {"groom": block}, "2": {}})
    with pytest.raises(FormatError, match=r"animals 0, 1; say which one \(subject=...\)"):
        read_labels(path)
    assert names_of(read_labels(path, subject="1"))[4] == "groom"


def test_notes_on_the_timeline_come_and_go(tmp_path: Path) -> None:
    notes = [
        {"start": 1, "end": 2, "tag": "odd", "color": "#000000", "description": "tail only"},
        {"start": 0, "end": 0, "tag": "dark", "color": "#000000", "identity": "0"},
        {"start": 0, "end": 0, "tag": "other", "color": "#000000", "identity": "7"},
    ]
    labels = read_labels(file(tmp_path, annotations=notes))
    assert labels.marks == (Mark(0, 1, note="dark"), Mark(1, 3, note="tail only"))
    write_labels(tmp_path / "b.json", labels, "jabs")
    assert read_labels(tmp_path / "b.json").marks == labels.marks
    assert json.loads((tmp_path / "b.json").read_text())["annotations"][1]["tag"] == "tail-only"


def test_in_an_exclusive_group_one_behavior_says_that_the_others_are_not_there(tmp_path: Path) -> None:
    ethogram = in_groups(a=["groom", "rear"])
    labels = Labels(
        LabelTrack(np.array([[1], [2], [NONE], [UNLABELED]])), ethogram, annotator="Ada", media="m.avi"
    )
    assert write_labels(tmp_path / "a.json", labels, "jabs") == []
    written = json.loads((tmp_path / "a.json").read_text())
    assert written["file"] == "m.avi"
    assert written["num_frames"] == 4
    assert written["labels"] == written["unfragmented_labels"]
    assert written["labels"]["0"] == {
        "groom": [{"start": 0, "end": 0, "present": True}, {"start": 1, "end": 2, "present": False}],
        "rear": [
            {"start": 0, "end": 0, "present": False},
            {"start": 1, "end": 1, "present": True},
            {"start": 2, "end": 2, "present": False},
        ],
    }


def test_overlapping_blocks_are_counted(tmp_path: Path) -> None:
    blocks = [{"start": 0, "end": 3, "present": True}, {"start": 2, "end": 2, "present": False}]
    labels = read_labels(file(tmp_path, unfragmented_labels={"0": {"groom": blocks}}))
    assert names_of(labels) == ["groom", "groom", "none", "groom", "unlabeled"]
    assert labels.report == ["On 1 frame blocks overlap: the later one was taken."]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {"unfragmented_labels": {"0": {"g": [{"start": 3, "end": 5, "present": True}]}}},
            "'g' from 3 to 5, not on",
        ),
        ({"unfragmented_labels": {"0": {"g": [{"start": 3}]}}}, "no JABS file"),
        ({"unfragmented_labels": []}, "no JABS file"),
        ({"unfragmented_labels": {}}, "holds no animal"),
        ({"num_frames": 0}, "says that the recording has 0 frames"),
    ],
)
def test_a_malformed_file_is_refused_in_one_sentence(
    tmp_path: Path, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_labels(file(tmp_path, **more))


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    text = json.dumps(content())
    with pytest.raises(FormatError, match="no complete JSON"):
        read_labels(put(tmp_path, "a.json", text[: len(text) // 2]), "jabs")
