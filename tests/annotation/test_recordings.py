from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.recordings import RecordingName, find_videos, parse_name

NOON = datetime(2018, 4, 18, 12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01_20180418_1200.mkv", RecordingName("01", NOON)),
        ("01_20180418_1200.avi", RecordingName("01", NOON)),
        ("10_20180418_1200_s495000_n7500.avi", RecordingName("10", NOON, 495_000, 7_500)),
        ("01_20180418_1200_s0_n7500_map_new_v2.csv", RecordingName("01", NOON, 0, 7_500)),
        ("01_20180418_1200_RS.csv", RecordingName("01", NOON)),
        ("01_20180418_1200", RecordingName("01", NOON)),
        ("07/20180418_120000.mkv", RecordingName("07", NOON)),
        ("D:\\data\\07\\20180418_120005.mkv", RecordingName("07", datetime(2018, 4, 18, 12, 0, 5))),
        ("videos/20180418_120000.mkv", RecordingName("", NOON)),
        ("mouse_video.mp4", None),
        ("01_20181332_1200.mkv", None),
        ("01_20180418_2561.mkv", None),
        ("07/20180418_126100.mkv", None),
        ("001_20180418_1200.mkv", None),
        ("01_20180418_12000.mkv", None),
        ("x01_20180418_1200.mkv", None),
        ("", None),
    ],
)
def test_names_say_who_and_when(name: str, expected: RecordingName | None) -> None:
    assert parse_name(name) == expected
    assert parse_name(Path("folder") / name if name else Path()) == expected


@given(
    st.integers(1, 10),
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(
        lambda t: t.replace(second=0, microsecond=0)
    ),
    st.integers(0, 540_000),
    st.integers(1, 7_500),
)
def test_cut_clips_say_all(mouse: int, start: datetime, first: int, count: int) -> None:
    name = f"{mouse:02d}_{start:%Y%m%d_%H%M}_s{first}_n{count}.avi"
    assert parse_name(name) == RecordingName(f"{mouse:02d}", start, first, count)


def test_videos_are_found_below_a_folder(tmp_path: Path) -> None:
    for name in ("b.MKV", "a/c.avi", "a/notes.txt", ".hidden/d.mkv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.mp4").mkdir()
    assert [path.relative_to(tmp_path).as_posix() for path in find_videos(tmp_path)] == ["a/c.avi", "b.MKV"]
