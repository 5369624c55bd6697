"""Files that were cut off or scratched: they are read, or refused in one sentence, whatever the format."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from label_files import in_groups, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import FORMATS, Labels, Mark, read_all, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

FOREIGN = [
    "boris",
    "boris-tabular",
    "boris-aggregated",
    "bento",
    "caltech",
    "behaviordepot",
    "jabs",
    "simba",
    "elan",
]


BORIS = (
    '{"project_name": "p", "behaviors_conf": {"0": {"code": "a", "type": "State event"}}, "observations": '
    '{"o": {"events": [[0.0, "", "a", "", ""], [%s, "", "a", "", ""]]}}}'
)
ELAN = (
    '<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="0"/>'
    '<TIME_SLOT TIME_SLOT_ID="b" '
    f'TIME_VALUE="{10**20}"/></TIME_ORDER><TIER TIER_ID="t"><ANNOTATION><ALIGNABLE_ANNOTATION '
    'TIME_SLOT_REF1="a" TIME_SLOT_REF2="b"/></ANNOTATION></TIER></ANNOTATION_DOCUMENT>'
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of a good file of every format."""
    folder = tmp_path_factory.mktemp("whole")
    codes = np.array([[1, NONE], [1, 3], [2, 3], [NONE, NONE], [2, 3], [1, NONE]])
    ethogram = in_groups(a=["eat", "rest"], b=["call"])
    labels = Labels(
        LabelTrack(codes), ethogram, fps=25.0, annotator="Ada", marks=(Mark(0, 2, 0, note="odd"),)
    )
    rows = [f"{frame},1.5,2.5,0.9" for frame in range(6)]
    features = put(folder, "features.csv", "\n".join([",n_x,n_y,n_p", *rows, ""]))
    found = {}
    for name in FOREIGN:
        path = folder / f"{name}{FORMATS[name].ending}"
        write_labels(path, labels, name, features=str(features))
        found[name] = path.read_bytes()
    return found


@pytest.mark.parametrize("name", FOREIGN)
@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_file_is_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, whole: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    content = bytearray(whole[name])
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    path = put(tmp_path_factory.mktemp("damaged"), f"a{FORMATS[name].ending}", bytes(content))
    with contextlib.suppress(FormatError):
        sniff(path)
    for given_name in (name, None):
        refused, found = "", []
        try:
            found = read_all(path, given_name, fps=25.0, gaps="none")
        except FormatError as refusal:
            refused = str(refusal)
        assert bool(found) != bool(refused)
        assert str(path) in refused or found
        assert "\n" not in refused
        assert all(labels.frames > 0 for labels in found)


@pytest.mark.parametrize(
    ("header", "rows", "codes"),
    [
        (",n_x,n_y,n_\r,eat,rest,call", ["0,1.5,2.5,0.9,1,0,"], [[1, NONE, UNLABELED]]),
        (
            ",n_x,n_y,n_p,eat,rest,call",
            ["0,1.5\r,2.5,0.9,1,0,1", "1,1.5,2.5,0.9,0,1,1"],
            [[1, NONE, 3], [NONE, 2, 3]],
        ),
        (
            ",n_x,n_y,n_p,eat,rest,call",
            ["0,1.5,2.5", "1,1.5,2.5,0.9,1,0,1"],
            [[UNLABELED] * 3, [1, NONE, 3]],
        ),
    ],
)
def test_a_stray_carriage_return_and_a_short_row_move_no_frame(
    tmp_path: Path, header: str, rows: list[str], codes: list[list[int]]
) -> None:
    [found] = read_all(put(tmp_path, "a.csv", "\n".join([header, *rows])), "simba", fps=25.0)
    assert found.track.codes.tolist() == codes


@pytest.mark.parametrize(
    ("name", "ending", "text"),
    [
        ("boris", "boris", BORIS % "1e300"),
        ("boris", "boris", BORIS % "1750000000.5"),
        ("jabs", "json", '{"num_frames": 99999999999, "labels": {"0": {"a": []}}}'),
        ("elan", "eaf", ELAN),
        ("caltech", "txt", "Caltech Behavior Annotator - Annotation File\n\nS1:\n1 999999999999 other\n"),
        ("bento", "annot", "Bento annotation file\n\nCh1----\n>a\nStart Stop\n1 999999999999\n"),
    ],
)
def test_times_that_no_recording_has_are_refused(tmp_path: Path, name: str, ending: str, text: str) -> None:
    path = put(tmp_path, f"a.{ending}", text)
    with pytest.raises(
        FormatError, match="behind the end of any recording; its times may count from another"
    ):
        read_all(path, name, fps=25.0, gaps="none")


def test_a_time_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="'a' at a time that is no number"):
        read_all(put(tmp_path, "a.boris", BORIS % "NaN"), fps=25.0, gaps="none")
