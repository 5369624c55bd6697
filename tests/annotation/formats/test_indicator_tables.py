"""DeepEthogram label files and one-hot tables."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_files import home_cage, in_groups, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import make_ethogram, preset
from napari_ethoprofile.annotation.formats import Labels, LossError, map_to, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack
from realdata import realdata_file

TEXT = ",background,eat,groom\n0,1,0,0\n1,0,1,0\n2,0,0,1\n3,-1,-1,-1\n4,0,1,1\n"


def states(labels: Labels) -> list[list[int]]:
    """Return 1, 0 or -1 of every behavior (frames, behaviors)."""
    codes = labels.track.codes
    return np.where(codes > 0, 1, codes).tolist()


def test_a_label_file_becomes_one_group_a_behavior(tmp_path: Path) -> None:
    path = put(tmp_path, "a_labels.csv", TEXT)
    assert sniff(path) == "deepethogram"
    labels = read_labels(path)
    assert labels.ethogram.groups == ("eat", "groom")
    assert states(labels) == [[0, 0], [1, 0], [0, 1], [-1, -1], [1, 1]]
    assert labels.report == []
    write_labels(tmp_path / "out_labels.csv", labels, "deepethogram")
    assert (tmp_path / "out_labels.csv").read_text() == TEXT


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        ("CRLF", TEXT.replace("\n", "\r\n")),
        ("byte-order mark", "\ufeff" + TEXT),
        ("quotes", TEXT.replace("eat", '"eat"').replace("groom", '"groom"')),
        ("floats", TEXT.replace(",1", ",1.0").replace("-1", "-1.0")),
        ("none for background", TEXT.replace("background", "none")),
        ("Background", TEXT.replace("background", "Background")),
        ("spaces", TEXT.replace("eat", " eat ")),
        ("blank lines at the end", TEXT + "\n\n"),
        ("semicolons", TEXT.replace(",", ";")),
        ("named index", "frame" + TEXT),
        (
            "background last",
            ",eat,groom,background\n0,0,0,1\n1,1,0,0\n2,0,1,0\n3,-1,-1,-1\n4,1,1,0\n",
        ),
        ("no background", ",eat,groom\n0,0,0\n1,1,0\n2,0,1\n3,-1,-1\n4,1,1\n"),
        ("no index", "background,eat,groom\n1,0,0\n0,1,0\n0,0,1\n-1,-1,-1\n0,1,1\n"),
        ("index that the header lacks", TEXT.removeprefix(",")),
        ("empty cells", TEXT.replace("3,-1,-1,-1", "3,,,")),
        ("NaN", TEXT.replace("3,-1,-1,-1", "3,nan,NaN,nan")),
    ],
)
def test_every_layout_gives_the_same_labels(tmp_path: Path, variant: str, text: str) -> None:
    labels = read_labels(put(tmp_path, "a_labels.csv", text))
    assert [behavior.name for behavior in labels.ethogram.behaviors] == ["eat", "groom"], variant
    assert states(labels) == [[0, 0], [1, 0], [0, 1], [-1, -1], [1, 1]], variant


def test_a_behavior_that_was_added_later_is_unknown_on_every_frame(tmp_path: Path) -> None:
    text = ",background,eat,new\n0,1,0,-1.0\n1,0,1,-1.0\n2,-1,-1,-1.0\n"
    labels = read_labels(put(tmp_path, "a_labels.csv", text))
    assert states(labels) == [[0, -1], [1, -1], [-1, -1]]
    with pytest.raises(LossError, match="2 frames are decided in some groups only"):
        write_labels(tmp_path / "out.csv", labels, "deepethogram")
    write_labels(tmp_path / "columns.csv", labels, "deepethogram", partial="columns")
    assert (tmp_path / "columns.csv").read_text() == text.replace("-1.0", "-1")
    write_labels(tmp_path / "rows.csv", labels, "deepethogram", partial="unlabeled")
    assert (tmp_path / "rows.csv").read_text() == ",background,eat,new\n" + "".join(
        f"{frame},-1,-1,-1\n" for frame in range(3)
    )


def test_a_background_that_contradicts_is_told_and_worked_out_again(tmp_path: Path) -> None:
    text = ",background,eat\n0,1,1\n1,0,0\n2,1,0\n3,1,-1\n"
    labels = read_labels(put(tmp_path, "a_labels.csv", text))
    assert states(labels) == [[1], [0], [0], [-1]]
    assert [sentence[:26] for sentence in labels.report] == [
        "On 1 frame 'background' is",
        "On 1 frame neither 'backgr",
        "On 1 frame 'background' is",
    ]
    write_labels(tmp_path / "out.csv", labels, "deepethogram")
    assert (tmp_path / "out.csv").read_text() == ",background,eat\n0,0,1\n1,1,0\n2,1,0\n3,-1,-1\n"


def test_an_exclusive_project_takes_columns_that_never_overlap(tmp_path: Path) -> None:
    text = "frame,eat,groom,rest\n0,1,0,0\n1,0,0,0\n2,0,1,0\n3,-1,-1,-1\n4,-1,1,-1\n5,0,0,-1\n"
    labels = read_labels(put(tmp_path, "a.csv", text))
    assert sniff(tmp_path / "a.csv") == "one-hot"
    mapped = map_to(labels, preset("home-cage"))
    assert names_of(mapped) == ["eat", "none", "groom", "unlabeled", "groom", "unlabeled"]


def test_an_exclusive_project_refuses_overlaps_with_their_number(tmp_path: Path) -> None:
    labels = read_labels(put(tmp_path, "a_labels.csv", TEXT))
    with pytest.raises(
        LossError, match="1 frame carries several behaviors at once, most often eat and groom"
    ):
        map_to(labels, preset("home-cage"))
    mapped = map_to(labels, preset("home-cage"), overlaps="priority")
    assert names_of(mapped) == ["none", "eat", "groom", "unlabeled", "eat"]
    assert mapped.report[-1] == "On 1 frame with several behaviors, the first one was kept."


def test_an_exclusive_project_is_written_with_one_behavior_a_frame(tmp_path: Path) -> None:
    ethogram = make_ethogram(["eat", "groom"])
    labels = Labels(LabelTrack(np.array([[1], [2], [NONE], [UNLABELED]])), ethogram)
    write_labels(tmp_path / "a_labels.csv", labels, "deepethogram")
    assert (tmp_path / "a_labels.csv").read_text() == (
        ",background,eat,groom\n0,0,1,0\n1,0,0,1\n2,1,0,0\n3,-1,-1,-1\n"
    )
    write_labels(tmp_path / "a.csv", labels, "one-hot")
    assert (tmp_path / "a.csv").read_text() == (
        "frame,background,eat,groom\n0,0,1,0\n1,0,0,1\n2,1,0,0\n3,-1,-1,-1\n"
    )


def test_background_may_mean_that_nobody_looked(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", TEXT)
    labels = read_labels(path, background="unlabeled")
    assert states(labels) == [[-1, -1], [1, 0], [0, 1], [-1, -1], [1, 1]]
    sparse = ",background,eat\n" + "".join(
        f"{frame},{int(frame != 3)},{int(frame == 3)}\n" for frame in range(40)
    )
    report = read_labels(put(tmp_path, "sparse.csv", sparse)).report
    assert any("39 of 40 frames are background" in sentence for sentence in report)


def test_the_sparse_labels_of_a_fly() -> None:
    path = realdata_file("daart/2019_06_26_fly2.csv")
    assert sniff(path) == "deepethogram"
    labels = read_labels(path, background="unlabeled", frames=45_001)
    coverage = labels.track.coverage()
    assert (coverage.labeled, coverage.none, coverage.unlabeled) == (1956, 0, 43_045)
    assert labels.ethogram.groups == ("still", "walk", "front_groom", "back_groom", "abdomen-move")


def test_real_bytes_go_out_as_they_came_in(tmp_path: Path) -> None:
    path = realdata_file("daart/2019_06_26_fly2.csv")
    write_labels(tmp_path / "out.csv", read_labels(path), "deepethogram", layout="source")
    assert (tmp_path / "out.csv").read_bytes() == path.read_bytes()


@given(
    rows=st.lists(
        st.one_of(st.just((-1, -1, -1)), st.tuples(*[st.integers(0, 1)] * 3)), min_size=3, max_size=40
    ),
    first=st.sampled_from([0, 45000]),
)
def test_bytes_to_labels_to_bytes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, ...]], first: int
) -> None:
    folder = tmp_path_factory.mktemp("deg")
    lines = [",background,a,b,c"]
    for frame, row in enumerate(rows, start=first):
        background = -1 if row[0] == -1 else int(not any(row))
        lines.append(",".join(map(str, (frame, background, *row))))
    text = "\n".join(lines) + "\n"
    labels = read_labels(put(folder, "a_labels.csv", text))
    write_labels(folder / "out.csv", labels, "deepethogram")
    assert (folder / "out.csv").read_bytes() == text.encode()


@pytest.mark.parametrize("name", ["grööm", "a,b", 'say "a"', "background"])
def test_names_that_deepethogram_garbles_are_refused(tmp_path: Path, name: str) -> None:
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(x=[name]))
    with pytest.raises(LossError, match="name"):
        write_labels(tmp_path / "a.csv", labels, "deepethogram", allow_loss=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TEXT.replace("4,0,1,1", "4,0,2,1"), "'2' for 'eat' in line 6"),
        (",background,eat\n" + "0,1,0\n" * 9 + "0,1,x\n", "'x' for 'eat' in line 11"),
        (",background,eat\n" + "0,1,0\n" * 9 + "0,1,0,1\n", "more than 3 cells in line 11"),
        (",background\n0,1\n1,1\n", "no column of a behavior"),
        (",eat,Eat\n0,1,0\n", "two columns called 'eat'"),
        ("a,b\nhello,world\n", "'hello' for 'a' in line 2"),
    ],
)
def test_a_malformed_table_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = put(tmp_path, "a_labels.csv", text)
    with pytest.raises(FormatError, match=sentence) as refused:
        read_labels(path, "deepethogram")
    assert str(path) in str(refused.value)


def test_none_of_a_home_cage_project_is_background(tmp_path: Path) -> None:
    labels = home_cage([NONE, 1, UNLABELED])
    write_labels(tmp_path / "a.csv", labels, "deepethogram")
    back = map_to(read_labels(tmp_path / "a.csv"), preset("home-cage"))
    assert back.track == labels.track
