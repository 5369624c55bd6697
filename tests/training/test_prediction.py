"""Prediction: one row a frame, resumed to the same bytes, never finished when it is not, no overwriting."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brightness import REST, WALK, Brightness
from napari_ethoprofile.annotation.errors import EthoprofileError, FormatError, LearnError
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.formats import read_labels
from napari_ethoprofile.annotation.profiles import read_scored
from napari_ethoprofile.annotation.tracks import UNLABELED
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training.cache import CachedArray
from napari_ethoprofile.training.cards import GroupCard
from napari_ethoprofile.training.features.backbone import RATE
from napari_ethoprofile.training.features.extraction import stream_features
from napari_ethoprofile.training.features.motion import Motion
from napari_ethoprofile.training.frames import BrokenVideoError, prepared_for
from napari_ethoprofile.training.prediction import (
    PredictionCanceledError,
    predict_clip,
    predict_recording,
)
from napari_ethoprofile.training.preprocessing import Preprocessing
from napari_ethoprofile.training.probabilities import edges_at_rate
from napari_ethoprofile.training.results import ResultError, read_result
from small_project import create_project, write_recording

FRAMES = 1801


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("videos") / "a.mkv", FRAMES)


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_frame_gets_one_row_with_its_time(recording: Path, tmp_path: Path) -> None:
    result = predict_recording(recording, Brightness(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_probabilities.zarr", "a_results_v5.csv"]
    lines = result.labels_file.read_text().splitlines()
    assert lines[1] == "frame;annotation;time"
    assert [line.split(";")[0] for line in lines[2:]] == [str(number) for number in range(FRAMES)]
    assert [line.split(";")[2] for line in lines[2:5]] == ["0", "40", "80"]
    labels = read_labels(result.labels_file)
    assert labels.frames == FRAMES
    bright = result.probabilities.per_frame(result.probabilities.groups[0][:, 1])
    names = [labels.ethogram.label_name(int(code)) for code in labels.track.codes[:, 0]]
    assert names == ["walk" if share > 0.5 else "rest" for share in bright]
    assert set(names) == {"walk", "rest"}
    assert result.partial == ""
    assert read_result(result.folder).facts["model"] == "brightness@"


class TwoGroups(Brightness):
    """Says, too, that a mouse sniffs wherever the picture is bright, and digs elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        smoothing, calibration = self.card.smoothing["groups"], self.card.calibration["groups"]
        groups = (*self.card.groups, GroupCard("nose", ((9, "sniff"), (10, "dig"))))
        self.card = replace(
            self.card,
            groups=groups,
            smoothing={"groups": smoothing * 2},
            calibration={"groups": calibration * 2},
        )

    def rows(self, *arguments: Any) -> Iterator[tuple[int, np.ndarray]]:
        for step, rows in super().rows(*arguments):
            yield step, np.concatenate([rows, rows[:, ::-1]], axis=1)


def test_several_groups_get_a_column_each_that_profiles_read_as_it_is(
    recording: Path, tmp_path: Path
) -> None:
    result = predict_recording(recording, TwoGroups(), tmp_path)
    assert result.labels_file.name == "a_results_frames.csv"
    lines = result.labels_file.read_text().splitlines()
    assert lines[0] == "frame,time_s,behavior,nose"
    assert [line.split(",")[:2] for line in lines[1:3]] == [["0", "0.000000"], ["1", "0.040000"]]
    assert len(lines) == FRAMES + 1
    [item] = read_scored([tmp_path])
    assert (item.fps, item.track.frames) == (pytest.approx(25), FRAMES)
    assert (item.shows("sniff") == item.shows("walk")).all()


def test_an_image_stack_gets_its_times_from_the_rate_that_is_given(tmp_path: Path) -> None:
    import tifffile

    stack = tmp_path / "a.tif"
    tifffile.imwrite(stack, np.full((40, 32, 48), 90, np.uint8), photometric="minisblack")
    results = [predict_recording(stack, Brightness(), tmp_path / "out", fps=fps) for fps in (10.0, 20.0)]
    for result, period in zip(results, (100, 50), strict=True):
        lines = result.labels_file.read_text().splitlines()[2:]
        assert [float(line.split(";")[2]) for line in lines[:3]] == [0, period, 2 * period]
    assert results[0].folder != results[1].folder
    preset = prepared_for(stack, Preprocessing(size=(8, 8)), index_video(stack))
    assert preset.contrast is not None  # models that measure contrast label stacks, too


def test_a_run_that_was_stopped_goes_on_and_gives_the_same_bytes(recording: Path, tmp_path: Path) -> None:
    predict_recording(recording, Brightness(), tmp_path / "whole")
    stopped = Brightness()
    with pytest.raises(PredictionCanceledError, match="goes on there the next time"):
        predict_recording(recording, stopped, tmp_path / "parts", cancelled=lambda: len(stopped.seen) > 600)
    assert not list((tmp_path / "parts").glob("*.csv"))
    again, told = Brightness(), list[int]()
    predict_recording(recording, again, tmp_path / "parts", on_progress=lambda done, total: told.append(done))
    assert again.seen[0] == 512
    assert told[0] == 1024
    assert told[-1] == FRAMES
    assert content_of(tmp_path / "parts") == content_of(tmp_path / "whole")


