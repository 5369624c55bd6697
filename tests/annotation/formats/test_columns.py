"""Columns that go out as they came in."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from label_files import clip_text, home_cage, put
from napari_ethoprofile.annotation.formats import read_labels, restore_details, source_details
from napari_ethoprofile.annotation.formats.columns import (
    cells_of,
    column_from_plain,
    column_of,
    plain_column,
)


@given(
    st.lists(
        st.one_of(
            st.integers(-(2**63), 2**63).map(str), st.sampled_from(["", "1.0", "007", "-0", " 1", "1_0"])
        )
    )
)
def test_cells_come_back_as_they_were(cells: list[str]) -> None:
    assert cells_of(column_of(cells)) == cells


@given(
    st.one_of(
        st.lists(st.integers(-1000, 1000)).map(lambda cells: np.array(cells, np.int64)),
        st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 40), st.integers(1, 20))).map(
            lambda runs: np.concatenate(
                [np.arange(count) * step + first for first, step, count in runs] or [np.empty(0)]
            ).astype(np.int64)
        ),
        st.lists(st.text(max_size=3), min_size=1).map(lambda cells: np.array(cells, dtype=object)),
    )
)
def test_columns_survive_json(column: np.ndarray) -> None:
    back = column_from_plain(json.loads(json.dumps(plain_column(column))))
    np.testing.assert_array_equal(back, column)


def test_a_regular_column_takes_little_space() -> None:
    assert plain_column(np.arange(45_000, 540_000)) == [[45_000, 1, 495_000]]


def test_what_a_file_held_beside_its_labels_survives_json(tmp_path) -> None:
    labels = read_labels(put(tmp_path, "a_map.csv", "\ufeff" + clip_text([1, 2, 3], first=45_000)))
    details = json.loads(json.dumps(source_details(labels)))
    restored = restore_details(home_cage([1, 2, 3]), details)
    assert restored.layout == labels.layout
    np.testing.assert_array_equal(restored.frame_column, labels.frame_column)
    assert restore_details(home_cage([1, 2]), details).frame_column is None
