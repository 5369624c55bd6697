"""Files: exactly the frames asked for, whole or not at all, with the ground truth beside them."""

import av
import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.recordings import parse_name
from napari_ethoprofile.annotation.synthetic import (
    RecordingCanceledError,
    Subject,
    make_cohort,
    make_script,
    read_truth,
    record,
    render,
    truth_path,
)
from napari_ethoprofile.annotation.video import Video

SIZE = (176, 144)


def test_the_file_holds_exactly_the_frames_of_the_script(tmp_path):
    path = tmp_path / "01_20260105_1200_synthetic.mkv"
    told = []
    truth = record(path, 5.0, Subject(), seed=3, size=SIZE, on_progress=lambda *state: told.append(state))
    assert truth == make_script(3, 125)
    assert told[0] == (1, 125)
    assert told[-1] == (125, 125)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert (stream.width, stream.height) == SIZE
        assert "SYNTHETIC" in {key.lower(): text for key, text in container.metadata.items()}["comment"]
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(stream)]
        assert stream.average_rate == 25
    assert len(frames) == 125
    for number, drawn in enumerate(render(truth, Subject(), "easy", 3, SIZE)):
        assert np.abs(drawn.astype(int) - frames[number]).mean() < 6


def test_stamps_are_even_and_pictures_in_order(tmp_path):
    path = tmp_path / "a.mkv"
    record(path, 4.4, size=SIZE)
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(video=0) if p.pts is not None]
    stamps = [float(p.pts * p.time_base) for p in packets]
    np.testing.assert_allclose(stamps, np.arange(110) / 25, atol=1e-3)
    assert [n for n, p in enumerate(packets) if p.is_keyframe] == [0, 50, 100]


def test_the_tool_reads_it_frame_exactly(tmp_path):
    path = tmp_path / "a.mkv"
    truth = record(path, 2.0, size=SIZE)
    video = Video(path)
    assert len(video) == truth.frames == 50
    assert video.shape[1:] == (SIZE[1], SIZE[0])
    video.close()


def test_truth_round_trip(tmp_path):
    path = tmp_path / "a.mkv"
    truth = record(path, 30.0, size=(88, 72), write_truth=True)
    assert truth_path(path).read_text(encoding="utf-8").startswith("start_frame,stop_frame,behavior\n0,")
    assert read_truth(path) == truth


def test_truth_is_left_out_when_not_wanted(tmp_path):
    path = tmp_path / "a.mkv"
    record(path, 0.4, size=(88, 72), write_truth=False)
    assert [file.name for file in tmp_path.iterdir()] == ["a.mkv"]
    with pytest.raises(FormatError, match="cannot be read"):
        read_truth(path)


def test_a_damaged_truth_is_refused(tmp_path):
    (tmp_path / "a_truth.csv").write_text("start_frame,stop_frame,behavior\n0,10,flying\n", encoding="utf-8")
    with pytest.raises(FormatError, match="is not a table"):
        read_truth(tmp_path / "a.mkv")


def test_cancel_leaves_no_file_and_keeps_an_older_one(tmp_path):
    path = tmp_path / "a.mkv"
    with pytest.raises(RecordingCanceledError, match="stopped"):
        record(path, 4.0, size=SIZE, cancelled=iter([False] * 20 + [True]).__next__)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"older")
    with pytest.raises(RecordingCanceledError):
        record(path, 4.0, size=SIZE, cancelled=lambda: True)
    assert path.read_bytes() == b"older"


def test_a_cohort_has_names_that_say_mouse_and_date(tmp_path):
    told = []
    made = make_cohort(
        tmp_path, 3, 0.8, "medium", seed=2, size=(88, 72), on_progress=lambda *state: told.append(state)
    )
    assert told[-1] == (60, 60)
    assert [state[0] for state in told] == list(range(1, 61))
    assert [item.subject.coat for item in made] == ["black", "white", "black"]
    for number, item in enumerate(made, start=1):
        name = parse_name(item.path)
        assert name is not None
        assert name.subject == f"{number:02d}" == f"{item.subject.number:02d}"
        assert f"{name.recorded_at:%Y-%m-%d %H:%M}" == "2026-01-05 12:00"
        assert "synthetic" in item.path.name
        assert read_truth(item.path) == item.truth
    assert len({item.path.read_bytes() for item in made}) == 3


def test_a_cohort_can_be_made_again(tmp_path):
    videos = []
    for name in ("first", "again"):
        folder = tmp_path / name
        folder.mkdir()
        (item,) = make_cohort(folder, 1, 0.8, "hard", seed=5, size=(88, 72))
        videos.append(frames_of(item.path))
    np.testing.assert_array_equal(videos[0], videos[1])


def frames_of(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def test_several_processes_make_the_same_films(tmp_path):
    told = []
    for name, processes in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        progress = (lambda done, total: told.append((done, total))) if processes > 1 else None
        make_cohort(tmp_path / name, 2, 0.8, seed=5, size=(88, 72), on_progress=progress, processes=processes)
    for path in sorted((tmp_path / "one").glob("*.mkv")):
        np.testing.assert_array_equal(frames_of(path), frames_of(tmp_path / "two" / path.name))
        assert read_truth(path) == read_truth(tmp_path / "two" / path.name)
    assert told == [(20, 40), (40, 40)]
