"""Files that do not fit their recording."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_files import home_cage
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Mark, cut, fit_to
from napari_ethoprofile.annotation.tracks import UNLABELED


@given(
    codes=st.lists(st.integers(-1, 8), min_size=1, max_size=120),
    frames=st.integers(1, 150),
    allow=st.booleans(),
)
def test_nothing_is_ever_shifted(codes: list[int], frames: int, allow: bool) -> None:
    labels = home_cage(codes)
    extra = len(codes) - frames
    if not allow and (extra > 1 or extra < -50):
        with pytest.raises(FormatError, match=f"{abs(extra):,} too {'many' if extra > 0 else 'few'}"):
            fit_to(labels, frames)
        return
    fitted = fit_to(labels, frames, allow_mismatch=allow)
    assert fitted.frames == frames
    common = min(frames, len(codes))
    np.testing.assert_array_equal(fitted.track.codes[:common, 0], codes[:common])
    assert (fitted.track.codes[common:, 0] == UNLABELED).all()
    assert len(fitted.report) == (1 if extra else 0)


def test_another_frame_rate_is_told_with_both_numbers() -> None:
    (sentence,) = fit_to(home_cage([1, 2], fps=30.0), 2, fps=25.0).report
    assert sentence.startswith("The file was made at 30 frames per second, the recording has 25; ")
    assert sentence.endswith("nothing was shifted.")
    assert fit_to(home_cage([1, 2], fps=29.97), 2, fps=30000 / 1001).report == []
    assert fit_to(home_cage([1, 2]), 2, fps=25.0).report == []


def test_the_frame_column_is_cut_and_continued_with_the_rows() -> None:
    labels = home_cage([1, 2, 3], frame_column=np.array([100, 101, 102]))
    assert fit_to(labels, 2).frame_column.tolist() == [100, 101]
    assert fit_to(labels, 5).frame_column.tolist() == [100, 101, 102, 103, 104]
    text = home_cage([1, 2, 3], frame_column=np.array(["7.0", "8.0", "9.0"], dtype=object))
    assert fit_to(text, 4).frame_column.tolist() == ["7.0", "8.0", "9.0", "10"]
    odd = home_cage([1, 2, 3], frame_column=np.array(["7", "8", ""], dtype=object))
    assert fit_to(odd, 4).frame_column.tolist() == ["7", "8", "", ""]


def test_a_clip_is_cut_out_of_a_whole_recording() -> None:
    marks = (Mark(0, 3, 0, "typed"), Mark(3, 8, 0, note="x"), Mark(8, 9))
    labels = home_cage(list(range(9)), frame_column=np.arange(9), marks=marks)
    clip = cut(labels, 2, 6)
    assert clip.track.codes[:, 0].tolist() == [2, 3, 4, 5]
    assert clip.frame_column.tolist() == [2, 3, 4, 5]
    assert clip.marks == (Mark(0, 1, 0, "typed"), Mark(1, 4, 0, note="x"))
    for start, stop in [(-1, 3), (3, 3), (3, 10)]:
        with pytest.raises(FormatError, match="do not lie on labels of 9 frames"):
            cut(labels, start, stop)


def test_the_wrong_recording_is_told_by_its_length() -> None:
    with pytest.raises(
        FormatError, match="256 rows for 10,000 frames, 9,744 too few; it may belong to another"
    ):
        fit_to(home_cage([1] * 256), 10_000)
