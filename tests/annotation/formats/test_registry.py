"""What all formats share: telling them apart, refusing, never replacing silently."""

import os
from pathlib import Path

import numpy as np
import pytest
from label_files import clip_text, home_cage, in_groups, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import (
    FORMATS,
    Labels,
    LossError,
    get_format,
    losses,
    map_to,
    read_labels,
    sniff,
    write_labels,
)
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "formats.md"


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_writes_it_recognizes_and_reads(tmp_path: Path, name: str) -> None:
    labels = home_cage([1, 2, 3, 4, 5, 6, 7, 8, 8, 1] * 11, fps=25.0)
    path = tmp_path / f"a{FORMATS[name].ending}"
    options = {}
    if name == "nwb":
        options["session_start"] = "2026-05-01T09:00:00+02:00"
    if name == "simba":
        rows = [f"{frame},1.5,2.5,0.9" for frame in range(110)]
        features = put(tmp_path, "features.csv", "\n".join([",nose_x,nose_y,nose_p", *rows, ""]))
        options["features"] = str(features)
    assert write_labels(path, labels, name, **options) == []
    if name != "one-hot":  # with a background column it looks like DeepEthogram's, and means the same
        assert sniff(path) == name
    back = read_labels(path, name, frames=110)
    assert map_to(back, labels.ethogram).track == labels.track
    assert (back.format, back.source) == (name, path)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89HDF\r\n\x1a\n\0\0\0", "is a binary file, in no format that is known here"),
        (b"MATLAB 5.0 MAT-file\0\0\0", "is a binary file, in no format that is known here"),
        (b"\x1f\x8b\x08\0\0", "is compressed and damaged"),
        (b"<ANNOTATION_DOCUMENT", "is no complete XML"),
        (b'{"project_name": "p", "behaviors_conf": 1', "is no complete JSON"),
        (b"{}", "is in no format that is known here"),
        ("a;b\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"0:gr\xf6om; \nframe;annotation\n0;0\n", r"is not UTF-8 \(line 1, byte 4\)"),
        (b"hello\n", "is in no format that is known here"),
        (b"x,y,likelihood\n1.5,2.5,0.9\n", "is in no format that is known here"),
    ],
)
def test_files_without_labels_are_refused_in_one_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = put(tmp_path, "a.csv", data)
    known = sentence.startswith("is no complete")
    for function in (read_labels,) if known else (sniff, read_labels):
        with pytest.raises(FormatError, match=sentence) as refused:
            function(path)
        assert str(path) in str(refused.value)
        assert "\n" not in str(refused.value)


def test_a_letter_on_the_edge_of_what_is_looked_at_is_no_damage(tmp_path: Path) -> None:
    text = "frame,time_s,behavior\n" + "0,,gröömen\n" * 8000
    for shift in range(3):
        path = put(tmp_path, "a.csv", " " * shift + text)
        assert sniff(path) == "frames"


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no label file"):
        read_labels(tmp_path / "absent.csv")
    with pytest.raises(FormatError, match="folder"):
        read_labels(tmp_path)
    with pytest.raises(FormatError, match="nothing was changed"):
        write_labels(tmp_path / "absent" / "a.csv", home_cage([1]), "bouts")


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FormatError, match=r"no label format 'excel'; the formats are .*bouts"):
        get_format("excel")


def test_a_file_is_never_replaced_silently(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "precious")
    with pytest.raises(FormatError, match="is there already"):
        write_labels(path, home_cage([1]), "bouts")
    assert path.read_text() == "precious"
    write_labels(path, home_cage([1]), "bouts", overwrite=True)
    assert sniff(path) == "bouts"


def test_a_refused_or_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, "a.csv", "precious")
    with pytest.raises(LossError):
        write_labels(path, home_cage([UNLABELED]), "deepethoprofile", overwrite=True)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FormatError, match="No space left on device"):
        write_labels(path, home_cage([1]), "bouts", overwrite=True)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.csv", "precious")]


def test_all_losses_are_said_at_once_and_each_names_its_way_out(tmp_path: Path) -> None:
    ethogram = in_groups(a=["eat"], b=["groom", "sniff"])
    labels = Labels(LabelTrack(np.array([[1, 2], [NONE, NONE], [UNLABELED, UNLABELED], [NONE, 3]])), ethogram)
    found = losses(labels, "deepethoprofile")
    assert len(found) == 4
    assert "overlaps=priority" in found[0]
    assert "unlabeled=none" in found[1]
    assert "'sniff' (1 frame)" in found[2]
    assert "none=8" in found[3]
    with pytest.raises(LossError) as refused:
        write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile")
    assert [loss.kind for loss in refused.value.losses] == ["overlaps", "unlabeled", "scheme", "none"]
    report = write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile", allow_loss=True)
    assert (tmp_path / "a_map.csv").read_text() == clip_text([0, 8, 8, 2], header="0:eat; 1:groom; 2:sniff; ")
    assert len(report) == 4
    assert report[0].endswith("written with overlaps=priority.")


def test_a_choice_that_a_format_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="The option none is 8 for this format, not 'groom'"):
        write_labels(tmp_path / "a.csv", home_cage([NONE]), "deepethoprofile", none="groom")
    with pytest.raises(FormatError, match="no option 'nones'"):
        write_labels(tmp_path / "a.csv", home_cage([NONE]), "deepethoprofile", nones="8")


def test_the_caller_says_who_labeled_where_the_file_does_not(tmp_path: Path) -> None:
    path = put(tmp_path, "a_map.csv", clip_text([1, 2]))
    labels = read_labels(path, annotator="Ada", mapping={"eat": "chew"}, frames=2)
    assert labels.annotator == "Ada"
    assert "chew" in {behavior.name for behavior in labels.ethogram.behaviors}


def test_the_documentation_lists_every_format_with_what_it_cannot_hold() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    for known in FORMATS.values():
        assert f"`{known.name}`" in text
        assert f"`X{known.ending}`" in text
        for phrase in known.cannot_hold:
            assert f"- {phrase}\n" in text, (known.name, phrase)