KILLED = """
import sys, time
from brightness import Brightness
from napari_ethoprofile.training.prediction import predict_recording
class Slow(Brightness):
    def rows(self, *arguments):
        for step, rows in super().rows(*arguments):
            if step >= 700:
                print("there", flush=True)
                time.sleep(60)
            yield step, rows
predict_recording(sys.argv[1], Slow(), sys.argv[2])
"""


@pytest.mark.skipif(os.name == "nt", reason="no kill -9")
def test_a_run_that_was_killed_goes_on_and_gives_the_same_bytes(recording: Path, tmp_path: Path) -> None:
    support = Path(__file__).parents[1] / "support"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(recording), str(tmp_path / "parts")],
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(support)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"there\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    again = Brightness()
    predict_recording(recording, again, tmp_path / "parts")
    assert again.seen[0] == 512
    predict_recording(recording, Brightness(), tmp_path / "whole")
    assert content_of(tmp_path / "parts") == content_of(tmp_path / "whole")


def test_a_finished_result_is_not_computed_again_and_nothing_is_overwritten(
    recording: Path, tmp_path: Path
) -> None:
    (tmp_path / "a_results_v5.csv").write_text("somebody's work")
    first = predict_recording(recording, Brightness(), tmp_path)
    assert first.labels_file.name == "a_results_v5_2.csv"
    again = Brightness()
    assert predict_recording(recording, again, tmp_path).folder == first.folder
    assert again.seen == []
    other = predict_recording(recording, Brightness("other"), tmp_path)
    assert other.labels_file.name == "a_results_v5_3.csv"
    assert (tmp_path / "a_results_v5.csv").read_text() == "somebody's work"


def damaged(tmp_path: Path, frame: int = 1200) -> Path:
    path = write_recording(tmp_path / "broken.mkv", FRAMES)
    index = index_video(path, tmp_path / "sound")
    content = bytearray(path.read_bytes())
    place, size = int(index.packets.position[frame]), int(index.packets.size[frame])
    content[place + 6 : place + size] = bytes(size - 6)
    path.write_bytes(content)
    return path


def test_a_recording_that_breaks_gives_a_partial_result_that_says_so(tmp_path: Path) -> None:
    path = damaged(tmp_path)
    result = predict_recording(path, Brightness(), tmp_path / "out")
    # Found while the file is indexed or while it is labeled: that depends on the bytes of the encoder.
    assert "broken.mkv" in result.partial
    assert "1200" in result.partial
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "broken_partial_probabilities.zarr", "broken_partial_results_v5.csv",
    ]  # fmt: skip
    frames = read_labels(result.labels_file).frames
    assert frames == result.probabilities.frames
    assert 1190 <= frames <= 1200


def test_every_frame_before_a_damage_has_a_label(tmp_path: Path) -> None:
    result = predict_recording(damaged(tmp_path, 1203), Brightness(), tmp_path / "out")
    assert "1203" in result.partial
    assert read_labels(result.labels_file).frames == result.probabilities.frames == 1203
    last = result.probabilities.groups[0][-2:]
    np.testing.assert_array_equal(last[0], last[1])


def test_a_recording_that_was_copied_anew_is_labeled_whole_whatever_its_date(tmp_path: Path) -> None:
    path = damaged(tmp_path)
    sound = write_recording(tmp_path / "sound.mkv", FRAMES)
    date = path.stat().st_mtime_ns
    out = tmp_path / "out"
    broken = predict_recording(path, Brightness(), out)
    assert broken.partial
    assert predict_recording(path, Brightness(), out).folder == broken.folder
    path.write_bytes(sound.read_bytes())
    os.utime(path, ns=(date, date))
    whole = predict_recording(path, Brightness(), out)
    assert whole.partial == ""
    assert read_labels(whole.labels_file).frames == FRAMES
    assert broken.labels_file.exists()


@pytest.mark.parametrize("name", ["a - Copy.mkv", "a_2.mkv", "ab.mkv"])
def test_a_copy_beside_a_recording_has_a_result_of_its_own(
    recording: Path, tmp_path: Path, name: str
) -> None:
    for copy in (name, "a.mkv"):
        shutil.copy2(recording, tmp_path / copy)
        predict_recording(tmp_path / copy, Brightness())
    names = {path.name for path in tmp_path.glob("*.csv")}
    assert {"a_results_v5.csv", f"{Path(name).stem}_results_v5.csv"} == names


