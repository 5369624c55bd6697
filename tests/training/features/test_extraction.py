import shutil
from pathlib import Path

import numpy as np
import pytest
from cohort_project import FPS
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training.cache import FOLDER_NAME
from napari_ethoprofile.training.features.backbone import cache_key
from napari_ethoprofile.training.features.extraction import cached_features, stream_features
from napari_ethoprofile.training.features.motion import Motion
from napari_ethoprofile.training.fitting import TrainingCanceledError
from napari_ethoprofile.training.probabilities import edges_at_rate


@pytest.fixture
def recording(mice: Path) -> Path:
    return sorted(mice.glob("*.mkv"))[0]


def test_features_of_a_stretch_are_those_of_the_whole_recording(recording: Path, tmp_path: Path) -> None:
    index = index_video(recording, tmp_path)
    backbone = Motion()
    whole = np.concatenate([rows for _, rows in stream_features(backbone, recording, index, FPS, 5.0)])
    assert len(whole) == len(edges_at_rate(0, index.frames, FPS, 5.0)) - 1
    part = cached_features(tmp_path, backbone, recording, index, FPS, 5.0, (123, 301))
    edges = edges_at_rate(123, 301, FPS, 5.0)
    assert len(part) == len(edges) - 1
    first = 123 // 2  # two frames a step
    np.testing.assert_array_equal(part, whole[first : first + len(part)])


def test_what_is_cached_is_not_decoded_again_and_a_canceled_run_goes_on(
    recording: Path, tmp_path: Path
) -> None:
    moved = Path(shutil.copy2(recording, tmp_path / recording.name))
    index = index_video(moved, tmp_path)
    with pytest.raises(TrainingCanceledError):
        cached_features(tmp_path, Motion(), moved, index, FPS, 5.0, (0, 400), cancelled=lambda: True)
    told: list[tuple[int, int | None]] = []
    found = cached_features(
        tmp_path, Motion(), moved, index, FPS, 5.0, (0, 400), lambda done, total: told.append((done, total))
    )
    assert told == [(100, 100)]  # the other hundred steps were there
    moved.unlink()
    again = cached_features(tmp_path, Motion(), moved, index, FPS, 5.0, (0, 400))
    np.testing.assert_array_equal(found, again)
    (folder,) = (tmp_path / FOLDER_NAME).iterdir()
    assert cache_key(Motion().card, 5.0) in folder.name
