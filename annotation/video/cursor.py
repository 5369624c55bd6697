"""`Cursor`: a decoder that always knows which frame it puts out next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import VideoError
from .containers import open_container, video_stream
from .packets import NO_STAMP, PacketTable

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


class Cursor:
    """Decodes packets in file order from a known packet on; not for several threads at once.

    Parameters
    ----------
    path
        The video file.
    packets
        What is known of its packets; may cover only the beginning of the file, or nothing.
    on_new_packet
        Called with every packet beyond the table, before it is decoded.
    threads
        Of the decoder.

    Attributes
    ----------
    damaged
        Rows of the packets at which decoding failed.

    Raises
    ------
    VideoError
        If the file cannot be read any more, or is not the one that the table was made from.
    """

    def __init__(
        self,
        path: Path,
        packets: PacketTable,
        on_new_packet: Callable[[Packet], None] | None = None,
        threads: int = 2,
    ):
        self._path = path
        self._threads = threads
        self.packets = packets
        self._on_new_packet = on_new_packet
        self._ready: deque[tuple[int, VideoFrame]] = deque()
        self._drained = False
        self._pushed_back: Packet | None = None
        self.damaged: list[int] = []
        self._container: InputContainer
        self.begin()

    def begin(self) -> None:
        """Go to the first packet by opening the file anew, which always works."""
        self._container = open_container(self._path)
        self._stream: VideoStream = video_stream(self._container, self._path, self._threads)
        self._restart(0)

    def go_to(self, row: int) -> None:
        """Make packet `row`, a key packet, the next one to be decoded."""
        if row == 0 or not self._jump(row):
            self.begin()
            self._skip_to(row)

    def next(self) -> tuple[int, VideoFrame] | None:
        """Decode up to the next frame.

        Returns
        -------
        tuple
            The row of the packet that the frame comes from, and the frame; None at the end of the file.
        """
        while not self._ready and not self._drained:
            packet = self._next_packet()
            if packet is None:
                self._drained = True
            self._decode(packet)
        return self._ready.popleft() if self._ready else None

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _jump(self, row: int) -> bool:
        """Try to reach packet `row` by the container's own seeking; where it lands is read off the packet."""
        import av

        for stamp in self._stamps_of(row):
            try:
                self._container.seek(stamp, stream=self._stream)
            except av.error.FFmpegError:
                continue
            self._restart(0)
            packet = self._read_packet()
            landed = None if packet is None else self.packets.row_of(packet)
            if landed is None or landed > row:
                continue
            self._row, self._pushed_back = landed, packet
            self._skip_to(row)
            return True
        return False

    def _stamps_of(self, row: int) -> list[int]:
        """Stamps to seek by: Matroska's table of key frames holds pts, those of MP4 and AVI hold dts."""
        columns = [self.packets.dts, self.packets.pts]
        if "matroska" in self._container.format.name:
            columns.reverse()
        stamps = [int(column[row]) for column in columns if column[row] != NO_STAMP]
        return list(dict.fromkeys(stamps))

    def _restart(self, row: int) -> None:
        self._row = row
        self._pushed_back = None
        self._packets: Iterator[Packet] = self._container.demux(self._stream)
        self._ready.clear()
        self._drained = False

    def _skip_to(self, row: int) -> None:
        while self._row < row:
            if self._next_packet() is None:
                raise self._changed()

    def _next_packet(self) -> Packet | None:
        """Read the next packet, make sure that it is the one that the table has there, and count it."""
        packet = self._read_packet()
        if packet is None:
            return None
        if self._row < len(self.packets):
            if not self.packets.is_row(self._row, packet):
                raise self._changed()
        elif self._on_new_packet is not None:
            self._on_new_packet(packet)
        packet.pts = self._row
        self._row += 1
        return packet

    def _read_packet(self) -> Packet | None:
        import av

        if self._pushed_back is not None:
            packet, self._pushed_back = self._pushed_back, None
            return packet
        try:
            for packet in self._packets:
                # Packets without content (dropped frames of an AVI, the end mark) yield no frame.
                if packet.size:
                    return packet
        except av.error.InvalidDataError:
            return None
        except (av.error.FFmpegError, OSError) as error:
            raise VideoError(
                f"{self._path} cannot be read any more ({error.strerror}): check its disk or the network."
            ) from error
        return None

    def _decode(self, packet: Packet | None) -> None:
        import av

        try:
            frames = self._stream.codec_context.decode(packet)
        except av.error.FFmpegError:
            # A damaged packet yields no frame; whoever misses that frame says so.
            self.damaged.append(self._row - 1)
            return
        self._ready.extend((frame.pts, frame) for frame in frames if frame.pts is not None)

    def _changed(self) -> VideoError:
        return VideoError(f"{self._path} was changed while it was open: close it and open it again.")
