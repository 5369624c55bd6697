"""The canvas: shows the clip of the open pass in napari and keeps its slider and the playhead together."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import EmitLoopError
from qtpy.QtCore import QTimer

from .annotation.errors import ProjectError, VideoError
from .clip_frames import ClipFrames
from .session import OpenPass, Session

if TYPE_CHECKING:
    import napari


#: When the docks that open together with a clip have taken their place.
LAYOUT_SETTLED_MS = 300

#: napari's own play leaves out frames that it is too slow for, but hardly more than these at a time.
FRAMES_OF_A_STEP = 5


class Display:
    """Shows the open pass as one image layer of a napari viewer.

    Parameters
    ----------
    viewer
        The napari viewer (or the proxy that plugins get).
    session
        Shared state; its playhead and napari's slider are kept equal.
    """

    def __init__(self, viewer: napari.Viewer, session: Session) -> None:
        self._viewer = viewer
        self._session = session
        self._layer: Any = None
        self._moving = False
        session.opened.connect(self._on_opened)
        session.closing.connect(self._keep_view)
        session.settled.connect(self._wake)
        session.moved.connect(self._on_moved)
        dims, layers = viewer.dims.events, viewer.layers.events
        self._watched = [
            (dims.current_step, self._on_slider),
            (dims.ndisplay, self._keep_flat),
            (dims.order, self._keep_flat),
            (layers.inserting, self._on_layer_coming),
            (layers.removed, self._on_layer_removed),
        ]
        for event, watcher in self._watched:
            event.connect(watcher)
        self._watched.append((layers.inserted, self._on_layer_added))
        layers.inserted.connect(self._on_layer_added, position="last")  # napari sets its sliders first

    def close(self) -> None:
        """Stop watching the viewer."""
        for event, watcher in self._watched:
            event.disconnect(watcher)

    @property
    def layer(self) -> Any:
        """The image layer of the open pass, or None."""
        return self._layer

    def _on_opened(self, current: OpenPass | None) -> None:
        if current is None and self._session.switching:
            return  # the layer takes the next clip: to make another takes longer than everything else
        with self._moved_by_us():  # napari opens a stack in its middle and moves while layers change
            if current is None:
                self._remove_layer()
            else:
                self._show_clip(current)
                self._show(0)

    def _wake(self) -> None:
        """Decode what is shown, once the playhead stands where work goes on."""
        if self._layer is not None and self._layer.data.asleep:
            self._layer.data.asleep = False
            with self._moved_by_us():
                self._layer.refresh()

    @property
    def _frame_axis(self) -> int:
        """The axis of the frames: layers of more dimensions put their axes before it."""
        return int(self._viewer.dims.ndim - self._layer.ndim)

    def _show(self, frame: int) -> None:
        """Show a frame by its place in the world: steps change with the scale of other layers."""
        if self._layer is not None:
            self._viewer.dims.set_point(self._frame_axis, frame)

    def _show_clip(self, current: OpenPass) -> None:
        """Show a clip in the layer of the one before, or where pictures are of another kind, in a new one.

        Nothing is decoded before it is known which frame work goes on with.
        """
        self._viewer.dims.ndisplay = 2
        self._viewer.dims.order = tuple(range(self._viewer.dims.ndim))
        shown = current.source.display
        frames = ClipFrames(
            current.video,
            current.clip.start,
            current.clip.stop,
            int(shown.get("rotate", 0)) // 90,
            bool(shown.get("flip", False)),
        )
        frames.asleep = True
        limits, gamma = _brightness(current)
        named = {
            "name": f"{current.video.path.name} [{current.clip.start}:{current.clip.stop}]",
            "contrast_limits": limits,
            "gamma": gamma,
        }
        if self._layer is not None and self._layer.data.ndim == frames.ndim and _is_as_made(self._layer):
            self._layer.data = frames
            for name, value in named.items():
                setattr(self._layer, name, value)
        else:
            self._remove_layer()
            self._layer = self._viewer.add_image(frames, rgb=frames.ndim == 4, multiscale=False, **named)
        first = self._frame_axis
        self._viewer.dims.set_axis_label((first, first + 1, first + 2), ("frame", "y", "x"))
        self._viewer.reset_view()
        QTimer.singleShot(LAYOUT_SETTLED_MS, self._fit_again)

    def _fit_again(self) -> None:
        """Fit the picture once more: docks that open with the clip have made the canvas smaller since."""
        if self._layer is not None:
            self._viewer.reset_view()

    def _remove_layer(self) -> None:
        layer, self._layer = self._layer, None
        if layer is not None and layer in self._viewer.layers:
            with _nothing_to_collect():
                self._viewer.layers.remove(layer)

    def _on_moved(self, _previous: int, frame: int, _how: object) -> None:
        with self._moved_by_us():
            self._show(frame)

    @contextmanager
    def _moved_by_us(self) -> Iterator[None]:
        """Take no move of napari for one of the user's, and close the pass when its file breaks meanwhile.

        The picture of another frame would stay on the screen: nobody scores what is not shown.
        """
        self._moving = True
        try:
            yield
        except (VideoError, EmitLoopError) as error:
            problem = _video_problem(error)
            if problem is None:
                raise
            self._let_go(f"{problem} The clip is closed and saved.")
        finally:
            self._moving = False

    def _on_layer_coming(self, _event: object = None) -> None:
        self._moving = True

    def _on_layer_added(self, _event: object = None) -> None:
        """Stay on the frame: a layer of another scale makes napari move its sliders."""
        if self._layer is not None:
            self._on_moved(0, self._session.playhead, None)

    def _on_layer_removed(self, _event: object = None) -> None:
        """Close the pass when its picture is taken away: nobody scores what is not shown."""
        if self._layer is not None and self._layer not in self._viewer.layers:
            self._layer = None
            self._let_go("The recording was taken out of the layer list: its clip is closed and saved.")

    def _let_go(self, told: str) -> None:
        """Close the pass; where the disk refuses it stays open for what is not saved, but not for scoring."""
        try:
            self._session.close_pass()
        except ProjectError as error:
            self._session.set_annotating(False)
            told = f"The picture is gone, and the last changes are not saved yet: {error}"
        self._session.message(told)

    def _keep_flat(self, _event: object = None) -> None:
        """Refuse to show time as a direction in space, for which napari would read the whole clip."""
        dims = self._viewer.dims
        if self._layer is not None and self._frame_axis in dims.displayed:
            dims.ndisplay = 2
            dims.order = tuple(range(dims.ndim))
            self._session.message("A recording is shown frame by frame; close the clip for napari's 3D view.")

    def _on_slider(self, _event: object = None) -> None:
        """Follow napari's own slider and play button, clamped to what may be shown.

        A short move is taken as a step, over which an open bout grows; a long one as a jump, which ends it.
        """
        if self._moving or self._layer not in self._viewer.layers:  # one that goes moves the slider
            return
        frame = round(self._viewer.dims.point[self._frame_axis])
        if abs(frame - self._session.playhead) <= FRAMES_OF_A_STEP:
            self._session.advance(frame)
        else:
            self._session.seek(frame)
        if self._session.playhead != frame:
            self._on_moved(frame, self._session.playhead, None)

    def turn(self, quarter_turns: int = 0, mirror: bool = False) -> None:
        """Rotate or mirror the picture for display; frames and labels stay as they are."""
        current = self._session.current
        if current is None:
            return
        shown = current.source.display
        self._keep(
            current,
            rotate=(int(shown.get("rotate", 0)) + 90 * quarter_turns) % 360,
            flip=bool(shown.get("flip", False)) != mirror,
        )
        self._on_opened(current)
        self._on_moved(0, self._session.playhead, None)
        self._wake()

    def _keep_view(self, current: OpenPass) -> None:
        """Remember contrast and gamma of the recording in the project, where somebody changed them."""
        if self._layer is None:
            return
        limits, gamma = [float(limit) for limit in self._layer.contrast_limits], float(self._layer.gamma)
        if (limits, gamma) != _brightness(current):
            with self._session.telling():
                self._keep(current, contrast=limits, gamma=gamma)

    def _keep(self, current: OpenPass, **display: Any) -> None:
        project = self._session.project
        if project is not None and not project.read_only:
            current.source = project.set_display(current.source.id, **display)


def _is_as_made(layer: Any) -> bool:
    """Return whether a layer is where it was put: no clip is hidden or turned like the one before."""
    moved = (*(layer.scale - 1), *layer.translate, *layer.shear, *(layer.rotate - np.eye(layer.ndim)).ravel())
    return bool(layer.visible) and not any(moved)


def _brightness(current: OpenPass) -> tuple[list[float], float]:
    """Return contrast limits and gamma with which a recording is shown."""
    shown = current.source.display
    return [float(limit) for limit in shown.get("contrast", (0, 255))], float(shown.get("gamma", 1.0))


def _video_problem(error: BaseException | None) -> VideoError | None:
    """Return the error of a recording behind what the signals of a moving slider raise."""
    while error is not None and not isinstance(error, VideoError):
        error = error.__cause__
    return error


def async_slicing_is_on() -> bool:
    """Return whether napari's asynchronous slicing is on, with which pixels lag the frame number."""
    from napari.settings import get_settings

    return bool(get_settings().experimental.async_)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Let collections of garbage find nothing: napari asks for one whenever a layer goes.

    Looking through all objects takes 0.2 s and more, on the way to the next clip. The layer is collected with
    the next ordinary round.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
