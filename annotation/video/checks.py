"""Spot checks of an index: what it promises against what the decoder does, at a bounded cost."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from .cursor import Cursor
from .index import FrameIndex
from .pixels import signature

# Frames decoded at the beginning (all of a short recording), seek points, frames compared after each of them.
SHORT = 1000
BEGINNING = 64
SPOTS = 4
COMPARED = 10
# Frames decoded, at most, to see the frames after seek points from farther back as well.
TRUTH = 400


def holds(path: Path, index: FrameIndex) -> bool:
    """Whether a complete index stands all checks: beginning, end, and seek points all over the file."""
    if not beginning_holds(path, index) or not end_holds(path, index):
        return False
    room = TRUTH - _beginning(index)
    for point in _spread(index):
        room -= int(index.seek_frames[point] - index.seek_frames[point - 1])
        if not (seek_holds(path, index, point) if room >= 0 else numbers_hold(path, index, point)):
            return False
    return True


def beginning_holds(path: Path, index: FrameIndex) -> bool:
    """Whether decoding from the beginning gives frames 0, 1, 2 ..., also past the first seek point."""
    count = _beginning(index)
    found = _signatures(path, index, -1, count)
    if len(found) != count:
        return False
    start = int(index.seek_frames[1]) if len(index.seek_frames) > 1 else count
    expected = found[start : start + COMPARED]
    return not expected or _alike(_signatures(path, index, 1, len(expected)), expected)


def _beginning(index: FrameIndex) -> int:
    """Frames to decode at the beginning: all of a short recording, else into the second group of pictures."""
    if index.frames <= SHORT:
        return index.frames
    second = int(index.seek_frames[1]) if len(index.seek_frames) > 1 else TRUTH
    return second + COMPARED if second + COMPARED <= TRUTH else BEGINNING


def end_holds(path: Path, index: FrameIndex) -> bool:
    """Whether decoding from the last seek point gives every frame up to the last one, and no more."""
    point = len(index.seek_packets) - 1
    start = int(index.seek_frames[point]) if point >= 0 else 0
    return len(_signatures(path, index, point, index.frames - start + 1)) == index.frames - start


def seek_holds(path: Path, index: FrameIndex, point: int) -> bool:
    """Whether the frames after a seek point are the same, seen from there and from farther back."""
    start = int(index.seek_frames[point])
    count = min(COMPARED, index.frames - start)
    if index.decoded:
        expected = index.signatures[start : start + count].tolist()
    else:
        before = int(index.seek_frames[point - 1]) if point > 0 else 0
        expected = _signatures(path, index, point - 1, start - before + count)[-count:]
    return len(expected) == count and _alike(_signatures(path, index, point, count), expected)


def numbers_hold(path: Path, index: FrameIndex, point: int) -> bool:
    """Whether the right frames, undamaged, come out after a seek point."""
    count = min(COMPARED, index.frames - int(index.seek_frames[point]))
    return len(_signatures(path, index, point, count)) == count


def _alike(found: list[int], expected: list[int]) -> bool:
    """Whether two passes gave the same frames.

    What is painted over damage (-1) is another picture each time. It can only be the last one, where a
    recording was cut: damage elsewhere is told before anything is compared.
    """
    alike = (one == other or -1 in (one, other) for one, other in zip(found, expected, strict=False))
    return len(found) == len(expected) and all(alike)


def _spread(index: FrameIndex) -> list[int]:
    """Seek points spread over the file, at places that differ from file to file but not from run to run."""
    last = len(index.seek_packets) - 1
    if last < 1:
        return []
    random = np.random.default_rng(int(index.fingerprint.key, 16))
    edges = np.linspace(1, last + 1, min(SPOTS, last) + 1).astype(int)
    return [int(random.integers(low, high)) for low, high in pairwise(edges)]


def _signatures(path: Path, index: FrameIndex, point: int, count: int) -> list[int]:
    """Decode `count` whole frames from a seek point (-1: the beginning); none if any is not the right one."""
    cursor = Cursor(path, index.packets)
    number = 0
    if point >= 0:
        number = int(index.seek_frames[point])
        cursor.go_to(int(index.seek_packets[point]))
    found: list[int] = []
    numbers = index.frame_of_packet
    floor = number
    while len(found) < count and (step := cursor.next()) is not None:
        row, frame = step
        decoded = int(numbers[row]) if row < len(numbers) else -1
        if 0 <= decoded < floor and number == floor:
            continue
        if decoded != number or (frame.is_corrupt and not index.decoded):
            # One frame too many spoils the check just as a wrong one does, or damage.
            found.clear()
            break
        found.append(signature(frame))
        number += 1
    cursor.close()
    return found
