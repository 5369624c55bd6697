"""Labels to file to labels, for every format: what a format can hold comes back, the rest is refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.ethogram import Ethogram, preset
from napari_ethoprofile.annotation.formats import Labels, Mark, losses, map_to, read_labels, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

NAMES = [
    "eat",
    "Groom back",
    "rest (deep)",
    "mm+",
    "größer",
    'a "b", c',
    "x;y",
    "1",
    "true",
    "frame",
    "start",
]


@st.composite
def labels_of(draw: st.DrawFn, *, names: list[str] = NAMES, groups: int = 3) -> Labels:
    """Labels of some behaviors in some groups, with provenance and notes."""
    chosen = draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=5))
    items = [{"name": name, "group": f"g{draw(st.integers(1, groups))}"} for name in chosen]
    ethogram = Ethogram.from_dict({"behaviors": items})
    frames = draw(st.integers(1, 25))
    columns = []
    for group in range(len(ethogram.groups)):
        own = [b.id for b in ethogram.behaviors if ethogram.group_of(b.id) == group]
        codes = st.sampled_from([UNLABELED, NONE, *own])
        columns.append(draw(st.lists(codes, min_size=frames, max_size=frames)))
    return Labels(LabelTrack(np.array(columns).T), ethogram, fps=draw(st.sampled_from([None, 25.0, 30.0])))


@given(labels=labels_of())
def test_the_full_table_holds_everything(tmp_path_factory: pytest.TempPathFactory, labels: Labels) -> None:
    path = tmp_path_factory.mktemp("frames") / "a.csv"
    write_labels(path, labels, "frames")
    back = map_to(read_labels(path), labels.ethogram)
    assert back.track == labels.track


@given(labels=labels_of())
def test_a_bout_table_holds_everything_but_the_unlabeled_end(
    tmp_path_factory: pytest.TempPathFactory, labels: Labels
) -> None:
    path = tmp_path_factory.mktemp("bouts") / "a.csv"
    write_labels(path, labels, "bouts")
    back = map_to(read_labels(path, frames=labels.frames), labels.ethogram)
    assert back.track == labels.track


@given(
    labels=labels_of(groups=1),
    marks=st.lists(
        st.tuples(
            st.integers(0, 24),
            st.integers(1, 9),
            st.sampled_from(["typed", "accepted"]),
            st.text('ab,"\n', max_size=3),
        ),
        max_size=4,
    ),
)
def test_a_bout_table_that_is_written_again_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, labels: Labels, marks: list[tuple[int, int, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("bouts")
    kept = tuple(
        Mark(start, min(start + length, labels.frames), 0, provenance, note.strip())
        for start, length, provenance, note in marks
        if start < labels.frames
    )
    noted = Labels(labels.track, labels.ethogram, fps=25.0, annotator="Ada", marks=kept)
    write_labels(folder / "a.csv", noted, "bouts")
    back = read_labels(folder / "a.csv", frames=labels.frames, fps=25.0, annotator="Ada")
    write_labels(folder / "b.csv", back, "bouts")
    assert (folder / "b.csv").read_bytes() == (folder / "a.csv").read_bytes()


@pytest.mark.parametrize("name", ["deepethogram", "one-hot"])
@given(labels=labels_of(names=["eat", "rest (deep)", "mm+", "x;y", "1"]))
def test_indicator_tables_hold_what_is_decided(
    tmp_path_factory: pytest.TempPathFactory, labels: Labels, name: str
) -> None:
    path = tmp_path_factory.mktemp("indicators") / "a.csv"
    undecided = labels.track.codes == UNLABELED
    partly = (undecided.any(axis=1) & ~undecided.all(axis=1)).any()
    assert bool(losses(labels, name)) == partly
    write_labels(path, labels, name, partial="columns")
    back = map_to(read_labels(path, name), labels.ethogram)
    assert back.track == labels.track


@given(codes=st.lists(st.integers(-1, 8), min_size=2, max_size=40), fps=st.sampled_from([25.0, 29.97]))
@pytest.mark.parametrize("name", ["deepethoprofile", "deepethoprofile-results"])
def test_tables_of_codes_hold_what_they_do_not_refuse(
    tmp_path_factory: pytest.TempPathFactory, codes: list[int], fps: float, name: str
) -> None:
    path = tmp_path_factory.mktemp("codes") / "a.csv"
    labels = Labels(LabelTrack(np.array(codes)[:, None]), preset("home-cage"), fps=fps)
    decided = [code for code in codes if code != UNLABELED]
    inner = codes if name == "deepethoprofile" else codes[: _after_last(codes)]
    refused = UNLABELED in inner or NONE in codes or not decided
    assert bool(losses(labels, name)) == refused
    if not refused:
        write_labels(path, labels, name)
        back = map_to(read_labels(path, name, frames=len(codes)), labels.ethogram)
        assert back.track == labels.track


def _after_last(codes: list[int]) -> int:
    return max((n + 1 for n, code in enumerate(codes) if code != UNLABELED), default=0)


def test_a_conversion_is_reading_and_writing(tmp_path: Path) -> None:
    first = Labels(LabelTrack(np.array([[1], [1], [8], [5]])), preset("home-cage"), fps=25.0)
    chain = [
        "deepethoprofile",
        "deepethogram",
        "bouts",
        "one-hot",
        "frames",
        "deepethoprofile-results",
        "deepethoprofile",
    ]
    labels = first
    for number, name in enumerate(chain):
        path = tmp_path / f"{number}.csv"
        write_labels(path, labels, name, fps=25.0)
        labels = read_labels(path, name)
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "6.csv").read_bytes()
