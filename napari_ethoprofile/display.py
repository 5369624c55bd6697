"""The canvas: shows the clip of the open pass in napari and keeps its slider and the playhead together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QTimer

from .clip_frames import ClipFrames
from .session import OpenPass, Session

if TYPE_CHECKING:
    import napari


#: When the docks that open together with a clip have taken their place.
LAYOUT_SETTLED_MS = 300


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
        session.moved.connect(self._on_moved)
        viewer.dims.events.current_step.connect(self._on_slider)

    def close(self) -> None:
        """Stop watching the viewer."""
        self._viewer.dims.events.current_step.disconnect(self._on_slider)

    @property
    def layer(self) -> Any:
        """The image layer of the open pass, or None."""
        return self._layer

    def _on_opened(self, current: OpenPass | None) -> None:
        self._moving = True  # napari opens a stack in its middle and moves several times while layers change
        try:
            self._remove_layer()
            if current is not None:
                self._add_layer(current)
                self._viewer.dims.set_current_step(0, 0)
        finally:
            self._moving = False

    def _add_layer(self, current: OpenPass) -> None:
        shown = current.source.display
        frames = ClipFrames(
            current.video,
            current.clip.start,
            current.clip.stop,
            int(shown.get("rotate", 0)) // 90,
            bool(shown.get("flip", False)),
        )
        self._layer = self._viewer.add_image(
            frames,
            name=f"{current.video.path.name} [{current.clip.start}:{current.clip.stop}]",
            rgb=frames.ndim == 4,
            contrast_limits=tuple(shown.get("contrast", (0, 255))),
            gamma=float(shown.get("gamma", 1.0)),
            multiscale=False,
        )
        self._viewer.dims.axis_labels = ("frame", "y", "x")[-self._viewer.dims.ndim :]
        self._viewer.reset_view()
        QTimer.singleShot(LAYOUT_SETTLED_MS, self._fit_again)

    def _fit_again(self) -> None:
        """Fit the picture once more: docks that open with the clip have made the canvas smaller since."""
        if self._layer is not None:
            self._viewer.reset_view()

    def _remove_layer(self) -> None:
        if self._layer is not None and self._layer in self._viewer.layers:
            self._viewer.layers.remove(self._layer)
        self._layer = None

    def _on_moved(self, _previous: int, frame: int, _how: object) -> None:
        self._moving = True
        try:
            self._viewer.dims.set_current_step(0, frame)
        finally:
            self._moving = False

    def _on_slider(self, _event: object = None) -> None:
        """Take a move of napari's own slider as a jump, clamped to what may be shown."""
        if self._moving or self._layer is None:
            return
        frame = int(self._viewer.dims.current_step[0])
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

    def _keep_view(self, current: OpenPass) -> None:
        """Remember contrast and gamma of the recording in the project."""
        if self._layer is not None:
            limits = [float(limit) for limit in self._layer.contrast_limits]
            self._keep(current, contrast=limits, gamma=float(self._layer.gamma))

    def _keep(self, current: OpenPass, **display: Any) -> None:
        project = self._session.project
        if project is not None and not project.read_only:
            current.source = project.set_display(current.source.id, **display)


def async_slicing_is_on() -> bool:
    """Return whether napari's asynchronous slicing is on, with which pixels lag the frame number."""
    from napari.settings import get_settings

    return bool(get_settings().experimental.async_)
