"""Wiring on real pixels: moving or not, by an independent rule, as docs/accuracy.md describes it."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.formats import read_labels
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from realdata import realdata_file

from napari_ethoprofile.cli import run

#: The animal moves where more than this share of its size changes between frames, on the mean of a second.
CHANGE = 0.12
CLIPS = 6


def moving(path: Path) -> np.ndarray:
    """Return in which frames the animal moves, by OpenCV's background subtraction."""
    import cv2

    reader, subtractor = cv2.VideoCapture(str(path)), cv2.createBackgroundSubtractorMOG2(detectShadows=False)
    masks = []
    while (read := reader.read())[0]:
        small = cv2.resize(
            cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY), (160, 120), interpolation=cv2.INTER_AREA
        )
        masks.append(subtractor.apply(small) > 0)
    second = round(reader.get(cv2.CAP_PROP_FPS))
    reader.release()
    changed = np.array([0] + [(a != b).sum() for a, b in pairwise(masks)], float)
    size = np.median([mask.sum() for mask in masks])
    return np.convolve(changed / size, np.ones(second) / second, mode="same") > CHANGE


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict]:
    def ask(*arguments: object) -> dict:
        assert run([str(argument) for argument in arguments]) == 0
        found: dict = json.loads(capsys.readouterr().out)
        return found

    return ask


@pytest.mark.slow
def test_a_real_recording_goes_through_every_command(tmp_path: Path, answer: Callable[..., dict]) -> None:
    path, folder = realdata_file("tracktor/mouse_video.mp4"), tmp_path / "project"
    labels = np.where(moving(path), 1, 2).astype(np.int16)
    assert 0.2 < (labels == 1).mean() < 0.8
    with Project.create(folder, make_ethogram(["moving", "still"])) as project:
        video = project.index_video(project.add_video(path).id)
        assert video.frames == len(labels)
        bounds = np.linspace(0, video.frames, CLIPS + 1).astype(int).tolist()
        for start, stop in pairwise(bounds):
            track = LabelTrack(labels[start:stop, None])
            project.import_track(Stretch(video.id, start, stop), "background subtraction", track)

    found = answer("evaluate", folder, "--protocol", "within-recording", "--json")
    assert found["split"].startswith("within-recording with a gap of 10 s, the same animals and recordings")
    macro = {
        name: {metric["name"]: metric["value"] for metric in group["metrics"]}["macro accuracy"]
        for name, [group] in {"model": found["groups"], **found["baselines"]}.items()
    }
    assert macro["model"] > macro["most frequent label"]

    trained = answer("train", folder, "--model", "first", "--split", "clips", "--json")
    assert "the same animals and recordings on both sides" in trained["split"]
    [item] = answer("predict", path, "--model", trained["folder"], "--out", tmp_path / "results", "--json")
    assert (item["state"], item["done"]) == ("done", len(labels))
    assert read_labels(Path(item["result"])).frames == len(labels)
    answer("profile", item["result"], "--out", tmp_path / "profile", "--json")
    [budget] = list((tmp_path / "profile").glob("*budget*.csv"))
    assert len(pd.read_csv(budget)) > 0
