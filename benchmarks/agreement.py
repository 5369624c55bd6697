"""What agreement costs: frames of a large study, its whole report, and bouts without end.

Run ``python -m benchmarks.agreement``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from napari_ethoprofile.annotation.agreement import Pair, compare, confusion_of, kappa
from napari_ethoprofile.annotation.agreement.bouts import Bouts, bouts_of, match_bouts
from napari_ethoprofile.annotation.agreement.confusion import one_against_rest
from napari_ethoprofile.annotation.ethogram import HOME_CAGE
from numpy.typing import NDArray

from .figures import Figure, peak_bytes

CLIPS, FRAMES, FPS = 432, 7_500, 25.0
NAMES = dict(enumerate(HOME_CAGE, start=1))
ROUNDS = 15
FEW, MANY = 10_000, 1_000_000


def rows() -> list[Figure]:
    """Return the figures of agreement."""
    return [*_frame_rows(), *_report_rows(), *_bout_rows()]


def _frame_rows() -> list[Figure]:
    """Time confusion and frame statistics of every behavior against one count over the same frames.

    These are milliseconds of one thread, so the processor's time of that thread is taken, not the clock's.
    """
    pairs = study()
    a, b = (np.concatenate([getattr(pair, side) for pair in pairs]) for side in "ab")
    cells = (a + 1) * np.int16(10) + b + np.int16(1)
    counting, statistics, bare = [], [], []
    for _ in range(ROUNDS):
        bare.append(_seconds(lambda: np.bincount(cells), time.thread_time))
        counting.append(_seconds(lambda: confusion_of(pairs, NAMES), time.thread_time))
        statistics.append(_seconds(lambda: _statistics(pairs), time.thread_time))
    ratio, alone = median(statistics) / median(bare), median(counting) / median(bare)
    return [
        Figure(
            f"confusion and frame statistics of {a.size:,} frames in {CLIPS} clips / one np.bincount",
            f"{ratio:.2f}",
            "<= 1.5",
            ratio <= 1.5,
        ),
        Figure("confusion alone / one np.bincount", f"{alone:.2f}"),
        Figure("one np.bincount over these frames", f"{median(bare) * 1000:.1f} ms"),
    ]


def _statistics(pairs: list[Pair]) -> None:
    """Count, and read off every frame statistic of all behaviors."""
    confusion = confusion_of(pairs, NAMES)
    for statistic in (kappa.raw_agreement_of, kappa.cohen_kappa_of, kappa.kappa_max_of, kappa.ac1_of):
        statistic(confusion.frames)
    kappa.macro_agreement_of(confusion.frames)
    kappa.pabak_of(confusion.frames)
    for code in confusion.labels:
        table = one_against_rest(confusion.frames, confusion.index_of(code))
        for statistic in (kappa.cohen_kappa_of, kappa.positive_agreement_of, kappa.ac1_of, kappa.pabak_of):
            statistic(table)


def _report_rows() -> list[Figure]:
    """Make the whole report with its 2,000 resamples in a process of its own, for its memory."""
    code = "from benchmarks.agreement import measure_report; measure_report()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, worked, megabytes = (float(word) for word in done.stdout.split())
    return [
        Figure(
            "whole report of two such passes, 2,000 resamples", f"{seconds:.1f} s", "<= 10 s", seconds <= 10
        ),
        Figure("processor time of that report", f"{worked:.1f} s"),
        Figure("memory of that process at its peak", f"{megabytes:.0f} MB", "<= 500 MB", megabytes <= 500),
    ]


def measure_report() -> None:
    """Print the seconds that a report takes, its processor time, and the megabytes of this process."""
    pairs = study()
    worked = time.process_time()
    seconds = _seconds(lambda: compare(pairs, NAMES))
    worked = time.process_time() - worked
    print(seconds, worked, peak_bytes() / 1e6)


def _bout_rows() -> list[Figure]:
    """Match few and many bouts in turn; few are matched over and over, so that both take about as long."""
    few, many = _both_sides(FEW), _both_sides(MANY)
    again = MANY // FEW // 10
    short, long = [], []
    for _ in range(3):
        short.append(
            _seconds(lambda: [match_bouts(*few) for _ in range(again)], time.thread_time) / again / FEW
        )
        long.append(_seconds(lambda: match_bouts(*many), time.thread_time) / MANY)
    ratio = median(long) / median(short)
    return [
        Figure(f"match a bout of {MANY:,} / of {FEW:,}", f"{ratio:.2f}", "<= 2", ratio <= 2),
        Figure(f"match a bout of {MANY:,}", f"{median(long) * 1e6:.2f} us"),
    ]


def _both_sides(count: int) -> tuple[Bouts, Bouts]:
    """Return `count` bouts of a rater, and those of a second whose bouts are shifted, split and renamed."""
    rng = np.random.default_rng(1)
    clips = [_two_raters(rng, bouts=100) for _ in range(count // 100)]
    return bouts_of([a for a, _ in clips]), bouts_of([b for _, b in clips])


def study() -> list[Pair]:
    """Return two raters of 36 days of video: bouts of seconds, boundaries that differ, some confusions."""
    rng = np.random.default_rng(0)
    return [Pair(*_two_raters(rng, bouts=120), clip=str(number), fps=FPS) for number in range(CLIPS)]


def _two_raters(rng: np.random.Generator, bouts: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return a clip by two raters: every boundary differs a little, some bouts differ altogether."""
    cuts = np.sort(rng.choice(np.arange(1, FRAMES), bouts - 1, replace=False))
    labels = (np.cumsum(rng.integers(1, 9, bouts)) % 9).astype(np.int16)
    moved = np.sort(np.clip(cuts + rng.normal(0, 5, cuts.size).astype(int), 0, FRAMES))
    renamed = np.where(rng.random(bouts) < 0.1, rng.integers(0, 9, bouts), labels).astype(np.int16)
    a, b = (
        np.repeat(codes, np.diff(edges, prepend=0, append=FRAMES))
        for codes, edges in ((labels, cuts), (renamed, moved))
    )
    b[rng.integers(0, FRAMES, 10)] = 0
    return a, b


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    work()
    return clock() - began


if __name__ == "__main__":
    for figure in rows():
        print(*figure, sep=" | ")
