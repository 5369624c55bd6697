"""BehaviorDEPOT annotations: MATLAB 5 and 7.3, bouts from 1 with both ends included."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
from label_files import home_cage, in_groups, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Labels, losses, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, LabelTrack

FREEZING = [(1, 2), (4, 4)]
VECTOR = [1, 1, 0, 1, 0]


def five(folder: Path, **more: Any) -> Path:
    behavior = {"Bouts": np.array(FREEZING, float), "Length": np.array([[2.0], [1.0]]), "Count": 2.0,
                "Vector": np.array([VECTOR], np.uint8)}  # fmt: skip
    struct = {"VideoName": "a.avi", "FrameRate": 50.0, "TotalFrames": 5.0, "Freezing": {**behavior, **more}}
    scipy.io.savemat(folder / "hB_a.mat", {"hBehavior": struct})
    return folder / "hB_a.mat"


def seven(folder: Path) -> Path:
    """Write a file as MATLAB 7.3 does: HDF5 behind a block of text, arrays transposed, text as numbers."""
    path = folder / "hB_a.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        struct = file.create_group("hBehavior")
        struct.attrs["MATLAB_class"] = np.bytes_("struct")
        name = struct.create_dataset("VideoName", data=np.array([[ord(c)] for c in "a.avi"], np.uint16))
        name.attrs["MATLAB_class"] = np.bytes_("char")
        for field, value in (("FrameRate", 50.0), ("TotalFrames", 5.0)):
            struct.create_dataset(field, data=np.array([[value]]))
        behavior = struct.create_group("Freezing")
        behavior.create_dataset("Bouts", data=np.array(FREEZING, float).T)
        behavior.create_dataset("Vector", data=np.array([VECTOR], np.uint8).T)
        behavior.create_dataset("Count", data=np.array([[2.0]]))
        empty = struct.create_group("Rearing").create_dataset("Bouts", data=np.array([0, 2], np.uint64))
        empty.attrs["MATLAB_empty"] = np.uint8(1)
    with path.open("rb+") as raw:
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(128))
    return path


@pytest.mark.parametrize("make", [five, seven])
def test_bouts_count_from_1_and_include_both_ends(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path)
    assert sniff(path) == "behaviordepot"
    labels = read_labels(path)
    assert names_of(labels) == ["Freezing", "Freezing", "none", "Freezing", "none"]
    assert (labels.fps, labels.report) == (50.0, [])
    assert names_of(read_labels(path, background="unlabeled"))[2] == "unlabeled"


def test_a_behavior_without_bouts_is_none_throughout(tmp_path: Path) -> None:
    labels = read_labels(seven(tmp_path))
    assert names_of(labels, 1) == ["none"] * 5


def test_bouts_and_vector_that_differ_are_counted(tmp_path: Path) -> None:
    labels = read_labels(five(tmp_path, Vector=np.array([[1, 1, 1, 1, 1]], np.uint8)))
    assert labels.report == ["The bouts and the vector of 'Freezing' differ on 2 frames: bouts count."]
    labels = read_labels(five(tmp_path, Bouts=np.array([[4.0, 9.0]]), Vector=np.empty((0, 0))))
    assert labels.report == ["4 frames of 'Freezing' beyond the last one left out."]


def test_what_is_written_is_what_its_programs_read(tmp_path: Path) -> None:
    ethogram = in_groups(a=["Freezing", "Rearing"], b=["Grooming"])
    labels = Labels(LabelTrack(np.array([[1, 3], [1, NONE], [2, NONE]])), ethogram, fps=50.0, media="a.avi")
    write_labels(tmp_path / "hB_a.mat", labels, "behaviordepot")
    struct = scipy.io.loadmat(tmp_path / "hB_a.mat", squeeze_me=False, struct_as_record=False)["hBehavior"][
        0, 0
    ]
    assert struct.VideoName[0] == "a.avi"
    assert struct.FrameRate[0, 0] == 50.0
    assert struct.TotalFrames[0, 0] == 3.0
    freezing = struct.Freezing[0, 0]
    assert freezing.Bouts.tolist() == [[1.0, 2.0]]
    assert freezing.Vector.tolist() == [[1, 1, 0]]
    assert (freezing.Count[0, 0], freezing.Length.tolist()) == (1.0, [[2.0]])
    assert struct.Grooming[0, 0].Bouts.tolist() == [[1.0, 1.0]]


def test_names_and_missing_rates_are_refused(tmp_path: Path) -> None:
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(a=["walk fast"]))
    assert "'walk fast' cannot be a name there: MATLAB takes" in losses(labels, "behaviordepot")[0]
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(a=["FrameRate"]))
    assert "'FrameRate' cannot be a name there" in losses(labels, "behaviordepot")[0]
    with pytest.raises(FormatError, match="say how many frames per second"):
        write_labels(tmp_path / "a.mat", home_cage([1]), "behaviordepot")


def test_damaged_and_foreign_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    path = five(tmp_path)
    cut = put(tmp_path, "cut.mat", path.read_bytes()[:200])
    scipy.io.savemat(tmp_path / "other.mat", {"x": 1.0})
    scipy.io.savemat(tmp_path / "thin.mat", {"hBehavior": {"TotalFrames": 3.0}})
    hdf = put(tmp_path, "half.mat", seven(tmp_path).read_bytes()[:900])
    for file in (cut, tmp_path / "other.mat", tmp_path / "thin.mat", hdf):
        with pytest.raises(
            FormatError, match=r"is damaged, or no file of BehaviorDEPOT: it should hold .*hBehavior"
        ) as refused:
            read_labels(file, "behaviordepot")
        assert "\n" not in str(refused.value)
    for file in (tmp_path / "other.mat", hdf):
        with pytest.raises(FormatError, match="is a binary file, in no format that is known here"):
            sniff(file)
    with pytest.raises(FormatError, match="a bout of Freezing from 0 to 2"):
        read_labels(five(tmp_path, Bouts=np.array([[0.0, 2.0]])))
