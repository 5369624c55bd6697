"""Three rooms, one direction: what a room must not load, seen in a fresh interpreter."""

import importlib.metadata
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def modules_of(folder: str, package: str) -> list[str]:
    names = [package]
    for info in pkgutil.walk_packages([str(ROOT / folder)], prefix=f"{package}."):
        if not info.name.endswith("__main__"):
            names.append(info.name)
    return names


def loaded_after(modules: list[str]) -> set[str]:
    code = (
        "import sys, json, importlib\n"
        f"for m in {modules!r}: importlib.import_module(m)\n"
        "print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(done.stdout)}


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("annotation", {"qtpy", "PyQt6", "PySide6", "napari", "torch", "magicgui", "superqt"}),
        ("training", {"qtpy", "PyQt6", "PySide6", "napari", "magicgui", "superqt"}),
    ],
)
def test_a_room_loads_only_what_it_may(folder: str, forbidden: set[str]) -> None:
    modules = modules_of(folder, f"napari_ethoprofile.{folder}")
    assert not loaded_after(modules) & forbidden


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = {"numpy", "pandas", "napari", "qtpy", "av", "zarr", "dask", "sqlalchemy"}
    assert not loaded_after(["napari_ethoprofile"]) & heavy


def test_nothing_imports_the_folders_by_their_bare_names() -> None:
    pattern = re.compile(r"^\s*(from|import) (annotation|training)\b", re.MULTILINE)
    folders = ("annotation", "training", "napari_ethoprofile", "tests", "benchmarks")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 10
    assert [str(path) for path in files if pattern.search(path.read_text("utf-8"))] == []


def test_every_package_is_shipped_and_tests_are_not() -> None:
    import tomllib

    shipped = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    )
    present = {"napari_ethoprofile"}
    for folder, package in (
        ("napari_ethoprofile", "napari_ethoprofile"),
        ("annotation", "napari_ethoprofile.annotation"),
        ("training", "napari_ethoprofile.training"),
    ):
        for init in (ROOT / folder).rglob("__init__.py"):
            inner = init.parent.relative_to(ROOT / folder).parts
            present.add(".".join((package, *inner)))
    assert shipped == present


def test_the_manifest_is_found_through_the_installed_package() -> None:
    points = importlib.metadata.entry_points(group="napari.manifest")
    assert "napari-ethoprofile" in {point.name for point in points}
