import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import av
import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Source, Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError, VideoError
from napari_ethoprofile.annotation.project import Project


def write_recording(path: Path, frames: int, size: int = 64) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            picture = np.full((size, size, 3), number % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
    return path


def test_a_recording_is_linked_from_its_header_alone(
    make_project: Callable[..., Project], recording: Path
) -> None:
    video = make_project().add_video(recording)
    assert video.id == "01_20180418_1200"
    assert (video.frames, video.estimated_frames, video.confirmed, video.exact) == (None, 100, 0, None)
    assert (video.fps, video.width, video.height) == (25.0, 64, 64)
    assert (video.subject, video.recorded_at) == ("01", datetime(2018, 4, 18, 12))
    assert video.fingerprint is not None


def test_a_linked_recording_is_recognized(make_project: Callable[..., Project], recording: Path) -> None:
    project = make_project()
    assert project.add_video(recording) == project.add_video(recording.parent / "." / recording.name)
    assert len(project.videos()) == 1


def test_what_is_given_beats_the_name(make_project: Callable[..., Project], recording: Path) -> None:
    video = make_project().add_video(recording, subject="M7", recorded_at="2020-02-01T10:30:00")
    assert (video.subject, video.recorded_at) == ("M7", datetime(2020, 2, 1, 10, 30))


def test_a_cut_clip_begins_later_than_its_recording(
    make_project: Callable[..., Project], recording: Path, tmp_path: Path
) -> None:
    path = shutil.copy(recording, tmp_path / "03_20180418_1200_s45000_n100.mp4")
    assert make_project().add_video(path).recorded_at == datetime(2018, 4, 18, 12, 30)


def test_ids_stay_unique_without_case(
    make_project: Callable[..., Project], recording: Path, tmp_path: Path
) -> None:
    project = make_project()
    for folder, name in (("a", "Mouse.mp4"), ("b", "mouse.mp4"), ("c", "mouse.mp4")):
        (tmp_path / folder).mkdir()
        project.add_video(shutil.copy(recording, tmp_path / folder / name))
    assert [video.id for video in project.videos()] == ["Mouse", "mouse-2", "mouse-3"]


def test_paths_are_relative_and_follow_the_project(
    make_project: Callable[..., Project], recording: Path, tmp_path: Path
) -> None:
    (tmp_path / "lab" / "videos").mkdir(parents=True)
    shutil.copy(recording, tmp_path / "lab" / "videos" / "ü 1.mp4")
    with make_project("lab/project") as project:
        video = project.add_video(tmp_path / "lab" / "videos" / "ü 1.mp4")
        assert video.path == "../videos/ü 1.mp4"
    shutil.move(tmp_path / "lab", tmp_path / "moved")
    with Project.open(tmp_path / "moved" / "project") as project:
        assert project.video_path(video.id) == (tmp_path / "moved" / "videos" / "ü 1.mp4").resolve()
        assert [check.state for check in project.check_videos()] == ["ok"]


@pytest.mark.parametrize(("content", "name"), [(b"", "empty.mp4"), (b"text" * 100, "text.mp4")])
def test_what_is_no_recording_is_not_linked(
    make_project: Callable[..., Project], tmp_path: Path, content: bytes, name: str
) -> None:
    project = make_project()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VideoError, match=name):
        project.add_video(tmp_path / name)
    assert project.videos() == []


def test_a_malformed_start_is_refused(make_project: Callable[..., Project], recording: Path) -> None:
    with pytest.raises(ProjectError, match="'yesterday' is not a date and time"):
        make_project().add_video(recording, recorded_at="yesterday")


def test_the_index_comes_later(make_project: Callable[..., Project], recording: Path) -> None:
    project = make_project()
    video = project.add_video(recording)
    with pytest.raises(ProjectError, match="not counted yet"):
        project.plan_sources()
    half = project.record_frames(video.id, 40, 25.0, complete=False)
    assert (half.frames, half.confirmed) == (None, 40)
    whole = project.record_frames(video.id, 100, 25.0, exact=True)
    assert (whole.frames, whole.confirmed, whole.exact) == (100, 100, True)
    assert project.plan_sources() == [Source(video.id, 100, 25.0, "01")]


