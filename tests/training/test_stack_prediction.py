"""The batch tier on a recording: published grid, its tail, overlapping stacks, the same after a resume."""

from pathlib import Path

import numpy as np
import pytest
import torch
from lab_weights import write_weights
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.formats import read_labels
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training.cards import BackboneCard
from napari_ethoprofile.training.frames import FrameStream
from napari_ethoprofile.training.models import Model
from napari_ethoprofile.training.networks.ethocnn import CLASSES, EthoCNN, as_input
from napari_ethoprofile.training.prediction import predict_recording
from napari_ethoprofile.training.predictors import load_predictor
from napari_ethoprofile.training.preprocessing import Preprocessing
from napari_ethoprofile.training.stack_prediction import StackPredictor, lab_card
from numbered_video import RECIPES, write_numbered

FRAMES = 96


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_weights(tmp_path_factory.mktemp("lab") / "mouse_v5.model")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_numbered(tmp_path_factory.mktemp("videos") / "a.mkv", RECIPES["h264-b.mkv"], FRAMES)


@pytest.fixture(scope="module")
def predictor(weights: Path) -> StackPredictor:
    found = load_predictor(str(weights), device="cpu")
    assert isinstance(found, StackPredictor)
    return found


def test_the_published_grid_and_its_tail(
    recording: Path, weights: Path, predictor: StackPredictor, tmp_path: Path
) -> None:
    result = predict_recording(recording, predictor, tmp_path)
    frames = np.array(list(FrameStream(recording, Preprocessing.published(), index_video(recording))))
    starts = [*range(0, 88, 11), FRAMES - 11]
    network = EthoCNN().eval()
    network.load_state_dict(torch.load(weights, weights_only=True))
    with torch.no_grad():
        stacks = torch.from_numpy(np.stack([frames[start : start + 11] for start in starts]))
        expected = network(as_input(stacks)).softmax(1).numpy()
    np.testing.assert_allclose(result.probabilities.groups[0], expected, atol=0.03)
    assert result.probabilities.edges.tolist() == [*range(0, 89, 11), FRAMES]
    labels = read_labels(result.labels_file)
    assert labels.frames == FRAMES
    named = [labels.ethogram.label_name(int(code)) for code in labels.track.codes[:, 0]]
    likely = result.probabilities.groups[0].argmax(1)
    assert named == [CLASSES[k] for k in np.repeat(likely, np.diff(result.probabilities.edges))]
    assert result.facts["model"].startswith("mouse_v5@")


def test_overlapping_stacks_and_a_later_start_give_the_same(
    recording: Path, weights: Path, predictor: StackPredictor
) -> None:
    index = index_video(recording)
    close = load_predictor(str(weights), device="cpu", stride=4)
    edges = close.edges(index, 25.0, 0, FRAMES)
    assert len(edges) == 25
    whole = np.concatenate([rows for _, rows in close.rows(recording, index, 25.0, edges, 0)])
    late = list(close.rows(recording, index, 25.0, edges, 16))
    assert [step for step, _ in late] == [16]
    np.testing.assert_allclose(late[0][1], whole[16:], atol=1e-5)
    assert close.card.id == predictor.card.id


def test_a_clip_has_a_grid_of_its_own(recording: Path, predictor: StackPredictor, tmp_path: Path) -> None:
    index = index_video(recording)
    found = predictor.clip(tmp_path, recording, index, 25.0, (22, 55))
    assert found.edges.tolist() == [22, 33, 44, 55]
    edges = predictor.edges(index, 25.0, 0, FRAMES)
    whole = np.concatenate([rows for _, rows in predictor.rows(recording, index, 25.0, edges, 0)])
    np.testing.assert_allclose(found.groups[0], whole[2:5], atol=1e-5)


def test_a_model_folder_comes_back(weights: Path, tmp_path: Path) -> None:
    network = EthoCNN(8)
    network.load_state_dict(torch.load(weights, weights_only=True))
    table = {name: value.numpy() for name, value in network.state_dict().items()}
    Model(lab_card("ours", ""), table).write(tmp_path / "ours")
    found = load_predictor(str(tmp_path / "ours"), device="cpu")
    assert found.card.name == "ours"
    del table["c2.weight"]
    Model(lab_card("other", ""), table).write(tmp_path / "other")
    with pytest.raises(LearnError, match="of another network"):
        load_predictor(str(tmp_path / "other"), device="cpu")


def test_lab_weights_say_that_nobody_knows_what_they_have_seen() -> None:
    card = lab_card("mouse_v5", "ab" * 32)
    assert card.backbone == BackboneCard("ethocnn", weights_sha256="ab" * 32, subjects=None)
    assert card.split == "split unknown"


def test_wrong_choices_are_told(weights: Path) -> None:
    with pytest.raises(LearnError, match="1 or more, not 0"):
        load_predictor(str(weights), stride=0)
    with pytest.raises(LearnError, match="no device 'tpu'"):
        load_predictor(str(weights), device="tpu")
    with pytest.raises(LearnError, match="There is no model 'nothing'"):
        load_predictor("nothing")
