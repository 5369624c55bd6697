"""The DeepEthoProfile network: names, shapes and size as published, and safe loading of a lab's files."""

from pathlib import Path

import pytest
import torch
from napari_ethoprofile.training.networks.ethocnn import EMBEDDING, EthoCNN, as_input
from napari_ethoprofile.training.networks.ethocnn_weights import WeightsError, load_weights
from torch import nn

SHAPES = {
    "bn1": (11,), "bn2": (128,), "bn3": (256,),
    "c11": (32, 11, 11, 1), "c12": (32, 11, 1, 11), "c13": (32, 11, 7, 3), "c14": (32, 11, 3, 7),
    "c2": (256, 128, 5, 5), "c3": (384, 256, 3, 3), "c32": (512, 384, 3, 3), "c4": (256, 512, 3, 3),
    "fc1": (2048, 4096), "fc12": (2048, 2048), "fc2": (8, 2048),
}  # fmt: skip


def random_stacks(count: int = 2) -> torch.Tensor:
    torch.manual_seed(3)
    return torch.randint(0, 256, (count, 11, 256, 256), dtype=torch.uint8)


@pytest.fixture(scope="module")
def network() -> EthoCNN:
    torch.manual_seed(0)
    return EthoCNN().eval()


def test_names_and_shapes_are_the_published_ones(network: EthoCNN) -> None:
    expected: dict[str, tuple[int, ...]] = {}
    for layer, shape in SHAPES.items():
        if layer.startswith("bn"):
            names = ("weight", "bias", "running_mean", "running_var")
            expected |= {f"{layer}.{name}": shape for name in names}
            expected[f"{layer}.num_batches_tracked"] = ()
        else:
            expected |= {f"{layer}.weight": shape, f"{layer}.bias": shape[:1]}
    assert {name: tuple(value.shape) for name, value in network.state_dict().items()} == expected
    assert len(expected) == 37
    assert sum(value.numel() for value in network.parameters()) == 17_281_310


def test_the_layers_shrink_the_picture_as_documented(network: EthoCNN) -> None:
    seen: dict[str, tuple[int, ...]] = {}
    hooks = [
        layer.register_forward_hook(lambda _l, given, _o, name=name: seen.update({name: given[0].shape[1:]}))
        for name, layer in network.named_children()
    ]
    with torch.no_grad():
        assert network(as_input(random_stacks(1))).shape == (1, 8)
    for hook in hooks:
        hook.remove()
    assert seen["bn1"] == (11, 256, 256)
    assert seen["bn2"] == (128, 63, 63)
    assert seen["bn3"] == seen["c3"] == (256, 29, 29)
    assert seen["c32"] == (384, 13, 13)
    assert seen["c4"] == (512, 11, 11)
    assert seen["fc1"] == (4096,)


def test_the_four_shapes_are_joined_in_the_order_of_the_weights() -> None:
    network = EthoCNN().eval()
    with torch.no_grad():
        for number, name in enumerate(("c11", "c13", "c14", "c12")):
            layer = network.get_submodule(name)
            layer.weight.zero_()
            layer.bias.fill_(number + 1)
    joined: list[torch.Tensor] = []
    network.bn2.register_forward_hook(lambda _l, given, _o: joined.append(given[0]))
    with torch.no_grad():
        network(torch.zeros(1, 11, 256, 256))
    assert [float(joined[0][0, 32 * part].mean()) for part in range(4)] == [1, 2, 3, 4]


def test_logits_follow_from_the_embedding(network: EthoCNN) -> None:
    stacks = as_input(random_stacks())
    with torch.no_grad():
        found = network.embed(stacks)
        assert found.shape == (2, EMBEDDING)
        assert float(found.min()) >= 0
        torch.testing.assert_close(network.fc2(found), network(stacks))


def test_channels_last_gives_the_same(network: EthoCNN) -> None:
    stacks = as_input(random_stacks())
    other = EthoCNN().eval()
    other.load_state_dict(network.state_dict())
    other = other.to(memory_format=torch.channels_last)
    with torch.no_grad():
        given = stacks.contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(other(given), network(stacks), rtol=1e-4, atol=1e-5)


def test_gray_levels_are_exact_in_every_float() -> None:
    levels = torch.arange(256, dtype=torch.uint8)
    for dtype in (torch.float16, torch.bfloat16, torch.float32):
        assert (as_input(levels, dtype).double() * 256 == levels.double()).all()


def test_a_labs_weights_load_on_the_cpu(tmp_path: Path, network: EthoCNN) -> None:
    torch.save(network.state_dict(), tmp_path / "mouse_v5.model")
    loaded = load_weights(tmp_path / "mouse_v5.model")
    assert not loaded.training
    for name, value in loaded.state_dict().items():
        assert torch.equal(value, network.state_dict()[name])


class Trap:
    """Something that a pickle would run when it is opened."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('it was run')",)


def test_foreign_files_are_refused_in_one_sentence(tmp_path: Path, network: EthoCNN) -> None:
    path = tmp_path / "a.model"
    with pytest.raises(WeightsError, match="cannot be read"):
        load_weights(path)
    path.write_text("\n<!DOCTYPE html><html>404</html>")
    with pytest.raises(WeightsError, match="is a web page"):
        load_weights(path)
    path.write_bytes(b"frame;annotation\n0;1\n")
    with pytest.raises(WeightsError, match="no file of weights"):
        load_weights(path)
    torch.save(network.state_dict(), path)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(WeightsError, match="cut short"):
        load_weights(path)
    torch.save({"epoch": 3, "model_state_dict": network.state_dict(), "loss": nn.CrossEntropyLoss()}, path)
    with pytest.raises(WeightsError, match="more than weights"):
        load_weights(path)
    torch.save({name: value * float("nan") for name, value in network.state_dict().items()}, path)
    with pytest.raises(WeightsError, match="NaN or infinite"):
        load_weights(path)
    torch.save({"epoch": 3, "model_state_dict": network.state_dict()}, path)
    with pytest.raises(WeightsError, match="training checkpoint"):
        load_weights(path)
    torch.save({"x": Trap()}, path)
    with pytest.raises(WeightsError, match="could run code"):
        load_weights(path)
    torch.save([1, 2], path)
    with pytest.raises(WeightsError, match="no file of weights"):
        load_weights(path)
    for damaged in (b"\x80\x04junk", b"\x80\x02}q\x00X\x03", b"\x80\x02.", b"PK\x03\x04"):
        path.write_bytes(damaged)
        with pytest.raises(WeightsError, match=r"no file of weights|more than weights"):
            load_weights(path)


def test_older_networks_are_refused(tmp_path: Path, network: EthoCNN) -> None:
    path = tmp_path / "mouse_v2.model"
    other = dict(network.state_dict())
    other["fc2.weight"] = torch.zeros(10, 2048)
    torch.save(other, path)
    with pytest.raises(WeightsError, match=r"fc2\.weight is 10x2048 instead of 8x2048"):
        load_weights(path)
    del other["c32.weight"]
    other["c5.weight"] = torch.zeros(1)
    torch.save(other, path)
    with pytest.raises(WeightsError, match="1 parameters are missing, 1 are unknown"):
        load_weights(path)
