"""Label files beside a recording."""

from pathlib import Path

import pytest
from label_files import HEADER_10, HEADER_RESULTS, clip_text, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import companions, effective


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stem = "01_20180418_1200_s45000_n7500"
    for ending in ("_map", "_map_new", "_map_new_v2", "_ann", ""):
        put(tmp_path, f"{stem}{ending}.csv", clip_text([1, 2]))
    for ending in ("_RS", "_PC"):
        put(tmp_path, f"{stem}{ending}.csv", clip_text([1, 2], header=HEADER_10))
    for ending in ("_results_v2", "_results_v3", "_results_v4", "_results_v5", "_v5"):
        put(tmp_path, f"{stem}{ending}.csv", f"{HEADER_RESULTS}\nframe;annotation;time\n0;1;0\n")
    put(tmp_path, f"{stem}_map_old.csv", clip_text([1]))
    put(tmp_path, f"{stem}0_map.csv", clip_text([1]))
    put(tmp_path, f"{stem}_labels.csv", "not labels at all\n")
    return tmp_path


def test_every_companion_becomes_a_pass_of_its_kind(folder: Path) -> None:
    found = companions(folder / "01_20180418_1200_s45000_n7500.avi")
    assert [(c.role, c.kind, c.annotator) for c in found] == [
        ("PC", "first", "PC"),
        ("RS", "first", "RS"),
        ("plain", "first", None),
        ("ann", "first", None),
        ("map", "first", None),
        ("map_new", "review", None),
        ("map_new_v2", "review", None),
        ("results_v2", "model", "DeepEthoProfile v2"),
        ("results_v3", "model", "DeepEthoProfile v3"),
        ("results_v4", "model", "DeepEthoProfile v4"),
        ("results_v5", "model", "DeepEthoProfile v5"),
        ("v5", "model", "DeepEthoProfile v5"),
    ]
    based_on = {c.role: c.based_on.name for c in found if c.based_on}
    assert based_on == {
        "map_new": "01_20180418_1200_s45000_n7500_map.csv",
        "map_new_v2": "01_20180418_1200_s45000_n7500_map_new.csv",
    }
    assert {c.format for c in found if c.kind == "model"} == {"deepethoprofile-results"}


@pytest.mark.parametrize(
    ("removed", "role"),
    [([], "map_new_v2"), (["_map_new_v2"], "map_new"), (["_map_new_v2", "_map_new"], "map")],
)
def test_the_last_review_counts(folder: Path, removed: list[str], role: str) -> None:
    for ending in removed:
        (folder / f"01_20180418_1200_s45000_n7500{ending}.csv").unlink()
    counting = effective(companions(folder / "01_20180418_1200_s45000_n7500.avi"))
    assert counting is not None
    assert counting.role == role


def test_a_recording_without_label_files_has_none(tmp_path: Path) -> None:
    assert companions(tmp_path / "a.avi") == []
    assert effective([]) is None
    with pytest.raises(FormatError, match="no folder"):
        companions(tmp_path / "absent" / "a.avi")


def test_files_of_the_clips_of_a_recording_belong_to_it_clip_by_clip(folder: Path) -> None:
    other = "01_20180418_1200_s90000_n7500"
    put(folder, f"{other}_map_new.csv", clip_text([1, 2]))
    found = companions(folder / "01_20180418_1200.mkv")
    assert [c.place for c in found] == ["s45000_n7500"] * 12 + ["s45000_n75000", "s90000_n7500"]
    assert (found[-1].role, found[-1].kind, found[-1].based_on) == ("map_new", "review", None)
    assert {c.based_on.name for c in found if c.based_on} == {
        "01_20180418_1200_s45000_n7500_map.csv",
        "01_20180418_1200_s45000_n7500_map_new.csv",
    }
    assert companions(folder / "01_20180418_120.mkv") == []
