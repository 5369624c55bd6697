"""In which order the packets of a file are shown, where that can be told without decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .index import Facts
from .packets import INTS, NO_STAMP, PacketTable

if TYPE_CHECKING:
    from av.packet import Packet

# Containers whose stamps of presentation were written by whoever knew them.
_STAMPED = {"matroska", "mov"}
# Codecs of which every packet is one frame on the screen, and those of which every frame stands alone.
_REORDERED = {"h264", "hevc", "mpeg4", "vp9", "av1", "mpeg1video", "mpeg2video", "vc1"}
_ALONE = {
    "mjpeg", "ffv1", "huffyuv", "ffvhuff", "rawvideo", "png", "utvideo", "prores", "dvvideo", "jpeg2000",
    "magicyuv", "dnxhd", "qoi", "bmp", "targa", "tiff", "v210",
}  # fmt: skip
_MPEG4_PICTURE = b"\x00\x00\x01\xb6"
_NAL_START = b"\x00\x00\x01"


def may_be_told(facts: Facts) -> bool:
    """Whether it is worth demuxing a file to learn its order."""
    if facts.codec in _ALONE:
        return True
    if is_stamped(facts):
        return facts.codec in _REORDERED
    return reordering_matters(facts)


def is_stamped(facts: Facts) -> bool:
    """Whether the container itself says when every packet is shown."""
    return facts.container in _STAMPED


def reordering_matters(facts: Facts) -> bool:
    """Whether the packets must be searched for B-pictures: without any, file order is the order shown."""
    return facts.container == "avi" and facts.codec in ("h264", "mpeg4")


def shown_order(facts: Facts, packets: PacketTable) -> INTS | None:
    """Return the rows in the order shown, or None if the stamps are not sound.

    Sound: every packet has a stamp, no two share one, and the file begins with a key packet that is shown
    first. (A file cut at an open GOP begins with frames that no decoder puts out.)
    """
    rows = np.arange(len(packets))
    if not len(rows) or not packets.key[0]:
        return None
    if facts.codec in _ALONE or reordering_matters(facts):
        return rows
    order = np.argsort(packets.pts, kind="stable")
    stamps = packets.pts[order]
    if stamps[0] == NO_STAMP or order[0] != 0 or np.any(np.diff(stamps) <= 0):
        return None
    return order


def is_plain_picture(facts: Facts, packet: Packet) -> bool:
    """Whether a packet of an AVI surely holds one picture that is shown in file order."""
    if facts.codec == "mpeg4":
        return _is_plain_mpeg4(bytes(packet), facts)
    return _is_plain_h264(bytes(packet))


def _is_plain_mpeg4(data: bytes, facts: Facts) -> bool:
    place = data.find(_MPEG4_PICTURE)
    if place < 0 or place + 4 >= len(data) or data.find(_MPEG4_PICTURE, place + 4) >= 0:
        return False
    # A picture takes a header and a bit a macroblock; a shorter one is a mark for "nothing new", not put out.
    blocks = -(-facts.width // 16) * -(-facts.height // 16)
    return data[place + 4] >> 6 != 2 and len(data) - place > 7 + blocks // 8


def _is_plain_h264(data: bytes) -> bool:
    """Whether every slice is I or P: the first two numbers of a slice header are its place and its type."""
    pictures = 0
    place = data.find(_NAL_START)
    while 0 <= place < len(data) - 4:
        if data[place + 3] & 31 in (1, 5):
            bits = int.from_bytes(data[place + 4 : place + 16].ljust(12, b"\0"), "big")
            first_block, used = _exp_golomb(bits, 0)
            kind, _ = _exp_golomb(bits, used)
            pictures += first_block == 0
            if kind % 5 == 1:
                return False
        place = data.find(_NAL_START, place + 3)
    return pictures == 1


def _exp_golomb(bits: int, skip: int, width: int = 96) -> tuple[int, int]:
    """Read an exponential-Golomb number after `skip` of `width` bits; return it and the bits used so far."""
    rest = bits & ((1 << (width - skip)) - 1)
    zeros = width - skip - rest.bit_length()
    used = skip + 2 * zeros + 1
    return (bits >> (width - used) & ((2 << zeros) - 1)) - 1 if used <= width else 1, used