def test_results_of_animals_that_only_folders_name_lie_in_such_folders(
    recording: Path, tmp_path: Path
) -> None:
    for animal in ("01", "02"):
        (tmp_path / animal).mkdir()
        shutil.copy2(recording, tmp_path / animal / "20260101_100000.mkv")
        predict_recording(tmp_path / animal / "20260101_100000.mkv", Brightness(), tmp_path / "out")
    assert sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.glob("out/**/*.csv")) == [
        "out/01/20260101_100000_results_v5.csv", "out/02/20260101_100000_results_v5.csv",
    ]  # fmt: skip
    assert [item.animal for item in read_scored([tmp_path / "out"])] == ["01", "02"]


def test_a_recording_that_was_cut_short_gives_a_partial_result_of_what_is_there(tmp_path: Path) -> None:
    whole = write_recording(tmp_path / "whole.mkv", FRAMES)
    path = tmp_path / "cut.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    result = predict_recording(path, Brightness(), tmp_path / "out")
    assert f"claims {FRAMES} frames" in result.partial
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cut_partial_probabilities.zarr", "cut_partial_results_v5.csv",
    ]  # fmt: skip
    assert read_labels(result.labels_file).frames == index_video(path).frames


def test_features_reach_up_to_where_a_recording_breaks(tmp_path: Path) -> None:
    path = damaged(tmp_path)
    index = index_video(path)
    edges = edges_at_rate(0, index.frames, 25.0, RATE)
    reached = []

    def stream() -> None:
        reached.extend((step, len(rows)) for step, rows in stream_features(Motion(), path, index, 25.0, RATE))

    with pytest.raises(BrokenVideoError) as error:
        stream()
    assert reached[:2] == [(0, 100), (100, 100)]
    stop = sum(reached[-1])
    assert edges[stop] <= error.value.frame < edges[stop + 1]


def test_a_full_disk_is_told_and_nothing_looks_finished(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: CachedArray, first: int, rows: np.ndarray) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(CachedArray, "write", refuse)
        with pytest.raises(ResultError, match="No space left on device; make room"):
            predict_recording(recording, Brightness(), tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name[0] != "."]
    with monkeypatch.context() as full:
        full.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
        with pytest.raises(ResultError, match="could not be written"):
            predict_recording(recording, Brightness(), tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name[0] != "."]
    with monkeypatch.context() as full:

        def keep_nothing(*_: object, **__: object) -> None:
            raise FormatError("labels.csv could not be written.") from OSError(errno.ENOSPC, "No space left")

        full.setattr("napari_ethoprofile.training.results.write_labels", keep_nothing)
        with pytest.raises(
            ResultError, match=r"a\.mkv could not be written to .*: No space left; .*make room"
        ):
            predict_recording(recording, Brightness(), tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name[0] != "."]
    again = Brightness()
    predict_recording(recording, again, tmp_path)
    assert again.seen == []


def test_two_programs_that_label_one_recording_leave_one_result(recording: Path, tmp_path: Path) -> None:
    class Slow(Brightness):
        def rows(self, *given: object) -> object:
            yield from super().rows(*given)  # type: ignore[arg-type]
            predict_recording(recording, Brightness(), tmp_path)

    result = predict_recording(recording, Slow(), tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".csv"] == [result.labels_file.name]
    assert len(list(tmp_path.glob("*_probabilities.zarr"))) == 1


def test_unsure_stretches_stay_unlabeled_in_a_project_but_not_in_the_file(
    recording: Path, tmp_path: Path
) -> None:
    with create_project(tmp_path / "project", recording) as project:
        [clip, *_] = project.clips()
        made = predict_clip(project, clip, Brightness(abstain=0.9))
        assert (made.kind, made.annotator, made.source) == ("model", "brightness", "brightness@")
        track = project.door.labels(made.id, None)
        assert track.frames == clip.frames
        assert set(track.codes[:, 0].tolist()) <= {UNLABELED, REST, WALK}
        assert UNLABELED in track.codes
        assert predict_clip(project, clip, Brightness(abstain=0.9)).id == made.id
    result = predict_recording(recording, Brightness(abstain=0.9), tmp_path)
    assert UNLABELED not in read_labels(result.labels_file).track.codes


def test_a_model_for_other_behaviors_is_refused(recording: Path, tmp_path: Path) -> None:
    from napari_ethoprofile.annotation.clips import Stretch
    from napari_ethoprofile.annotation.project import Project

    with Project.create(tmp_path / "p", make_ethogram(["swim", "dive"])) as project:
        video = project.add_video(recording)
        project.index_video(video.id)
        [clip] = project.add_clips([Stretch(video.id, 0, 100)])
        with pytest.raises(LearnError, match=r"knows .*rest"):
            predict_clip(project, clip, Brightness())
        assert project.passes() == []


def test_a_file_that_is_no_recording_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.mkv").write_text("no video")
    with pytest.raises(EthoprofileError, match="not a video"):
        predict_recording(tmp_path / "a.mkv", Brightness())
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]
