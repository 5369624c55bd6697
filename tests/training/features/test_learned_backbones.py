import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from napari_ethoprofile.annotation.errors import EthoprofileError, LearnError, VideoError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training.cache import arrays_in
from napari_ethoprofile.training.cards import BackboneCard
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.ensemble import Ensemble
from napari_ethoprofile.training.examples import tasks_of
from napari_ethoprofile.training.features import dinov2, ethocnn, stack_cnn
from napari_ethoprofile.training.features.backbone import Backbone
from napari_ethoprofile.training.features.extraction import stream_features
from napari_ethoprofile.training.features.registry import ENTRIES, entry_of
from napari_ethoprofile.training.features.stacking import Embedder, stack_rows
from napari_ethoprofile.training.fitting import HeadFit, TrainingCanceledError
from napari_ethoprofile.training.heard import heard
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.models import Model
from napari_ethoprofile.training.networks.ethocnn import EthoCNN
from napari_ethoprofile.training.probabilities import edges_at_rate
from napari_ethoprofile.training.project_training import train_in_project
from napari_ethoprofile.training.recordings import Recordings


@pytest.fixture
def project_folder(labeled_mice: Path, tmp_path: Path) -> Path:
    shutil.copytree(labeled_mice, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def tiny_image_model(tmp_path: Path) -> Path:
    """A DINOv2 of two thin layers with random weights, as a folder."""
    from transformers import Dinov2Config, Dinov2Model

    torch.manual_seed(0)
    config = Dinov2Config(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=56, patch_size=14
    )
    Dinov2Model(config).save_pretrained(tmp_path / "tiny")
    return tmp_path / "tiny"


def first_steps(backbone: object, path: Path, folder: Path, steps: int = 6) -> np.ndarray:
    index = index_video(path, folder)
    return np.concatenate(
        [rows for _, rows in stream_features(backbone, path, index, 10.0, 5.0, 0, steps)]  # type: ignore[arg-type]
    )


def test_a_stack_lies_around_the_middle_of_its_step_at_any_rate() -> None:
    rows = stack_rows(edges_at_rate(0, 100, 25, 5), 25.0, 100)
    assert rows[4].tolist() == list(range(17, 28))
    slow = stack_rows(edges_at_rate(0, 100, 12.5, 5), 12.5, 100)
    assert slow[8].max() - slow[8].min() == 4  # the same 440 ms
    assert rows.min() == 0
    assert rows.max() <= 99


def test_a_backbone_that_finds_no_memory_looks_at_less_at_once_then_uses_the_cpu(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    most = 2

    def embed(images: torch.Tensor) -> torch.Tensor:
        if images.device.type == "meta" or len(images) > most:
            raise RuntimeError("MPS backend out of memory (other allocations: 17 GiB)")
        return images.float().mean(dim=(1, 2))[:, None]

    images = np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2)
    wanted = images.mean(axis=(1, 2))[:, None]
    told: list[str] = []
    with heard(told.append):
        np.testing.assert_allclose(Embedder(torch.nn.Identity(), embed, torch.Tensor.clone)(images), wanted)
    assert told[-1] == "The cpu is out of memory; going on with 2 pictures at once."
    most = 99
    # "meta" stands for a GPU here: a device that tensors can be sent to.
    monkeypatch.setattr("napari_ethoprofile.training.devices.choose_device", lambda: torch.device("meta"))
    np.testing.assert_allclose(Embedder(torch.nn.Identity(), embed, torch.Tensor.clone)(images), wanted)
    assert "the backbone goes on with the CPU" in caplog.text
    most = 0
    monkeypatch.undo()
    with pytest.raises(MemoryError):
        Embedder(torch.nn.Identity(), embed, torch.Tensor.clone)(images)


def test_a_project_trains_its_own_network_once_a_fold(
    project_folder: Path, mice: Path, tmp_path: Path
) -> None:
    recipe = Recipe("own", "stack-cnn", {"steps": 6}, head=HeadFit(epochs=1, least_steps=3))
    with Project.open(project_folder) as project:
        done = train_in_project(project, recipe)
        kinds = {entry.kind for entry in arrays_in(project.cache_folder).entries()}
        assert {"frames", "features"} <= kinds  # so that "ethoprofile cache" counts and limits both
    model = Model.read(done.folder)
    ensemble = Ensemble.of(model)
    assert len(ensemble.backbones) == 3
    hashes = {backbone.card.weights_sha256 for backbone in ensemble.backbones}
    assert len(hashes) == 3
    assert model.card.backbone.subjects is not None
    path = sorted(mice.glob("*.mkv"))[0]
    said = ensemble.stretch(tmp_path, path, index_video(path, tmp_path), 10.0, (0, 50))
    assert said.groups[0].shape == (25, len(model.card.groups[0].behaviors))


def test_a_training_tells_that_memory_ran_out(project_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def embed(self: Embedder, stacks: np.ndarray) -> np.ndarray:
        if len(stacks) > 8:
            raise RuntimeError("CUDA out of memory")
        return enough(self, stacks)

    enough = Embedder._run
    monkeypatch.setattr(Embedder, "_run", embed)
    recipe = Recipe("own", "stack-cnn", {"steps": 2}, head=HeadFit(epochs=1, least_steps=3))
    with Project.open(project_folder) as project:
        done = train_in_project(project, recipe)
    sentence = "The cpu is out of memory; going on with 8 pictures at once."
    assert done.warnings.count(sentence) == 1
    assert sentence in done.card.data_summary["warnings"]


def test_a_network_names_the_animals_it_has_seen_and_comes_back(
    labeled_mice: Path, mice: Path, tmp_path: Path
) -> None:
    with Project.open(labeled_mice, read_only=True) as project:
        data = take_snapshot(project).select([0, 2])
    tasks, _ = tasks_of(data)
    made = stack_cnn.fit(data, tasks, Recordings(tmp_path), 0, {"steps": 4})
    again = stack_cnn.fit(data, tasks, Recordings(tmp_path), 0, {"steps": 4})
    assert made.card == again.card
    assert made.card.subjects == ("01", "03")
    path = sorted(mice.glob("*.mkv"))[0]
    back = stack_cnn.restore(made.card, made.weights())
    assert back.card == made.card
    np.testing.assert_allclose(
        first_steps(made, path, tmp_path), first_steps(back, path, tmp_path), atol=1e-5
    )
    with pytest.raises(LearnError, match="weights of the backbone stack-cnn do not fit"):
        stack_cnn.restore(made.card, {"first.weight": np.zeros(3, np.float32)})
    with pytest.raises(TrainingCanceledError):
        stack_cnn.fit(data, tasks, Recordings(tmp_path), 0, {"steps": 4}, cancelled=lambda: True)


def test_the_published_network_embeds_and_unknown_animals_are_told(
    project_folder: Path, mice: Path, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    file = tmp_path / "mouse_v5.model"
    torch.save(EthoCNN().state_dict(), file)
    made = ethocnn.make({"weights": str(file)})
    assert (made.card.subjects, made.card.dimension) == (None, 2048)
    path = sorted(mice.glob("*.mkv"))[0]
    rows = first_steps(made, path, tmp_path, 3)
    assert rows.shape == (3, 2048)
    back = ethocnn.restore(made.card, made.weights())
    np.testing.assert_allclose(first_steps(back, path, tmp_path, 3), rows, atol=1e-5)
    with pytest.raises(LearnError, match="needs weights"):
        ethocnn.make({})
    with pytest.raises(EthoprofileError, match="cannot be read"):
        ethocnn.make({"weights": str(tmp_path / "nothing.model")})
    with pytest.raises(LearnError, match="does not hold the DeepEthoProfile network"):
        ethocnn.restore(made.card, {"fc2.bias": np.zeros(8, np.float32)})


def test_an_image_model_is_loaded_from_its_folder_only(
    mice: Path, tmp_path: Path, tiny_image_model: Path
) -> None:
    made = dinov2.make({"weights": str(tiny_image_model)})
    assert made.card.license.startswith("not stated")  # no page came with these weights
    path = sorted(mice.glob("*.mkv"))[0]
    rows = first_steps(made, path, tmp_path)
    assert rows.shape == (6, 32)
    assert np.isfinite(rows).all()
    assert made.weights() == {}
    assert dinov2.restore(made.card, {}).card == made.card
    (tiny_image_model / "README.md").write_text("---\ntags:\n- vision\nlicense: mit\n---\n# Tiny\n")
    assert dinov2.license_of(str(tiny_image_model)) == "mit"
    assert dinov2.license_of(dinov2.REPOSITORY) == "Apache-2.0"
    with pytest.raises(LearnError, match="has other weights"):
        dinov2.restore(replace(made.card, weights_sha256="0" * 64), {})
    with pytest.raises(LearnError, match="is not on this computer, and nothing is downloaded"):
        dinov2.make({"weights": str(tmp_path / "nothing")})


def test_frames_go_into_an_image_model_as_it_was_trained() -> None:
    images = dinov2._as_images(torch.full((1, 2, 2), 255, dtype=torch.uint8))
    assert images.shape == (1, 3, 2, 2)
    assert images[0, 0, 0, 0].item() == pytest.approx((1 - 0.449) / 0.226)


def test_figures_of_a_backbone_that_may_have_seen_the_animals_say_so(
    project_folder: Path, tiny_image_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_of("dinov2-small")

    def seen_by(subjects: tuple[str, ...] | None) -> None:
        def make(options: object) -> dinov2.ImageModel:
            made = dinov2.make(options)  # type: ignore[arg-type]
            made.card = replace(made.card, subjects=subjects)
            return made

        monkeypatch.setitem(ENTRIES, entry.name, replace(entry, make=make))

    options = {"weights": str(tiny_image_model)}
    recipe = Recipe("image", "dinov2-small", options, head=HeadFit(epochs=1, least_steps=2))
    with Project.open(project_folder) as project:
        seen_by(("02",))
        with pytest.raises(LearnError, match="trained on the subject '02', which is to be tested"):
            train_in_project(project, recipe)
        seen_by(None)
        done = train_in_project(project, recipe)
    assert all(metric.split.endswith("split unknown") for metric in done.card.metrics)


def test_a_backbone_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(LearnError, match="choose one of motion, stack-cnn, ethocnn, dinov2-small"):
        entry_of("magic")


@pytest.mark.parametrize("name", ["motion", "stack-cnn", "dinov2-small"])
def test_a_crop_hides_the_rest_of_the_picture_and_travels_with_the_card(
    name: str, project_folder: Path, tiny_image_model: Path, tmp_path: Path
) -> None:
    options = {"crop": [0, 0, 88, 144], "weights": str(tiny_image_model), "steps": 1}
    entry = entry_of(name)

    def made(options: dict[str, object]) -> Backbone:
        if entry.make is not None:
            return entry.make(options)
        with Project.open(project_folder) as project:
            snapshot, recordings = take_snapshot(project), Recordings(project.cache_folder)
            tasks, _ = tasks_of(snapshot)
            return entry.fit(snapshot, tasks, recordings, 0, options, None, None)  # type: ignore[misc]

    backbone = made(options)
    halves = [written(tmp_path / f"{n}.mkv", right) for n, right in enumerate((0, 200))]
    one, other = (first_steps(backbone, path, tmp_path) for path in halves)
    np.testing.assert_array_equal(one, other)
    read = json.loads(json.dumps(asdict(backbone.card))) | {"subjects": backbone.card.subjects}
    again = entry.restore(BackboneCard(**read), backbone.weights())
    assert again.card.options["crop"] == [0, 0, 88, 144]
    np.testing.assert_array_equal(first_steps(again, halves[1], tmp_path), one)
    picture = r"crop 80,0,100,144 does not lie on the picture of .* 176 x 144 pixels"
    with pytest.raises(VideoError, match=picture):
        first_steps(made(options | {"crop": [80, 0, 100, 144]}), halves[0], tmp_path)


def written(path: Path, right: int) -> Path:
    """Write a recording whose left half flickers and whose right half is of one gray."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 176, 144, "gray"
        for number in range(20):
            picture = np.full((144, 176), right, np.uint8)
            picture[:, :88] = np.arange(88, dtype=np.uint8) * 2 + number
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="gray")))
        container.mux(stream.encode())
    return path
