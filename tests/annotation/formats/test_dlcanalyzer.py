"""DLCAnalyzer tables: inclusive ends, later rows, several raters and recordings, real mess."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from label_files import home_cage, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.formats import (
    Labels,
    LossError,
    map_to,
    read_all,
    read_labels,
    sniff,
    write_labels,
)
from napari_ethoprofile.annotation.tracks import LabelTrack
from realdata import realdata_file

HEADER = "file;Experimenter;from;to;type;ID;DLCFile\n"


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    return put(folder, "a.csv", header + "".join(f"{row}\n" for row in rows))


def read_one(folder: Path, *rows: str, **options: object) -> list[str]:
    return names_of(read_labels(table(folder, *rows), **options))


def test_both_ends_are_included_and_gaps_are_none(tmp_path: Path) -> None:
    names = read_one(tmp_path, "f;Jin;0.04;0.08;Rear;V1;d", "f;Jin;0.16;0.199;Groom;V1;d")
    assert names == ["none", "Rear", "Rear", "none", "Groom"]
    assert read_one(tmp_path, "f;Jin;0.04;0.08;Rear;V1;d", gaps="unlabeled") == ["unlabeled", "Rear", "Rear"]


def test_the_rate_can_be_another_one(tmp_path: Path) -> None:
    assert read_one(tmp_path, "f;Jin;0.2;0.4;Rear;V1;d", fps=10.0) == ["none", "none", "Rear", "Rear", "Rear"]


def test_the_later_row_wins_and_the_frames_are_counted(tmp_path: Path) -> None:
    rows = ("f;Jin;0;0.16;Rear;V1;d", "f;Jin;0.08;0.24;Groom;V1;d", "f;Jin;0;0;Rear;V1;d")
    labels = read_labels(table(tmp_path, *rows))
    assert names_of(labels) == ["Rear"] * 2 + ["Groom"] * 5
    assert (
        "Jin: 4 frames carry several bouts, 3 of them several behaviors; the later row won." in labels.report
    )
    apart = read_labels(table(tmp_path, *rows), overlaps="apart")
    assert apart.ethogram.groups == ("Rear", "Groom")
    assert names_of(apart, 0) == ["Rear"] * 5 + ["none"] * 2
    assert names_of(apart, 1) == ["none"] * 2 + ["Groom"] * 5


def test_raters_and_recordings_stand_apart_and_share_length_and_ethogram(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "a;Jin;0;0.04;Rear;V1;d1",
        "b;Oliver;0;0.12;Groom;V1;d1",
        "a2;Jin;0.08;0.08;Groom;V1;d1",
        "a;Jin;0;0.04;Rear;V2;d2",
        "b;Oliver;0;0.08;StartEnd;V2;d2",
    )
    found = read_all(path)
    assert [(x.recording, x.annotator, x.frames) for x in found] == [
        ("V1", "Jin", 4), ("V1", "Oliver", 4), ("V2", "Jin", 3), ("V2", "Oliver", 3),
    ]  # fmt: skip
    assert names_of(found[0]) == ["Rear", "Rear", "Groom", "none"]  # two files of one rater
    assert names_of(found[3]) == ["none"] * 3  # whoever only set markers saw nothing
    assert len({id(x.ethogram) for x in found}) == 1
    with pytest.raises(FormatError, match="holds the recordings V1, V2; say which one"):
        read_labels(path, annotator="Jin")
    assert read_labels(path, annotator="Jin", video="V2").frames == 3
    with pytest.raises(FormatError, match="holds the recordings V1, V2; 'V3' is none of them"):
        read_all(path, video="V3")
    with pytest.raises(FormatError, match="holds 2 recordings; a number of frames"):
        read_all(path, frames=4)


def test_markers_placeholders_and_broken_rows_are_no_behaviors(tmp_path: Path) -> None:
    labels = read_labels(
        table(
            tmp_path,
            '"f";"Jin";0.04;0.08;"Start/End";"V1";"d"',
            '"f";"Jin";0.04;0.08;"Start_End";"V1";"d"',
            '"f";"Jin";0.12;0.20;"StartEnd";"V1";"d"',
            '"f";"Jin";0.04;0.12;"_DEFAULT";"V1";"d"',
            '"f";"Jin";0.04;NA;NA;"V1";"d"',
            '"f";"Jin";0.04;;;"V1";"d"',
            '"f";"Jin";0.04;0.04;"Rear";"V1";"d"',
            '"f";"Jin";0.04;0.04;"Rear";"V1";"d"',
        )
    )
    assert names_of(labels) == ["none", "Rear", "none", "none", "none", "none"]
    assert labels.report == [
        "2 rows were left out: from, to or type is missing (line 6).",
        "1 row repeats an earlier row and changes nothing (line 9).",
        "3 markers of the trial's start and end counted for its length only.",
        "1 placeholder (_DEFAULT) counted for its length only.",
        "Jin: 1 frame carries several bouts, 0 of them several behaviors; the later row won.",
    ]


def test_a_table_without_tracking_files_is_one_too(tmp_path: Path) -> None:
    path = table(tmp_path, "f;Jin;0;0.04;Floating;FST_1", header="file;Experimenter;from;to;type;ID\n")
    assert sniff(path) == "dlcanalyzer"
    assert names_of(read_labels(path)) == ["Floating"] * 2


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["f;Jin;x;0.04;Rear;V1;d"], "has 'x' for 'from' in line 2, not seconds"),
        (["f;Jin;0;0;Rear;V1;d", "f;Jin;0.08;0.04;Rear;V1;d"], "stops before it starts in line 3"),
        (["f;Jin;-1;0.04;Rear;V1;d"], "has '-1' for 'from' in line 2"),
        (["f;Jin;1;NA;NA;V1;d"], "holds no bout"),
        (
            ["f;Jin;0;1;Rear;V1;d", "f;Oliver;0;1;Rear;V1;e"],
            "two tracking files for 'V1'.*two different videos",
        ),
    ],
)
def test_malformed_tables_are_refused_in_one_sentence(tmp_path: Path, rows: list[str], sentence: str) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_all(table(tmp_path, *rows))


@settings(max_examples=40, deadline=None)
@given(
    codes=st.lists(st.integers(0, 8), min_size=1, max_size=60),
    fps=st.sampled_from([12.5, 25.0, 29.97, 30.0, 60.0]),
)
def test_what_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, codes: list[int], fps: float
) -> None:
    path = tmp_path_factory.mktemp("dlcanalyzer") / "a.csv"
    write_labels(path, home_cage(codes, fps=fps, annotator="Ada"), "dlcanalyzer")
    back = read_labels(path, fps=fps)
    assert back.annotator == "Ada"
    assert map_to(back, preset("home-cage")).track.codes[:, 0].tolist() == codes


def test_what_a_table_cannot_hold_is_asked(tmp_path: Path) -> None:
    labels = home_cage([1, -1, -1], fps=25.0)
    with pytest.raises(LossError, match="2 frames are unlabeled"):
        write_labels(tmp_path / "a.csv", labels, "dlcanalyzer")
    assert write_labels(tmp_path / "a.csv", labels, "dlcanalyzer", unlabeled="none") != []
    with pytest.raises(LossError, match="how many frames per second"):
        write_labels(tmp_path / "b.csv", home_cage([1]), "dlcanalyzer")
    marker = Labels(LabelTrack(np.ones((2, 1), int)), preset("home-cage"), fps=25.0)
    assert write_labels(tmp_path / "c.csv", marker, "dlcanalyzer") == []


def test_the_published_open_field_table_has_its_known_numbers() -> None:
    found = read_all(realdata_file("sturman_oft/AllLabDataOFT_final.csv"))
    assert {x.annotator for x in found} == {"Jin", "Furkan", "Oliver"}
    assert len(found) == 60
    assert sum(x.frames for x in found if x.annotator == "Jin") == 300_662
    names = {behavior.name for behavior in found[0].ethogram.behaviors}
    assert names == {"Supported", "Unsupported", "Grooming", "Jumping"}
    said = {sentence for labels in found for sentence in labels.report}
    for rater, bouts, behaviors in (
        ("Furkan", "1,723", "1,494"),
        ("Jin", "2,015", "894"),
        ("Oliver", "1,087", "867"),
    ):
        carry = f"{rater}: {bouts} frames carry several bouts, {behaviors} of them several behaviors"
        assert f"{carry}; the later row won." in said
    assert "1 row was left out: from, to or type is missing (line 5032)." in said
