"""Our full table: one row a frame."""

from pathlib import Path

import numpy as np
import pytest
from label_files import home_cage, in_groups, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Labels, LossError, map_to, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack


def test_the_table_says_everything_about_every_frame(tmp_path: Path) -> None:
    ethogram = in_groups(posture=["sit", "run"], voice=["call, loud"])
    labels = Labels(
        LabelTrack(np.array([[1, NONE], [2, 3], [UNLABELED, UNLABELED], [NONE, UNLABELED]])),
        ethogram,
        fps=25.0,
    )
    path = tmp_path / "a_frames.csv"
    write_labels(path, labels, "frames")
    assert path.read_text() == (
        "frame,time_s,posture,voice\n"
        '0,0.000000,sit,none\n1,0.040000,run,"call, loud"\n2,0.080000,,\n3,0.120000,none,\n'
    )
    assert sniff(path) == "frames"
    back = read_labels(path)
    assert back.fps == 25.0
    assert back.ethogram.groups == ("posture", "voice")
    assert map_to(back, ethogram).track == labels.track


def test_seconds_are_empty_without_a_rate_and_exact_with_stamps(tmp_path: Path) -> None:
    write_labels(tmp_path / "a.csv", home_cage([1, 2]), "frames")
    assert (tmp_path / "a.csv").read_text() == "frame,time_s,behavior\n0,,drink\n1,,eat\n"
    assert read_labels(tmp_path / "a.csv").fps is None
    stamps = np.array([0.0, 0.1, 0.35])
    write_labels(tmp_path / "b.csv", home_cage([1, 2]), "frames", times=stamps, first_frame=1)
    assert (tmp_path / "b.csv").read_text() == "frame,time_s,behavior\n1,0.100000,drink\n2,0.350000,eat\n"


def test_an_unlabeled_table_is_still_recognized(tmp_path: Path) -> None:
    write_labels(tmp_path / "a.csv", home_cage([UNLABELED] * 12), "frames")
    assert sniff(tmp_path / "a.csv") == "frames"
    assert read_labels(tmp_path / "a.csv").track.coverage().unlabeled == 12


def test_a_simple_table_of_another_tool(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "frame,behavior\n0,rest\n1,rest\n2,\n3,Rest\n4,none\n")
    assert sniff(path) == "frames"
    assert names_of(read_labels(path)) == ["rest", "rest", "unlabeled", "rest", "none"]


def test_frame_numbers_go_out_as_they_came_in(tmp_path: Path) -> None:
    text = "frame,time_s,behavior\n45000,,eat\n45001,,rest\n"
    labels = read_labels(put(tmp_path, "a.csv", text))
    assert labels.report == ["The frame column begins at 45000; rows are taken in their order."]
    write_labels(tmp_path / "b.csv", labels, "frames")
    assert (tmp_path / "b.csv").read_text() == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("frame,behavior\n0,eat\n2,rest\n", "in row 2 does not follow"),
        ("frame,behavior\nx,eat\n", "in row 1"),
        ("frame,behavior\n0,eat\n1,rest,7\n", "more than 2 cells in line 3"),
        ("frame,behavior\n", "no rows"),
        ("frame,time_s\n0,0\n", "at least one column of names"),
        ("frame,a,b\n0,eat,eat\n", "'eat' in the columns 'a' and 'b'"),
        ("frame,a,a\n0,eat,\n", "two columns called 'a'"),
    ],
)
def test_a_malformed_table_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = put(tmp_path, "a.csv", text)
    with pytest.raises(FormatError, match=sentence) as refused:
        read_labels(path, "frames")
    assert str(path) in str(refused.value)


def test_a_group_that_is_called_like_a_column_is_refused(tmp_path: Path) -> None:
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(frame=["eat"]))
    with pytest.raises(LossError, match="called like another column"):
        write_labels(tmp_path / "a.csv", labels, "frames")
