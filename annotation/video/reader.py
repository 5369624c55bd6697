"""`Reader`: any frame on request, with the next ones decoded before they are asked for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import VideoError
from .cache import FrameCache, Source
from .index import FrameIndex
from .walker import Walker, unreachable

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# A move of at most so many frames is travel, a longer one a jump.
NEAR = 64
# Frames decoded ahead when traveling forward, and at most kept ready when traveling backward.
AHEAD = 12
REACH_BACK = 300
# Backward, at most this part of the back walker's memory is filled ahead, so that filling never pushes out
# what it filled.
BACK_SHARE = 0.6
# Seconds without a request after which the thread decodes forward (in a tight loop the caller decodes itself,
# which is faster than handing frames over) and, after a jump, the surroundings.
QUIET = 0.003
SETTLE = 0.06
# After a jump, seek points to go back when a frame does not come out of the nearest one.
_RETRIES = (0, 1, 2, 4)

Job = Callable[[], None]


class Reader:
    """Frames of one recording for several threads, with a cache and read-ahead in the direction of travel.

    The caller decodes with the front walker. One background thread uses the same walker to go ahead of
    forward travel, and a second one, the back walker, for the frames before the playhead: so turning around
    never has to wait for a seek.

    Parameters
    ----------
    path
        The video file.
    index
        Its index, complete or growing.
    limit
        Bytes of decoded frames to keep.
    """

    def __init__(self, path: Path, index: FrameIndex, limit: int):
        self._path = path
        self._index = index
        self._cache = FrameCache(limit)
        # `_state` guards the cache and all fields below; the walkers are guarded by `_front_lock`, and by
        # being used in the thread only.
        self._state = threading.Condition()
        self._front_lock = threading.Lock()
        self._front: Walker | None = Walker(path, index)
        self._back: Walker | None = None
        self._thread: threading.Thread | None = None
        self._targets: deque[int] = deque()
        self._futile: set[int] = set()
        self._under_way = (0, 0)
        self._waiting = 0
        self._last_read = 0.0
        self._asleep = False
        self._closed = False

    def read(self, number: int) -> VideoFrame:
        """Return frame `number` of the index.

        Raises
        ------
        VideoError
            If the file is damaged there, or cannot be read any more, or was closed.
        """
        with self._state:
            if self._closed:
                raise VideoError(f"{self._path} was closed: open it again.")
            self._travel_to(number)
            frame = self._cache.get(number) or self._await(number)
            if frame is not None:
                return frame
            self._waiting += 1
        try:
            with self._front_lock:
                with self._state:
                    frame = self._cache.get(number)
                return frame or self._fetch(number)
        finally:
            with self._state:
                self._waiting -= 1
                if self._asleep:
                    self._state.notify_all()

    def prefetch(self, numbers: Iterable[int]) -> None:
        """Decode these frames, the targets of likely jumps, when there is nothing more urgent to do."""
        with self._state:
            self._targets = deque(numbers)
            self._start_thread()
            self._state.notify_all()

    def follow(self, index: FrameIndex) -> None:
        """Take over a grown index of the same file."""
        self._index = index

    def close(self) -> None:
        """Stop the thread, close the file and let go of all frames."""
        with self._state:
            self._closed = True
            self._state.notify_all()
        if self._thread is threading.current_thread():
            # The garbage collector may call from there; the thread cleans up when it ends.
            return
        if self._thread is not None:
            self._thread.join()
        self._release()

    def _release(self) -> None:
        with self._front_lock, self._state:
            for walker in (self._front, self._back):
                if walker is not None:
                    walker.close()
            self._front = self._back = None
            self._cache.clear()

    # -- the caller's side ------------------------------------------------------------------------------

    def _travel_to(self, number: int) -> None:
        """Note where the playhead goes, and wake the thread if it sleeps."""
        cache = self._cache
        move, turned = number - cache.playhead, False
        if move:
            direction = 0 if abs(move) > NEAR else (1 if move > 0 else -1)
            turned = direction != cache.direction or not direction
            if turned:
                self._futile.clear()
            cache.direction = direction
            cache.playhead = number
        self._last_read = time.monotonic()
        self._start_thread()
        # Waking the thread for every frame would cost a tight loop a tenth of its speed.
        if self._asleep or turned:
            self._state.notify_all()

    def _start_thread(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="ethoprofile read-ahead", daemon=True)
            self._thread.start()

    def _await(self, number: int) -> VideoFrame | None:
        """Wait for a frame that the thread is about to reach on its way; None if it is not, or gave up."""
        while self._under_way[0] <= number < self._under_way[1] and not self._closed:
            self._state.wait()
        return self._cache.get(number)

    def _fetch(self, number: int) -> VideoFrame:
        """Decode a frame with the front walker, whose lock is held."""
        try:
            walker = self._front_walker()
            if walker.can_walk_to(number):
                frame = self._walk(walker, number)
                if frame is not None:
                    return frame
            for earlier in _RETRIES:
                walker.start_before(number, earlier)
                frame = self._walk(walker, number)
                if frame is not None:
                    return frame
        except VideoError:
            self._front = None
            raise
        raise unreachable(self._path, number)

    def _walk(self, walker: Walker, number: int) -> VideoFrame | None:
        """Decode up to a frame and keep what is passed; None if the frame does not come out."""
        while (step := walker.step()) is not None:
            reached, frame = step
            with self._state:
                self._cache.put(reached, frame, "front")
            if reached >= number:
                return frame if reached == number else None
        return None

    def _front_walker(self) -> Walker:
        if self._front is None:
            self._front = Walker(self._path, self._index)
        self._front.follow(self._index)
        return self._front

    # -- the thread's side ------------------------------------------------------------------------------

    def _run(self) -> None:
        while (job := self._await_job()) is not None:
            try:
                job()
            except VideoError:
                # Whoever asks for the frame itself is told; until then there is nothing to read ahead.
                with self._state:
                    self._futile.update(range(self._cache.playhead - NEAR, self._cache.playhead + NEAR))

        self._release()

    def _await_job(self) -> Job | None:
        with self._state:
            while not self._closed and (job := self._next_job()) is None:
                self._sleep(self._pause())
            return None if self._closed else job

    def _sleep(self, pause: float | None = None) -> None:
        """Wait some seconds, or until someone has something to do."""
        self._asleep = pause is None
        self._state.wait(pause)
        self._asleep = False

    def _next_job(self) -> Job | None:
        """Choose what to decode next; the caller always comes first."""
        if self._waiting or not (self._last_read or self._targets):
            return None
        cache, quiet = self._cache, time.monotonic() - self._last_read
        settled = not cache.direction and quiet >= SETTLE
        if self._targets and settled:
            # Whoever jumps about has said where to; the surroundings of one place come after that. Neither
            # may take time from showing the frame that was jumped to.
            return partial(self._fill_target, self._targets.popleft())
        if cache.direction < 0 or settled:
            missing = self._missing(-1, self._reach_back() if cache.direction else AHEAD)
            if missing is not None:
                return partial(self._fill_back, missing)
        if (cache.direction > 0 and quiet >= QUIET) or settled:
            missing = self._missing(1, min(AHEAD, cache.capacity("front") // 2))
            if missing is not None:
                return partial(self._fill_ahead, missing)
        if self._targets and cache.direction and quiet >= QUIET:
            return partial(self._fill_target, self._targets.popleft())
        return None

    def _pause(self) -> float | None:
        """Seconds until there may be something to do although nobody asks; None: for ever."""
        quiet = time.monotonic() - self._last_read
        due = [moment - quiet for moment in (QUIET, SETTLE) if moment > quiet]
        return None if self._waiting or not due else due[0] + 0.0005

    def _reach_back(self) -> int:
        return min(REACH_BACK, int(self._cache.capacity("back") * BACK_SHARE))

    def _missing(self, direction: int, reach: int) -> int | None:
        """Return the nearest frame that is not there yet, unless it was tried in vain."""
        missing = self._cache.run_end(self._cache.playhead, direction, reach)
        if missing is None or not 0 <= missing < self._index.frames or missing in self._futile:
            return None
        return missing

    def _fill_ahead(self, number: int) -> None:
        """Decode forward to `number` with the front walker, unless a caller wants it."""
        with self._front_lock:
            try:
                walker = self._front_walker()
                if not walker.can_walk_to(number):
                    walker.start_before(number)
                while not self._waiting and not self._closed:
                    if not self._keep_step(walker, number, "front"):
                        break
                else:
                    return
            except VideoError:
                self._front = None
                raise
        self._note_futile(number)

    def _fill_back(self, number: int) -> None:
        """Decode the stretch from the seek point before `number` up to it, with the back walker."""
        try:
            walker = self._back_walker()
            walker.start_before(number)
            start = walker.position
            while self._still_wanted(start, number):
                with self._state:
                    self._under_way = (walker.position, number + 1)
                if not self._keep_step(walker, number, "back"):
                    self._note_futile(number)
                    return
        except VideoError:
            self._back = None
            raise
        finally:
            with self._state:
                self._under_way = (0, 0)
                self._state.notify_all()

    def _fill_target(self, number: int) -> None:
        """Decode one frame for a jump to come, with the back walker."""
        if not 0 <= number < self._index.frames or number in self._cache:
            return
        try:
            walker = self._back_walker()
            if not walker.can_walk_to(number):
                walker.start_before(number)
            while not self._waiting and not self._closed:
                step = walker.step()
                if step is None or step[0] > number:
                    return
                if step[0] == number:
                    with self._state:
                        self._cache.put_target(*step)
                    return
            # A caller came first: this can wait.
            with self._state:
                self._targets.appendleft(number)
        except VideoError:
            self._back = None
            raise

    def _keep_step(self, walker: Walker, last: int, source: Source) -> bool:
        """Decode and keep one frame; False when `last` is reached or passed."""
        step = walker.step()
        if step is None or step[0] > last:
            return False
        with self._state:
            self._cache.put(*step, source)
            self._state.notify_all()
        return step[0] < last

    def _still_wanted(self, start: int, stop: int) -> bool:
        """Step aside while a caller decodes; False if the playhead has left for good."""
        with self._state:
            while self._waiting and not self._closed:
                self._sleep()
            cache = self._cache
            near = start - NEAR <= cache.playhead <= stop + NEAR + self._reach_back()
            return near and cache.direction <= 0 and not self._closed

    def _note_futile(self, number: int) -> None:
        """Do not try again what did not come out, or could not be kept."""
        with self._state:
            if number not in self._cache:
                self._futile.add(number)

    def _back_walker(self) -> Walker:
        if self._back is None:
            self._back = Walker(self._path, self._index)
        self._back.follow(self._index)
        return self._back