def test_frames_are_counted_and_read(make_project: Callable[..., Project], recording: Path) -> None:
    project = make_project()
    video = project.add_video(recording)
    assert project.frame_times(video.id) is None
    counted: list[int] = []
    record = project.index_video(video.id, on_progress=lambda done, _total: counted.append(done))
    assert (record.frames, record.exact, record.confirmed) == (100, True, 100)
    assert counted
    times = project.frame_times(video.id)
    assert times is not None
    assert np.allclose(times, np.arange(100) / 25)
    with project.open_video(video.id) as frames:
        assert len(frames) == 100
        assert frames[99].shape[:2] == (64, 64)
    with pytest.raises(VideoError, match=r"is not at .*elsewhere.mp4 any more"):
        recording_moved(project, video.id)


def recording_moved(project: Project, video_id: str) -> None:
    """Open a recording that is not where it was any more."""
    with project.database.writing() as connection:
        connection.exec_driver_sql("UPDATE videos SET path = '../elsewhere.mp4'")
    project.open_video(video_id)


def test_display_settings_are_kept(project: Project) -> None:
    video = project.videos()[0].id
    project.set_display(video, rotate=90, crop=[0, 10, 20, 30])
    assert project.set_display(video, rotate=None, flip="horizontal").display == {
        "crop": [0, 10, 20, 30],
        "flip": "horizontal",
    }
    with pytest.raises(ProjectError, match="no display setting 'hue'"):
        project.set_display(video, hue=3)


def test_subject_and_start_can_be_corrected(project: Project) -> None:
    video = project.videos()[0].id
    changed = project.set_video(video, subject="M2", recorded_at=datetime(2021, 1, 1))
    assert (changed.subject, changed.recorded_at) == ("M2", datetime(2021, 1, 1))
    assert "M2" in [subject.id for subject in project.subjects()]


def test_an_unknown_recording_says_so(project: Project) -> None:
    for use in (project.get_video, project.video_path, lambda name: project.record_frames(name, 1, 1.0)):
        with pytest.raises(ProjectError, match="no recording 'nobody'"):
            use("nobody")


def test_missing_and_changed_files_are_told(
    make_project: Callable[..., Project], recording: Path, tmp_path: Path
) -> None:
    project = make_project()
    paths = [Path(shutil.copy(recording, tmp_path / f"{name}.mp4")) for name in ("kept", "gone", "changed")]
    for path in paths:
        project.add_video(path)
    paths[1].unlink()
    write_recording(paths[2], 60)
    checks = {check.video: check for check in project.check_videos()}
    assert {name: check.state for name, check in checks.items()} == {
        "kept": "ok",
        "gone": "missing",
        "changed": "changed",
    }
    assert "link it to its new place" in checks["gone"].sentence
    assert "frames 100 -> 60" in checks["changed"].sentence
    with pytest.raises(VideoError, match="labels are kept"):
        project.open_video("gone")


def test_a_moved_recording_is_linked_again_with_its_labels(
    make_project: Callable[..., Project], recording: Path, tmp_path: Path
) -> None:
    project = make_project()
    old = Path(shutil.copy(recording, tmp_path / "old.mp4"))
    video = project.add_video(old)
    project.record_frames(video.id, 100, 25.0, exact=True)
    (clip,) = project.add_clips([Stretch(video.id, 0, 100)])
    project.add_annotator("Ada")
    record = project.start_pass(clip.id, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 3, 9, 2))
    (tmp_path / "new place").mkdir()
    new = old.rename(tmp_path / "new place" / "renamed.mp4")
    assert project.relink(video.id, new).kind == "moved"
    assert project.video_path(video.id) == new.resolve()
    assert project.get_video(video.id).frames == 100
    assert project.door.labels(record.id, "Ada").codes[3:9, 0].tolist() == [2] * 6


def test_another_recording_is_linked_only_by_force(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0]
    other = write_recording(tmp_path / "other.mp4", 60, size=32)
    with pytest.raises(ProjectError, match="another recording"):
        project.relink(video.id, other)
    assert project.get_video(video.id) == video
    assert project.relink(video.id, other, force=True).kind == "replaced"
    linked = project.record_frames(video.id, 60, 25.0, exact=True)
    assert (linked.width, linked.frames) == (32, 60)
    assert [clip.stop for clip in project.clips_past_end()] == [100]
