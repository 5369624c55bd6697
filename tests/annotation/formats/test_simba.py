"""SimBA: labels are appended to a features file, never written without one."""

from pathlib import Path

import numpy as np
import pytest
from label_files import in_groups, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Labels, losses, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, LabelTrack

LINES = [
    ",Nose_x,Nose_y,Nose_p,Speed,Low_prob_detections_0.5",
    "0,1.5,2.5,0.9,0.1,1",
    "1,1.5,2.5,0.9,0.2,0",
    "2,1.5,2.5,1,0,1",
]
FEATURES = "\n".join([*LINES, ""])
ADDED = ["Attack,Sniff", "0,1", "1,", "1.0,0"]
TARGETS = "".join(f"{line},{own}\n" for line, own in zip(LINES, ADDED, strict=True))


def test_the_last_columns_of_0_and_1_are_behaviors(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", TARGETS)
    assert sniff(path) == "simba"
    labels = read_labels(path)
    assert names_of(labels, 0) == ["none", "Attack", "Attack"]
    assert names_of(labels, 1) == ["Sniff", "unlabeled", "none"]
    assert labels.report[0] == "1 cell is empty: unlabeled."
    assert labels.report[-1] == "Taken as behaviors: Attack, Sniff; the 6 other columns were not."
    assert names_of(read_labels(path, behaviors="sniff")) == names_of(labels, 1)
    assert names_of(read_labels(path, behaviors="Attack", background="unlabeled"))[0] == "unlabeled"


def test_a_feature_that_only_begins_with_0_and_1_is_no_behavior(tmp_path: Path) -> None:
    rows = [f"{k},1.5,2.5,0.9,{min(k // 9, 2)},{k % 2}" for k in range(30)]
    text = "\n".join([",Nose_x,Nose_y,Nose_p,Count,Attack", *rows, ""])
    path = put(tmp_path, "a.csv", text)
    labels = read_labels(path)
    assert [behavior.name for behavior in labels.ethogram.behaviors] == ["Attack"]
    with pytest.raises(FormatError, match="more than 0 and 1 in the column 'Count'"):
        read_labels(path, behaviors="Count")
    with pytest.raises(FormatError, match="has no column 'Rear'; its last ones are"):
        read_labels(path, behaviors="Rear")


def test_predictions_beside_their_probability_are_read(tmp_path: Path) -> None:
    text = FEATURES.replace("0.5\n", "0.5,Probability_Attack,Attack\n", 1)
    text = "\n".join(line if n == 0 else f"{line},0.7,1" for n, line in enumerate(text.splitlines()))
    assert names_of(read_labels(put(tmp_path, "a.csv", text))) == ["Attack"] * 3


def test_labels_are_appended_to_the_features_and_nothing_else_changes(tmp_path: Path) -> None:
    features = put(tmp_path, "features.csv", FEATURES.replace("\n", "\r\n"))
    labels = Labels(
        LabelTrack(np.array([[1, NONE], [2, 3], [NONE, 3]])), in_groups(a=["Attack", "Mount"], b=["Sniff"])
    )
    target = tmp_path / "out.csv"
    assert write_labels(target, labels, "simba", features=str(features)) == []
    added = ["Attack,Mount,Sniff", "1,0,0", "0,1,1", "0,0,1"]
    wanted = [f"{line},{own}" for line, own in zip(FEATURES.splitlines(), added, strict=True)]
    assert target.read_bytes().decode() == "".join(f"{line}\r\n" for line in wanted)
    assert features.read_bytes() == FEATURES.replace("\n", "\r\n").encode()


def test_labels_without_their_features_are_refused(tmp_path: Path) -> None:
    labels = Labels(LabelTrack(np.array([[1], [NONE]])), in_groups(a=["Attack"]))
    assert losses(labels, "simba")[0].startswith(
        "labels are only appended to the features file of the recording"
    )
    with pytest.raises(FormatError, match="name it"):
        write_labels(tmp_path / "out.csv", labels, "simba", allow_loss=True)
    features = put(tmp_path, "features.csv", FEATURES)
    with pytest.raises(FormatError, match="has 3 rows for 2 frames; it belongs to another recording"):
        write_labels(tmp_path / "out.csv", labels, "simba", features=str(features))
    with pytest.raises(FormatError, match="is no features file of SimBA"):
        write_labels(
            tmp_path / "out.csv", labels, "simba", features=str(put(tmp_path, "x.csv", "a,b\n1,2\n"))
        )
    speedy = Labels(LabelTrack(np.array([[1]] * 3)), in_groups(a=["speed"]))
    with pytest.raises(FormatError, match="has a column 'speed' already"):
        write_labels(tmp_path / "out.csv", speedy, "simba", features=str(features))
    with pytest.raises(FormatError, match="no label file"):
        write_labels(tmp_path / "out.csv", labels, "simba", features=str(tmp_path / "absent.csv"))
    assert not (tmp_path / "out.csv").exists()


def test_a_features_file_alone_holds_no_labels(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", FEATURES)
    with pytest.raises(FormatError, match="in no format that is known here"):
        sniff(path)
    with pytest.raises(FormatError, match=r"no column with 0 and 1 at its end; name the behaviors"):
        read_labels(path, "simba")
