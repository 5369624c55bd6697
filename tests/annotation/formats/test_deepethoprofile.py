"""DeepEthoProfile clip labels: every variant that is met, and the bytes that go out."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_files import HEADER_7, HEADER_8, HEADER_10, clip_text, home_cage, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import make_ethogram, preset
from napari_ethoprofile.annotation.formats import (
    LossError,
    fit_to,
    map_to,
    old_classes,
    read_labels,
    rename,
    sniff,
    write_labels,
)
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED

EIGHT = ["drink", "eat", "groom", "hang", "micromovement", "rear", "rest", "walk"]


def test_codes_are_read_by_the_names_of_the_header(tmp_path: Path) -> None:
    path = put(tmp_path, "a_map.csv", clip_text([0, 1, 7, 7, 4]))
    assert sniff(path) == "deepethoprofile"
    labels = read_labels(path)
    assert [behavior.name for behavior in labels.ethogram.behaviors] == EIGHT
    assert names_of(labels) == ["drink", "eat", "walk", "walk", "micromovement"]
    assert labels.report == []


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        ("C# annotator", clip_text([0, 1, 2], second="exclusive:1")),
        ("C# annotator, several", clip_text([0, 1, 2], second="exclusive:0")),
        ("no second line", clip_text([0, 1, 2], second="")),
        ("no trailing separator", clip_text([0, 1, 2], header=HEADER_8.rstrip("; "))),
        ("spaces", clip_text([0, 1, 2], header=" 0 : drink ;1:eat;  2:groom ;; ")),
        ("trailing blank lines", clip_text([0, 1, 2]) + "\n\n\n"),
        ("blank lines", "\n" + clip_text([0, 1, 2]).replace("annotation\n", "annotation\n\n")),
        ("CRLF", clip_text([0, 1, 2]).replace("\n", "\r\n")),
        ("CR", clip_text([0, 1, 2]).replace("\n", "\r")),
        ("byte-order mark", "\ufeff" + clip_text([0, 1, 2])),
        ("both", "\ufeff" + clip_text([0, 1, 2]).replace("\n", "\r\n")),
        ("trailing separators in rows", clip_text([0, 1, 2]).replace(";0\n", ";0;\n")),
        ("floats", clip_text(["0.0", "1.0", "2.0"])),
        ("spaces in cells", clip_text([" 0", "1 ", " 2 "])),
        ("no last line end", clip_text([0, 1, 2]).rstrip("\n")),
    ],
)
def test_every_layout_gives_the_same_labels(tmp_path: Path, variant: str, text: str) -> None:
    path = put(tmp_path, "a_map.csv", text)
    assert sniff(path) == "deepethoprofile", variant
    assert names_of(read_labels(path)) == ["drink", "eat", "groom"], variant


def test_ten_classes_keep_their_names_and_none_is_none(tmp_path: Path) -> None:
    labels = read_labels(put(tmp_path, "a_RS.csv", clip_text([0, 3, 4, 8, 9], header=HEADER_10)))
    assert names_of(labels) == ["none", "groom back", "groom", "rest", "walk"]
    assert labels.track.codes[0, 0] == NONE
    assert old_classes(labels) == {"groom back": "groom"}
    today = rename(labels, old_classes(labels))
    assert names_of(today) == ["none", "groom", "groom", "rest", "walk"]


def test_code_8_without_a_name_is_none_and_other_codes_are_unlabeled_and_told(tmp_path: Path) -> None:
    labels = read_labels(put(tmp_path, "a_map_new_v2.csv", clip_text([8, 9, 9, -1, 2])))
    assert names_of(labels) == ["none", "unlabeled", "unlabeled", "unlabeled", "groom"]
    assert any("2 frames have the code 9" in sentence for sentence in labels.report)
    assert any("1 frame has the code -1" in sentence for sentence in labels.report)


def test_blank_cells_are_unlabeled_and_told(tmp_path: Path) -> None:
    text = f"{HEADER_8}\nframe;annotation\n45000.0;2.0\n45001.0;\n;\n45003.0;nan\n45004.0;7.0\n"
    labels = read_labels(put(tmp_path, "a_map.csv", text))
    assert names_of(labels) == ["groom", "unlabeled", "unlabeled", "unlabeled", "walk"]
    assert any("3 frames have a blank label" in sentence for sentence in labels.report)
    assert any("1 frame has no frame number" in sentence for sentence in labels.report)


@pytest.mark.parametrize("first", [0, 1, 45000, 45001])
def test_the_frame_column_is_only_a_check_and_goes_out_as_it_came(tmp_path: Path, first: int) -> None:
    text = clip_text([6, 6, 7, 2], first=first)
    labels = read_labels(put(tmp_path, "a_map.csv", text))
    assert names_of(labels) == ["rest", "rest", "walk", "groom"]
    assert any(str(first) in sentence for sentence in labels.report) == (first != 0)
    write_labels(tmp_path / "a_map_new.csv", labels, "deepethoprofile")
    assert (tmp_path / "a_map_new.csv").read_bytes() == text.encode()


def test_a_frame_column_that_jumps_is_told_and_kept(tmp_path: Path) -> None:
    text = f"{HEADER_8}\nframe;annotation\n5;0\n6;1\n9;2\n10;3\n"
    labels = read_labels(put(tmp_path, "a_map.csv", text))
    assert names_of(labels) == ["drink", "eat", "groom", "hang"]
    assert any("jumps 1 time, first from 6 to 9 in row 3" in sentence for sentence in labels.report)
    write_labels(tmp_path / "out_map.csv", labels, "deepethoprofile")
    assert (tmp_path / "out_map.csv").read_bytes() == text.encode()


def test_7501_rows_for_7500_frames(tmp_path: Path) -> None:
    codes = [(frame // 30) % 8 for frame in range(7501)]
    labels = read_labels(put(tmp_path, "a_map.csv", clip_text(codes, first=45000)))
    fitted = fit_to(labels, 7500)
    assert fitted.frames == 7500
    np.testing.assert_array_equal(fitted.track.codes[:, 0], np.array(codes[:7500]) + 1)
    assert "The file has 7,501 rows for 7,500 frames; the last 1 row was left out." in fitted.report
    write_labels(tmp_path / "out_map.csv", fitted, "deepethoprofile")
    assert (tmp_path / "out_map.csv").read_text() == clip_text(codes[:7500], first=45000)


@given(codes=st.lists(st.integers(0, 7), min_size=1, max_size=80), first=st.integers(0, 600_000))
def test_bytes_to_labels_to_bytes(
    tmp_path_factory: pytest.TempPathFactory, codes: list[int], first: int
) -> None:
    folder = tmp_path_factory.mktemp("clip")
    text = clip_text(codes, first=first)
    labels = read_labels(put(folder, "a_map.csv", text))
    write_labels(folder / "a_map_new.csv", labels, "deepethoprofile")
    assert (folder / "a_map_new.csv").read_bytes() == text.encode()
    mapped = map_to(labels, preset("home-cage"))
    write_labels(folder / "b_map_new.csv", mapped, "deepethoprofile")
    assert (folder / "b_map_new.csv").read_bytes() == text.encode()


@given(
    header=st.sampled_from([HEADER_8, HEADER_10, "0:eat; 2:sniff;3:mm", HEADER_8 + "v3"]),
    second=st.sampled_from(["frame;annotation", "exclusive:1", "exclusive:0", "Frame;Annotation", ""]),
    codes=st.lists(st.sampled_from([0, 2, 3]), min_size=1, max_size=30),
    frames=st.lists(st.sampled_from(["0", "1", "45000", "7.0", "", "007"]), min_size=30, max_size=30),
    newline=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
    tail=st.sampled_from(["", "\n", "\n\n"]),
)
def test_any_layout_can_be_written_again_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory,
    header: str,
    second: str,
    codes: list[int],
    frames: list[str],
    newline: str,
    bom: bool,
    tail: str,
) -> None:
    folder = tmp_path_factory.mktemp("clip")
    rows = [f"{frame};{code}" for frame, code in zip(frames, codes, strict=False)]
    text = "\n".join([line for line in (header, second) if line] + rows) + tail
    data = (("\ufeff" if bom else "") + text.replace("\n", newline)).encode()
    labels = read_labels(put(folder, "a_map.csv", data), "deepethoprofile")
    write_labels(folder / "out.csv", labels, "deepethoprofile", layout="source")
    assert (folder / "out.csv").read_bytes() == data


def test_the_standard_layout_has_line_feeds_and_a_trailing_separator(tmp_path: Path) -> None:
    odd = "\ufeff" + clip_text([2, 4], second="exclusive:1").replace("\n", "\r\n")
    labels = read_labels(put(tmp_path, "a.csv", odd))
    write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile")
    assert (tmp_path / "a_map.csv").read_bytes() == clip_text([2, 4]).encode()


def test_unlabeled_frames_are_refused_until_they_are_called_none(tmp_path: Path) -> None:
    labels = home_cage([1, UNLABELED, UNLABELED, 2])
    with pytest.raises(LossError, match="2 frames are unlabeled") as refused:
        write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile")
    assert [loss.kind for loss in refused.value.losses] == ["unlabeled"]
    assert not (tmp_path / "a_map.csv").exists()
    with pytest.raises(LossError, match="none"):
        write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile", unlabeled="none")
    report = write_labels(tmp_path / "a_map_new_v2.csv", labels, "deepethoprofile", unlabeled="none")
    assert (tmp_path / "a_map_new_v2.csv").read_text() == clip_text([0, 8, 8, 1])
    assert report == ["2 frames are unlabeled: written with unlabeled=none."]


def test_none_is_written_as_8_only_where_it_is_expected_or_asked_for(tmp_path: Path) -> None:
    labels = home_cage([1, NONE, 2])
    for name in ("a_map.csv", "a_map_new.csv", "map_new_v2.csv"):
        with pytest.raises(LossError, match="1 frame is none"):
            write_labels(tmp_path / name, labels, "deepethoprofile")
    write_labels(tmp_path / "a_map_new_v2.csv", labels, "deepethoprofile")
    write_labels(tmp_path / "asked.csv", labels, "deepethoprofile", none="8")
    write_labels(tmp_path / "variant.csv", labels, "deepethoprofile", variant="map_new_v2")
    for name in ("a_map_new_v2.csv", "asked.csv", "variant.csv"):
        assert (tmp_path / name).read_text() == clip_text([0, 8, 1])
        assert map_to(read_labels(tmp_path / name), preset("home-cage")).track == labels.track


def test_other_classes_are_refused_with_their_names_and_numbers(tmp_path: Path) -> None:
    labels = home_cage([1, 2, 2])
    labels = type(labels)(labels.track, make_ethogram(["sniff", "mm"]))
    with pytest.raises(LossError, match=r"'sniff' \(1 frame\) is none of its eight classes"):
        write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile")
    write_labels(tmp_path / "own.csv", labels, "deepethoprofile", scheme="own")
    assert (tmp_path / "own.csv").read_text() == clip_text([0, 1, 1], header="0:sniff; 1:mm; ")


def test_own_classes_leave_the_code_of_none_free(tmp_path: Path) -> None:
    labels = home_cage([9, 0, 10])
    labels = type(labels)(labels.track, make_ethogram([f"b{n}" for n in range(10)]))
    write_labels(tmp_path / "own.csv", labels, "deepethoprofile", scheme="own", none="8")
    lines = (tmp_path / "own.csv").read_text().splitlines()
    assert lines[2:] == ["0;9", "1;8", "2;10"]
    assert names_of(read_labels(tmp_path / "own.csv")) == ["b8", "none", "b9"]


def test_ten_classes_are_not_written_where_eight_are_expected(tmp_path: Path) -> None:
    """The programs that read these files take the codes and never look at the header."""
    labels = read_labels(put(tmp_path, "a_RS.csv", clip_text([3, 4, 9], header=HEADER_10)))
    with pytest.raises(LossError, match="'groom back'"):
        write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile")
    write_labels(tmp_path / "a_map.csv", rename(labels, old_classes(labels)), "deepethoprofile")
    assert (tmp_path / "a_map.csv").read_text() == clip_text([2, 2, 7])


def test_frames_are_numbered_from_where_the_caller_says(tmp_path: Path) -> None:
    write_labels(tmp_path / "a_map.csv", home_cage([1, 2]), "deepethoprofile", first_frame=45000)
    assert (tmp_path / "a_map.csv").read_text() == clip_text([0, 1], first=45000)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{HEADER_8}\nframe;annotation\n0;1\n1;2.5\n", r"'2\.5' in line 4"),
        (f"{HEADER_8}\nframe;annotation\n0;1\n1;groom\n", "'groom' in line 4"),
        (f"{HEADER_8}\nframe;annotation\n0;1\n1;1e99\n", "'1e99' in line 4"),
        (f"{HEADER_8}\nframe;annotation\n", "no rows"),
        (f"{HEADER_8}\n", "no rows"),
        (f"{HEADER_8}\nframe;annotation\n0,1\n", "separated by ';'"),
        (f"{HEADER_8}\nframe;annotation\n0;1\n1;2;3\n", "line 4"),
        (f"{HEADER_8}\nframe;annotation\n0;1;5\n1;2;3\n", "more than 2 cells in line 3"),
        (clip_text([1], header="0:eat; 1:eat; "), "'eat' twice"),
        (clip_text([1], header="0:eat; 0:rest; "), "'0' twice"),
        (clip_text([1], header="0:eat; 1:; "), "no name"),
        (clip_text([1], header="0:eat; x:rest; "), "'x:rest'"),
        (clip_text([1], header="0:eat; 1:unlabeled; "), "unlabeled"),
    ],
)
def test_a_malformed_file_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = put(tmp_path, "a_map.csv", text)
    with pytest.raises(FormatError, match=sentence) as refused:
        read_labels(path, "deepethoprofile")
    assert str(path) in str(refused.value)


def test_the_merged_class_of_seven_stays_merged_or_is_left_to_be_decided(tmp_path: Path) -> None:
    path = put(tmp_path, "a_results_v4.csv", f"{HEADER_7}\nframe;annotation;time\n0;2;0\n1;6;40\n")
    labels = read_labels(path)
    assert names_of(labels) == ["mm+", "walk"]
    with pytest.raises(FormatError, match=r"mm\+ = unlabeled\) with --map-old-classes"):
        map_to(labels, preset("home-cage"))
    assert names_of(map_to(labels, preset("home-cage"), old_classes(labels))) == ["unlabeled", "walk"]
    merged = make_ethogram(["mm+", "walk"])
    assert old_classes(labels, merged) == {}
    assert names_of(map_to(labels, merged)) == ["mm+", "walk"]
