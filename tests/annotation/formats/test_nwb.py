"""NWB files: the types of ndx-ethogram as they are, observation intervals, the missing package."""

import builtins
import datetime
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from label_files import home_cage, in_groups, put
from napari_ethoprofile.annotation.errors import FormatError, MissingExtraError
from napari_ethoprofile.annotation.formats import (
    Labels,
    Mark,
    losses,
    read_all,
    read_labels,
    sniff,
    write_labels,
)
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pynwb = pytest.importorskip("pynwb")
    ndx_ethogram = pytest.importorskip("ndx_ethogram")

START = "2026-05-01T09:00:00+02:00"


def spans(labels: Labels) -> list[tuple[int, int, str]]:
    bouts = [bout for group in range(labels.track.groups) for bout in labels.track.bouts(group)]
    return [(b.start, b.stop, labels.ethogram.label_name(b.label)) for b in sorted(bouts) if b.label > NONE]


def foreign(folder: Path, fill: Callable[[Any], None], name: str = "a.nwb") -> Path:
    """Write a file as another program would."""
    path = folder / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = datetime.datetime.fromisoformat(START)
        content = pynwb.NWBFile(session_description="s", identifier="i", session_start_time=start)
        fill(content.create_processing_module("behavior", "b"))
        with pynwb.NWBHDF5IO(str(path), mode="w") as target:
            target.write(content)
    return path


def bouts(name: str, rows: list[tuple[float, float, str]], **more: Any) -> Any:
    table = ndx_ethogram.EthogramBouts(name=name, description="d", labeling_method="manual", **more)
    for start, stop, label in rows:
        table.add_row(start_time=start, stop_time=stop, label=label)
    return table


def test_the_file_says_everything_in_the_types_of_the_extension(tmp_path: Path) -> None:
    codes = np.array([[1, UNLABELED], [1, 3], [UNLABELED, 3], [2, NONE], [NONE, NONE]])
    ethogram = in_groups(posture=["sit", "run"], voice=["call"])
    marks = (Mark(0, 2, 0, "accepted"),)
    labels = Labels(LabelTrack(codes), ethogram, fps=29.97, annotator="Ada", marks=marks, media="m.mp4")
    path = tmp_path / "a.nwb"
    assert write_labels(path, labels, "nwb", session_start=START) == []
    assert sniff(path) == "nwb"
    with warnings.catch_warnings(), pynwb.NWBHDF5IO(str(path), mode="r") as source:
        warnings.simplefilter("ignore")
        assert pynwb.validate(path=str(path)) == []
        content = source.read()
        assert content.session_start_time.isoformat() == START
        module = content.processing["behavior"]
        posture, voice = module["bouts_1"], module["bouts_2"]
        assert list(posture["label"].data[:]) == ["sit", "run"]
        assert posture["start_time"].data[:].tolist() == [0.0, 3 / 29.97]
        assert posture["stop_time"].data[:].tolist() == [2 / 29.97, 4 / 29.97]
        assert (posture.labeling_method, voice.labeling_method) == ("curated", "manual")
        assert posture.annotator == "Ada"
        assert list(posture.ethogram["behavior"].data[:]) == ["sit", "run"]
        assert bool(posture.ethogram.exclusive)
        assert posture.observation_intervals["start_time"].data[:].tolist() == [0.0, 3 / 29.97]
        assert voice.observation_intervals["stop_time"].data[:].tolist() == [5 / 29.97]
        assert posture.source_video.external_file[0] == "m.mp4"
        assert posture.source_video.rate == 29.97
    back = read_labels(path)
    assert back.track == labels.track
    assert back.ethogram.groups == ("posture", "voice")
    assert (back.annotator, back.fps) == ("Ada", 29.97)


def test_the_start_of_the_recording_must_be_told(tmp_path: Path) -> None:
    labels = home_cage([1], fps=25.0)
    assert losses(labels, "nwb")[0].endswith("(to write it anyway: session_start=unknown)")
    with pytest.raises(FormatError, match="session_start is a date and time such as"):
        write_labels(tmp_path / "a.nwb", labels, "nwb", session_start="May")
    assert write_labels(tmp_path / "a.nwb", labels, "nwb", allow_loss=True)[0].endswith(
        "session_start=unknown."
    )
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["session_start_time"][()].startswith(b"1970-01-01")
        assert b"not known" in file["session_description"][()]


