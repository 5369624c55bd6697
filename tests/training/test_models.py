import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.ethogram import Ethogram, make_ethogram, preset
from napari_ethoprofile.training.cards import BackboneCard, GroupCard, Metric, ModelCard, groups_of, renamed
from napari_ethoprofile.training.models import Model, read_card, translation
from napari_ethoprofile.training.probabilities import Probabilities, edges_at_rate, edges_at_stride


def model(name: str = "first", value: float = 1.0, ethogram: Ethogram | None = None) -> Model:
    card = ModelCard(
        name=name,
        tier="interactive",
        architecture={"name": "tcn", "width": 4},
        backbone=BackboneCard("motion", dimension=3),
        preprocessing={"size": [8, 8]},
        groups=groups_of(ethogram or preset("home-cage")),
        rate=5.0,
        split="leave-one-subject-out",
        metrics=(
            Metric("macro accuracy", 0.5, "leave-one-subject-out", 0.4, 0.6),
            Metric("accuracy of drink", None, "leave-one-subject-out", why="no frame is labeled drink"),
        ),
        subjects=("01", "02"),
    )
    return Model(card, {"a": np.full((2, 3), value, np.float32), "b": np.arange(4)})


def test_a_model_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = model().write(tmp_path / "first")
    read = Model.read(tmp_path / "first")
    assert read.card == written.card
    assert {k: v.tolist() for k, v in read.weights.items()} == {
        k: v.tolist() for k, v in written.weights.items()
    }
    assert read.card.id.startswith("first@")
    text = (tmp_path / "first" / "model.md").read_text()
    assert "not defined: no frame is labeled drink" in text
    assert "nan" not in text.lower()


def test_a_new_model_takes_the_place_of_an_old_one_only_when_told(tmp_path: Path) -> None:
    model(value=1).write(tmp_path / "m")
    with pytest.raises(LearnError, match="exists already"):
        model(value=2).write(tmp_path / "m")
    model(value=2).write(tmp_path / "m", replace_old=True)
    assert Model.read(tmp_path / "m").weights["a"][0, 0] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_folder_that_is_no_model_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "thesis.docx").write_text("years of work")
    with pytest.raises(LearnError, match="exists already"):
        model().write(tmp_path / "m", replace_old=True)
    assert (tmp_path / "m" / "thesis.docx").exists()


def test_a_full_disk_leaves_the_old_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model(value=1).write(tmp_path / "m")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LearnError, match="No space left on device; nothing was changed"):
        model(value=2).write(tmp_path / "m", replace_old=True)
    assert Model.read(tmp_path / "m").weights["a"][0, 0] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_foreign_or_damaged_weights_are_refused(tmp_path: Path) -> None:
    model(value=1).write(tmp_path / "m")
    model(value=2).write(tmp_path / "n")
    (tmp_path / "n" / "weights.safetensors").replace(tmp_path / "m" / "weights.safetensors")
    with pytest.raises(LearnError, match="damaged or of another model"):
        Model.read(tmp_path / "m")
    model(value=float("nan")).write(tmp_path / "astray")
    with pytest.raises(LearnError, match="NaN or infinite"):
        Model.read(tmp_path / "astray")


def test_a_card_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"format": 1, "name": "x"}))
    with pytest.raises(LearnError, match="not a model of this program"):
        read_card(tmp_path)
    with pytest.raises(LearnError, match="is not a model"):
        read_card(tmp_path / "nothing")


def test_a_model_for_another_ethogram_is_mapped_or_refused() -> None:
    card = model(ethogram=make_ethogram(["eat", "sleep"])).card
    other = make_ethogram(["walk", "rest", "eat"])
    with pytest.raises(LearnError, match="knows sleep, which the ethogram"):
        translation(card, other)
    assert translation(renamed(card, {"sleep": "rest"}), other) == ({1: 3, 2: 2}, (0,))
    with pytest.raises(LearnError, match="would become one"):
        translation(renamed(card, {"sleep": "eat"}), other)
    with pytest.raises(LearnError, match="knows no behavior 'dream'; it knows eat, sleep"):
        renamed(card, {"dream": "rest"})


def test_a_group_that_another_ethogram_tears_apart_is_refused() -> None:
    card = model(ethogram=make_ethogram(["eat", "sleep"])).card
    with pytest.raises(LearnError, match="lie in 2 groups"):
        translation(card, make_ethogram(["eat", "sleep"], exclusive=False))


def test_groups_of_a_multi_label_ethogram_have_one_behavior_each() -> None:
    assert groups_of(make_ethogram(["eat", "sleep"], exclusive=False)) == (
        GroupCard("eat", ((1, "eat"),)),
        GroupCard("sleep", ((2, "sleep"),)),
    )


@given(st.integers(0, 500), st.integers(1, 400), st.floats(1, 120), st.floats(0.5, 60))
def test_steps_divide_frames_without_gaps_and_on_one_grid(
    start: int, length: int, fps: float, rate: float
) -> None:
    edges = edges_at_rate(start, start + length, fps, rate)
    assert edges[0] == start
    assert edges[-1] == start + length
    assert (np.diff(edges) >= 1).all()
    whole = edges_at_rate(0, start + length + 500, fps, rate)
    assert set(edges[1:-1]) <= set(whole)
    assert np.diff(edges).max() <= np.ceil(max(1, fps / rate) + 1e-6)


def test_every_frame_has_the_values_of_its_step() -> None:
    edges = edges_at_stride(5, 30, 11)
    assert edges.tolist() == [5, 16, 27, 30]
    values = np.array([[0.2, 0.8], [1, 0], [0.5, 0.5]], np.float32)
    found = Probabilities((values,), ((1, 2),), edges, "m@1")
    frames = found.per_frame(values)
    assert frames.shape == (found.frames, 2)
    assert frames[10].tolist() == values[0].tolist()
    assert frames[11].tolist() == [1, 0]
    assert frames[-1].tolist() == [0.5, 0.5]


def test_probabilities_that_do_not_fit_their_steps_are_refused() -> None:
    with pytest.raises(LearnError, match="there are 1 steps and 2 classes"):
        Probabilities((np.zeros((2, 2), np.float32),), ((1, 2),), np.array([0, 4]), "m")
