"""DeepEthoProfile results: the versions of its network and the bytes of today's."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_files import HEADER_7, HEADER_8, HEADER_10, HEADER_RESULTS, clip_text, home_cage, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.formats import LossError, fit_to, map_to, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import UNLABELED

COLUMNS = "frame;annotation;time"


def results_text(codes: list[int], times: list[int], header: str = HEADER_RESULTS) -> str:
    rows = [f"{frame};{code};{time}" for frame, (code, time) in enumerate(zip(codes, times, strict=True))]
    return "\n".join([header, COLUMNS, *rows]) + "\n"


@pytest.mark.parametrize(
    ("header", "second", "codes", "names"),
    [
        (HEADER_10, "nnVersion:2", [0, 3, 8], ["none", "groom back", "rest"]),
        (HEADER_10 + "v3", COLUMNS, [0, 3, 8], ["none", "groom back", "rest"]),
        (HEADER_7, COLUMNS, [2, 3, 6], ["mm+", "hang", "walk"]),
        (HEADER_8 + "v4", COLUMNS, [2, 4, 6], ["groom", "micromovement", "rest"]),
        (HEADER_RESULTS, COLUMNS, [2, 4, 6], ["groom", "mm", "rest"]),
    ],
)
def test_names_decide_what_a_code_means_in_every_version(
    tmp_path: Path, header: str, second: str, codes: list[int], names: list[str]
) -> None:
    if second == COLUMNS:
        text = results_text(codes, [0, 40, 80], header)
    else:
        text = clip_text(codes, header=header, second=second, first=1)
    path = put(tmp_path, "a_results_v4.csv", text)
    assert sniff(path) == "deepethoprofile-results"
    labels = read_labels(path)
    assert names_of(labels) == names
    write_labels(tmp_path / "out.csv", labels, "deepethoprofile-results", layout="source", none="8")
    assert (tmp_path / "out.csv").read_text() == text


@pytest.mark.parametrize(
    ("times", "unit", "fps"),
    [
        (range(0, 4400, 40), "milliseconds", 25.0),
        ([round(k * 1000 / 30) for k in range(110)], "milliseconds", 30.003),
        (range(110), "frames", None),
        ([7] * 110, "frames", None),
    ],
)
def test_the_unit_of_time_is_told_by_its_step(
    tmp_path: Path, times: list[int], unit: str, fps: float | None
) -> None:
    text = results_text([6] * 110, list(times))
    labels = read_labels(put(tmp_path, "a_results_v5.csv", text))
    assert labels.layout is not None
    assert labels.layout.details["time_unit"] == unit
    assert labels.fps == (pytest.approx(fps, abs=0.02) if fps else None)
    write_labels(tmp_path / "out.csv", labels, "deepethoprofile-results")
    assert (tmp_path / "out.csv").read_text() == text


def test_another_frame_rate_is_told_and_nothing_is_shifted(tmp_path: Path) -> None:
    text = results_text([0, 1, 2], [0, 40, 80])
    labels = read_labels(put(tmp_path, "a_results_v5.csv", text), fps=30)
    assert names_of(labels) == ["drink", "eat", "groom"]
    assert any("25 frames per second, the recording has 30" in sentence for sentence in labels.report)


def test_a_file_that_ends_with_the_last_whole_block_leaves_the_tail_unlabeled(tmp_path: Path) -> None:
    codes = [block % 8 for block in range(27) for _ in range(11)]
    labels = read_labels(put(tmp_path, "a_results_v5.csv", results_text(codes, [40 * k for k in range(297)])))
    fitted = fit_to(labels, 300)
    assert (fitted.track.codes[297:, 0] == UNLABELED).all()
    np.testing.assert_array_equal(fitted.track.codes[:297, 0], np.array(codes) + 1)
    assert "The file ends after 297 of 300 frames; the last 3 are unlabeled." in fitted.report
    write_labels(tmp_path / "out.csv", fitted, "deepethoprofile-results")
    assert (tmp_path / "out.csv").read_text() == results_text(codes, [40 * k for k in range(297)])


@given(codes=st.lists(st.integers(0, 7), min_size=2, max_size=60), step=st.sampled_from([1, 33, 40]))
def test_bytes_to_labels_to_bytes(
    tmp_path_factory: pytest.TempPathFactory, codes: list[int], step: int
) -> None:
    folder = tmp_path_factory.mktemp("results")
    text = results_text(codes, [step * k for k in range(len(codes))])
    labels = read_labels(put(folder, "a_results_v5.csv", text))
    write_labels(folder / "out.csv", map_to(labels, preset("home-cage")), "deepethoprofile-results")
    assert (folder / "out.csv").read_bytes() == text.encode()


def test_times_are_written_in_milliseconds_of_the_rate_or_of_the_stamps(tmp_path: Path) -> None:
    labels = home_cage([1, 5, 8])
    with pytest.raises(FormatError, match="frames per second"):
        write_labels(tmp_path / "a.csv", labels, "deepethoprofile-results")
    write_labels(tmp_path / "a.csv", labels, "deepethoprofile-results", fps=30)
    assert (tmp_path / "a.csv").read_text() == results_text([0, 4, 7], [0, 33, 67])
    stamps = np.array([0.0, 0.0401, 0.0999])
    write_labels(tmp_path / "b.csv", labels, "deepethoprofile-results", times=stamps)
    assert (tmp_path / "b.csv").read_text() == results_text([0, 4, 7], [0, 40, 100])


def test_unlabeled_frames_before_the_tail_are_refused(tmp_path: Path) -> None:
    labels = home_cage([1, UNLABELED, 2, UNLABELED], fps=25.0)
    with pytest.raises(LossError, match="1 frame is unlabeled"):
        write_labels(tmp_path / "a.csv", labels, "deepethoprofile-results")
    with pytest.raises(LossError, match="no frame is labeled"):
        write_labels(tmp_path / "a.csv", home_cage([UNLABELED], fps=25.0), "deepethoprofile-results")


def test_a_results_file_becomes_clip_labels_with_their_names(tmp_path: Path) -> None:
    labels = read_labels(put(tmp_path, "a_results_v5.csv", results_text([4, 7], [0, 40])))
    write_labels(tmp_path / "a_map.csv", labels, "deepethoprofile")
    assert (tmp_path / "a_map.csv").read_text() == clip_text([4, 7])


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no rows"):
        read_labels(put(tmp_path, "a_results_v5.csv", f"{HEADER_RESULTS}\n{COLUMNS}\n"))
