"""Labels to the files of other tools and back: every frame returns, whatever the rate and the last frame."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.ethogram import Ethogram
from napari_ethoprofile.annotation.formats import FORMATS, Labels, losses, map_to, read_labels, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

RATES = [12.5, 25.0, 29.97, 30000 / 1001, 120.0]
#: Formats in which a frame without a behavior is one thing only.
GAPS = ["boris", "boris-tabular", "boris-aggregated", "bento", "caltech", "behaviordepot", "simba"]
#: Formats that keep unlabeled and none apart.
THREE = ["jabs", "elan", "nwb"]


@st.composite
def labels_of(draw: st.DrawFn, *, unlabeled: bool) -> Labels:
    """Labels of some behaviors in up to three exclusive groups."""
    names = draw(
        st.lists(st.sampled_from(["eat", "Rest2", "walk_fast", "x", "rear"]), unique=True, min_size=1)
    )
    items = [{"name": name, "group": f"g{draw(st.integers(1, 3))}"} for name in names]
    ethogram = Ethogram.from_dict({"behaviors": items})
    frames = draw(st.integers(1, 20))
    columns = []
    for group in range(len(ethogram.groups)):
        own = [b.id for b in ethogram.behaviors if ethogram.group_of(b.id) == group]
        codes = st.sampled_from([NONE, *own, *([UNLABELED] if unlabeled else [])])
        columns.append(draw(st.lists(codes, min_size=frames, max_size=frames)))
    return Labels(LabelTrack(np.array(columns).T), ethogram, fps=draw(st.sampled_from(RATES)))


def one_group(codes: list[int], fps: float = 29.97) -> Labels:
    """Labels of two behaviors in one group."""
    ethogram = Ethogram.from_dict({"behaviors": ["eat", "rest"]})
    return Labels(LabelTrack(np.array(codes)[:, None]), ethogram, fps=fps)


def back(folder: Path, labels: Labels, name: str) -> Labels:
    """Return what a file of the labels says, brought to their ethogram."""
    path = folder / f"a{FORMATS[name].ending}"
    options = {}
    if name == "simba":
        features = folder / "features.csv"
        rows = [f"{k},1.5,2.5,0.9,{k}.5" for k in range(labels.frames)]
        features.write_text("\n".join([",nose_x,nose_y,nose_p,speed", *rows, ""]))
        options["features"] = str(features)
    if name == "nwb":
        options["session_start"] = "2026-05-01T09:00:00+02:00"
    assert losses(labels, name, **options) == []
    write_labels(path, labels, name, **options)
    gaps = {} if name in THREE else {"gaps": "none"}
    return map_to(read_labels(path, fps=labels.fps, frames=labels.frames, **gaps), labels.ethogram)


@pytest.mark.parametrize("name", GAPS)
@given(labels=labels_of(unlabeled=False))
@example(labels=one_group([1] * 3 + [2] + [NONE] + [1]))  # first frame, one-frame bouts, last frame
@example(labels=one_group([NONE] * 5))
@settings(max_examples=40)
def test_a_file_without_an_unlabeled_state_gives_every_frame_back(
    tmp_path_factory: pytest.TempPathFactory, labels: Labels, name: str
) -> None:
    found = back(tmp_path_factory.mktemp("gaps"), labels, name).track
    silent = ~(labels.track.codes > NONE).any(axis=0)
    if name in ("boris-tabular", "boris-aggregated") and not silent.all():
        # These tables list no behaviors: a group in which none occurs leaves no trace in them.
        assert (found.codes[:, silent] == UNLABELED).all()
        assert (found.codes[:, ~silent] == labels.track.codes[:, ~silent]).all()
    elif labels.track.groups == 1 or name not in ("boris-tabular", "boris-aggregated"):
        assert found == labels.track


@pytest.mark.parametrize("name", ["jabs", "elan"])
@given(labels=labels_of(unlabeled=True))
@example(labels=one_group([1, UNLABELED, 2, NONE, UNLABELED]))
@settings(max_examples=60)
def test_a_file_with_three_states_gives_every_frame_back(
    tmp_path_factory: pytest.TempPathFactory, labels: Labels, name: str
) -> None:
    assert back(tmp_path_factory.mktemp("three"), labels, name).track == labels.track


@given(labels=labels_of(unlabeled=True))
@example(labels=one_group([1, UNLABELED, 2, NONE, UNLABELED]))
@settings(max_examples=8)
def test_an_nwb_file_gives_every_frame_back(tmp_path_factory: pytest.TempPathFactory, labels: Labels) -> None:
    assert back(tmp_path_factory.mktemp("nwb"), labels, "nwb").track == labels.track


@pytest.mark.parametrize("name", GAPS)
def test_unlabeled_frames_are_refused_where_they_would_look_like_none(tmp_path: Path, name: str) -> None:
    labels = one_group([1, UNLABELED, 2])
    phrase = losses(labels, name, features="f.csv")[0]
    assert phrase == "1 frame is unlabeled in at least one group (to write it anyway: unlabeled=none)"


@pytest.mark.parametrize("name", ["boris", "boris-tabular", "boris-aggregated", "elan"])
@pytest.mark.parametrize("fps", [25.0, 29.97, 30000 / 1001, 240.0])
def test_milliseconds_are_brought_to_the_nearest_frame_over_hours(
    tmp_path: Path, name: str, fps: float
) -> None:
    starts = np.arange(0, 400_000, 3_331)
    codes = np.zeros(400_000, np.int16)
    for start in starts.tolist():
        codes[start : start + 7] = 1
    labels = one_group(codes.tolist(), fps)
    assert back(tmp_path, labels, name).track == labels.track


@pytest.mark.parametrize("name", ["boris", "boris-tabular", "boris-aggregated", "elan"])
def test_frames_shorter_than_milliseconds_are_refused(name: str) -> None:
    found = losses(one_group([1, 2], fps=1000.0), name)
    assert found == ["times in milliseconds do not tell frames apart at 1000 frames per second"]


def test_frames_of_varying_length_are_written_and_read_by_their_times(tmp_path: Path) -> None:
    times = np.array([0.0, 0.033, 0.2, 0.233, 0.8])
    labels = one_group([1, 1, 2, NONE, 2], 30.0)
    for name in ("boris", "boris-aggregated", "elan", "nwb"):
        path = tmp_path / f"a{FORMATS[name].ending}"
        write_labels(path, labels, name, times=times, allow_loss=True)
        read = read_labels(path, times=times, fps=30.0, frames=5, gaps="none")
        assert map_to(read, labels.ethogram).track == labels.track, name
