from types import SimpleNamespace

import numpy as np
import pytest

from napari_ethoprofile.clip_frames import ClipFrames


class Recording:
    """A recording in memory whose index is confirmed up to a frame."""

    def __init__(self, frames: np.ndarray, confirmed: int) -> None:
        self.frames, self.confirmed, self.shape = frames, confirmed, frames.shape

    def __getitem__(self, number: int) -> np.ndarray:
        if number >= self.confirmed:
            raise AssertionError("a frame that is not confirmed was read")
        return self.frames[number]


@pytest.fixture
def recording() -> Recording:
    frames = np.random.default_rng(0).integers(0, 255, (40, 6, 8), dtype=np.uint8)
    return Recording(frames, confirmed=30)


def test_a_clip_is_a_slice_of_the_recording(recording: Recording) -> None:
    clip = ClipFrames(recording, 10, 25)
    assert clip.shape == (15, 6, 8)
    np.testing.assert_array_equal(clip[3], recording.frames[13])
    np.testing.assert_array_equal(clip[-1], recording.frames[24])
    np.testing.assert_array_equal(clip[2:6], recording.frames[12:16])


def test_the_index_that_napari_uses_gives_one_frame(recording: Recording) -> None:
    clip = ClipFrames(recording, 10, 25)
    got = clip[(slice(4, 5), slice(None), slice(None))]
    np.testing.assert_array_equal(got, recording.frames[14:15])


def test_frames_that_are_not_confirmed_are_black(recording: Recording) -> None:
    clip = ClipFrames(recording, 20, 40)
    assert clip[9].any()
    assert not clip[10].any()


def test_turning_and_mirroring_change_the_picture_only(recording: Recording) -> None:
    clip = ClipFrames(recording, 0, 10, quarter_turns=1, mirrored=True)
    assert clip.shape == (10, 8, 6)
    np.testing.assert_array_equal(clip[2], np.rot90(recording.frames[2])[:, ::-1])


def test_past_the_end_there_is_nothing(recording: Recording) -> None:
    with pytest.raises(IndexError):
        ClipFrames(recording, 0, 10)[10]


def test_viewed_frames_are_collected_in_runs() -> None:
    from psygnal import Signal

    from napari_ethoprofile.session import Move, Session
    from napari_ethoprofile.viewed import ViewedRecorder

    assert isinstance(Session.moved, Signal)
    runs: list[tuple[int, int]] = []
    session, speed = Session(), [1.0]
    editor = SimpleNamespace(read_only="", mark_viewed=lambda start, stop: runs.append((start, stop)))
    recorder = ViewedRecorder(session, lambda: speed[0])
    session.current = SimpleNamespace(editor=editor, confirmed=100)
    session.opened(session.current)
    for frame in (1, 2, 3):
        session.moved(frame - 1, frame, Move.ADVANCE)
    speed[0] = 4.0
    session.moved(3, 7, Move.ADVANCE)
    speed[0] = 0.0
    session.moved(7, 50, Move.SEEK)
    recorder.flush()
    assert runs == [(0, 4), (50, 51)]