def test_tables_of_others_are_read(tmp_path: Path) -> None:
    def fill(module: Any) -> None:
        observed = pynwb.epoch.TimeIntervals(name="seen", description="d")
        observed.add_row(start_time=0.0, stop_time=0.4)
        catalog = ndx_ethogram.Ethogram(name="catalog", description="d", exclusive=False)
        for name in ("sit", "call", "never"):
            catalog.add_row(behavior=name, definition=f"{name}!")
        module.add(catalog)
        module.add(observed)
        rows = [(0.0, 0.2, "sit"), (0.12, 0.16, "call")]
        module.add(bouts("labels", rows, ethogram=catalog, observation_intervals=observed))

    path = foreign(tmp_path, fill)
    with pytest.raises(FormatError, match=r"say how many frames per second the recording has \(fps\)"):
        read_labels(path)
    labels = read_labels(path, fps=25, frames=20)
    assert spans(labels) == [(0, 5, "sit"), (3, 4, "call")]
    assert labels.ethogram.groups == ("sit", "call", "never")
    assert labels.ethogram.behaviors[0].definition == "sit!"
    assert (labels.track.codes[:10] != UNLABELED).all()
    assert (labels.track.codes[10:] == UNLABELED).all()


def test_a_table_without_intervals_was_assessed_throughout(tmp_path: Path) -> None:
    path = foreign(tmp_path, lambda module: module.add(bouts("labels", [(0.04, 0.08, "sit")])))
    labels = read_labels(path, fps=25, frames=4)
    assert labels.track.codes[:, 0].tolist() == [NONE, 1, NONE, NONE]


def test_annotators_are_kept_apart_and_tables_that_share_behaviors_chosen(tmp_path: Path) -> None:
    def two(module: Any) -> None:
        module.add(bouts("a", [(0.0, 0.04, "sit")], annotator="Ada"))
        module.add(bouts("b", [(0.04, 0.12, "sit")], annotator="Ben"))

    found = read_all(foreign(tmp_path, two), fps=25)
    assert {labels.annotator: spans(labels) for labels in found} == {
        "Ada": [(0, 1, "sit")],
        "Ben": [(1, 3, "sit")],
    }
    assert {labels.frames for labels in found} == {3}

    def again(module: Any) -> None:
        two(module)
        module.add(bouts("c", [(0.0, 0.08, "sit")], annotator="Ben"))

    path = foreign(tmp_path, again, "b.nwb")
    with pytest.raises(FormatError, match=r"holds the tables .*; say which one \(observation=...\)"):
        read_all(path, fps=25)
    assert spans(read_labels(path, fps=25, observation="c")) == [(0, 2, "sit")]


def test_files_without_bouts_and_damaged_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    empty = foreign(tmp_path, lambda module: None)
    with pytest.raises(FormatError, match=r"holds no table of bouts"):
        read_labels(empty, "nwb", fps=25)
    backwards = foreign(tmp_path, lambda module: module.add(bouts("x", [(0.2, 0.1, "sit")])), "b.nwb")
    with pytest.raises(FormatError, match="does not run from a start to a later stop"):
        read_labels(backwards, fps=25)
    cut = put(tmp_path, "cut.nwb", empty.read_bytes()[:5000])
    with pytest.raises(FormatError, match="damaged, or no NWB file") as refused:
        read_labels(cut, "nwb", fps=25)
    assert "\n" not in str(refused.value)
    with h5py.File(tmp_path / "plain.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(FormatError, match="binary file, in no format that is known here"):
        sniff(tmp_path / "plain.h5")


def test_a_missing_package_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name.split(".")[0] in ("pynwb", "ndx_ethogram"):
            raise ImportError(name)
        return real(name, *more, **named)

    path = tmp_path / "a.nwb"
    write_labels(path, home_cage([1], fps=25.0), "nwb", session_start=START)
    monkeypatch.setattr(builtins, "__import__", without)
    for name in [name for name in sys.modules if name in ("pynwb", "ndx_ethogram")]:
        monkeypatch.delitem(sys.modules, name)
    assert sniff(path) == "nwb"
    with pytest.raises(MissingExtraError, match=r'pip install "napari-ethoprofile\[nwb\]"'):
        read_labels(path)
    with pytest.raises(MissingExtraError, match=r'pip install "napari-ethoprofile\[nwb\]"'):
        write_labels(tmp_path / "b.nwb", home_cage([1], fps=25.0), "nwb", session_start=START)
    assert not (tmp_path / "b.nwb").exists()
