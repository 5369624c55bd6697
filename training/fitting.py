"""Training a network: examples in, weights out; repeatable with a seed, can be stopped on request."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from .checkpoints import head_name
from .snapshots import IGNORED
from .turns import Turns
from .unfinished import Loop, Unfinished

if TYPE_CHECKING:
    import torch

    from .checkpoints import Checkpoints
    from .networks.temporal import TemporalHead

#: Called with steps done and steps in all.
Progress = Callable[[int, int | None], None]
#: Asked often; True stops.
Cancelled = Callable[[], bool]
#: Called with a training step and the loss there.
Losses = Callable[[int, float], None]

#: Training steps between two losses that are told.
_LOSS_EVERY = 10


class TrainingCanceledError(LearnError):
    """Training was stopped on request; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Training was stopped; the models are as they were.")


@dataclass(frozen=True, eq=False)
class Example:
    """A stretch of features with its labels at the steps.

    Attributes
    ----------
    features
        float32 (steps, features).
    targets
        One array a group: classes (steps,), `IGNORED` where nothing is learned.
    soft
        One array a group: share of annotators for each class (steps, classes), zeros where there is none.
    """

    features: NDArray[np.float32]
    targets: tuple[NDArray[np.int64], ...]
    soft: tuple[NDArray[np.float32], ...]

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.features)


@dataclass(frozen=True, slots=True)
class HeadFit:
    """How a head is trained.

    Attributes
    ----------
    epochs, least_steps
        Times that every label is shown, but at least so many training steps.
    window
        Steps of a piece that is shown at once.
    batch
        Pieces a training step.
    rate, decay
        Highest learning rate (AdamW, one cycle) and weight decay.
    smoothing
        Weight of the smoothness of neighboring steps.
    balance
        Class weights fall with this power of a class's frequency.
    """

    epochs: int = 12
    least_steps: int = 300
    window: int = 128
    batch: int = 8
    rate: float = 2e-3
    decay: float = 1e-2
    smoothing: float = 0.05
    balance: float = 0.5


def fit_head(
    examples: Sequence[Example],
    outputs: Sequence[int],
    seed: int,
    settings: HeadFit | None = None,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    on_loss: Losses | None = None,
    unfinished: Unfinished | None = None,
) -> TemporalHead:
    """Train a temporal head from scratch.

    The same examples and seed give the same weights on one machine, whether it was cut off or not.

    Parameters
    ----------
    examples
        What to learn from.
    outputs
        Number of outputs of every group: one for a group of one behavior.
    seed
        Of the first weights, the order and what is dropped.
    settings
        How.
    on_progress, cancelled
        Told and asked at every training step.
    on_loss
        Told the loss now and then.
    unfinished
        Where it is kept how far the training is; it goes on from there.

    Raises
    ------
    TrainingCanceledError
        If `cancelled` said so.
    LearnError
        When there is nothing to learn from.
    """
    import torch

    from .networks.temporal import HeadSettings, TemporalHead, class_weights, group_loss

    settings = settings or HeadFit()
    if not any((target != IGNORED).any() for example in examples for target in example.targets):
        raise LearnError("There is no labeled step to learn from.")
    with repeatable(seed):
        head = TemporalHead(HeadSettings(examples[0].features.shape[1], tuple(outputs)))
    with one_thread():
        dropped = head.drop_by(seed)
        head.standardize(torch.from_numpy(np.concatenate([example.features for example in examples])))
        examples = [_prepared(example, head) for example in examples]
        weights = [
            class_weights(torch.from_numpy(_counts(examples, group, count)), settings.balance)
            for group, count in enumerate(outputs)
        ]
        pieces = [
            (number, start)
            for number, example in enumerate(examples)
            for start in range(0, max(1, example.steps - settings.window // 4), settings.window)
        ]
        steps_in_epoch = -(-len(pieces) // settings.batch)
        epochs = max(settings.epochs, -(-settings.least_steps // steps_in_epoch))
        total = epochs * steps_in_epoch
        optimizer = torch.optim.AdamW(
            head.parameters(), lr=settings.rate, weight_decay=settings.decay, fused=True
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.rate, total_steps=total + 1)
        loop = Loop(head, optimizer, schedule, total, [dropped])
        first = unfinished.take_up(loop) if unfinished is not None else 0
        shown = _batches(examples, pieces, settings, epochs, np.random.default_rng(seed))
        head.train()
        for step, batch in enumerate(itertools.islice(shown, first, None), start=first):
            if cancelled is not None and cancelled():
                raise TrainingCanceledError
            features, targets, soft = (_stacked(part) for part in _collated(batch, len(outputs)))
            optimizer.zero_grad()
            logits = head.judge(features[0])
            loss = sum(
                (
                    group_loss(found, wanted, shares, weight, settings.smoothing)
                    for found, wanted, shares, weight in zip(logits, targets, soft, weights, strict=True)
                ),
                start=torch.zeros(()),
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            if unfinished is not None:
                unfinished.keep(loop, step + 1)
            if on_loss is not None and (step + 1) % _LOSS_EVERY == 0:
                on_loss(step + 1, loss.item())
            if on_progress is not None:
                on_progress(step + 1, total)
    head.eval()
    return head


def apply_head(head: TemporalHead, features: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Return the logits of every group (steps, outputs) of the features (steps, features)."""
    import torch

    head.eval()
    with one_thread(), torch.inference_mode():
        found = head(torch.from_numpy(np.ascontiguousarray(features))[None])
    return [logits[0].numpy() for logits in found]


def fit_heads(
    sides: Sequence[Sequence[Example]],
    outputs: Sequence[int],
    seeds: Sequence[int],
    settings: HeadFit | None = None,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    checkpoints: Checkpoints | None = None,
    on_loss: Callable[[int, int, float], None] | None = None,
) -> list[TemporalHead]:
    """Train several heads at the same time, on all cores; the result is that of one after the other.

    Parameters
    ----------
    sides
        What each head learns from.
    outputs, settings
        As for `fit_head`.
    seeds
        One a head.
    on_progress
        Told the steps of all heads together, by one thread at a time.
    cancelled
        Asked at every training step.
    checkpoints
        Heads that are finished there are taken from there, others go on from where they are there.
    on_loss
        Told the number of a head, a training step and the loss there; by one thread at a time.
    """
    import torch

    lock, done, totals = threading.Lock(), [0] * len(sides), [0] * len(sides)
    over = threading.Event()
    # All before the first is trained: making a head draws random numbers, which must not mix with a seed's.
    known = [checkpoints.head(number) if checkpoints is not None else None for number in range(len(sides))]

    # As many as torch may use here, which is fewer in a process that leaves the window a core.
    turns = Turns((n for n, head in enumerate(known) if head is None), torch.get_num_threads())

    def fit(number: int) -> TemporalHead:
        def unwanted() -> bool:
            turns.take(number)
            return over.is_set() or (cancelled is not None and cancelled())

        def tell(step: int, total: int | None) -> None:
            with lock:
                done[number], totals[number] = step, total or 0
                if on_progress is not None:
                    on_progress(sum(done), max(totals) * len(sides))

        def tell_loss(step: int, loss: float) -> None:
            with lock:
                if on_loss is not None:
                    on_loss(number, step, loss)

        if (head := known[number]) is not None:
            return head
        try:
            turns.take(number)
            kept = Unfinished(checkpoints, head_name(number)) if checkpoints is not None else None
            head = fit_head(sides[number], outputs, seeds[number], settings, tell, unwanted, tell_loss, kept)
        finally:
            turns.leave(number)
        if checkpoints is not None:
            with lock:
                checkpoints.keep_head(number, head)
        return head

    with ThreadPoolExecutor(len(sides)) as pool:
        try:
            return list(pool.map(fit, range(len(sides))))
        except BaseException:
            over.set()  # one head failed, or Ctrl+C was pressed: nobody waits for the others
            raise


_threads_lock = threading.Lock()
_one_thread_users = 0
_threads_before = 1


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let every operation of torch run on one thread: on small arrays more of them only wait for each other.

    How many there were is restored when the last user is done.
    """
    import torch

    global _one_thread_users, _threads_before
    with _threads_lock:
        if not _one_thread_users:
            _threads_before = torch.get_num_threads()
            torch.set_num_threads(1)
        _one_thread_users += 1
    try:
        yield
    finally:
        with _threads_lock:
            _one_thread_users -= 1
            if not _one_thread_users:
                torch.set_num_threads(_threads_before)


_seeding = threading.Lock()


@contextlib.contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Seed torch and ask it for repeatable kernels; how it was before is restored. One thread at a time."""
    import torch

    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    with _seeding, torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        before = torch.are_deterministic_algorithms_enabled()
        warned = torch.is_deterministic_algorithms_warn_only_enabled()
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True, warn_only=True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before, warn_only=warned)


def _prepared(example: Example, head: TemporalHead) -> Example:
    """Return the example as the head prepares it, which is the same in every epoch."""
    import torch

    return replace(example, features=head.prepare(torch.from_numpy(example.features)).numpy())


def _counts(examples: Sequence[Example], group: int, outputs: int) -> NDArray[np.float32]:
    classes = max(2, outputs)
    counts = np.zeros(classes, np.float32)
    for example in examples:
        target = example.targets[group]
        counts += np.bincount(target[target != IGNORED], minlength=classes)
    return counts


def _batches(
    examples: Sequence[Example],
    pieces: list[tuple[int, int]],
    settings: HeadFit,
    epochs: int,
    chance: np.random.Generator,
) -> Iterator[list[Example]]:
    """Yield batches of pieces of one length; in every epoch they begin elsewhere, in another order."""
    longest = min(settings.window, max(example.steps for example in examples))
    for _ in range(epochs):
        order = chance.permutation(len(pieces))
        shift = int(chance.integers(0, longest))
        for start in range(0, len(order), settings.batch):
            chosen = [pieces[index] for index in order[start : start + settings.batch]]
            yield [_piece(examples[number], begin - shift, longest) for number, begin in chosen]


def _piece(example: Example, start: int, length: int) -> Example:
    """Return `length` steps from `start` on, where the example begins anew behind its end."""
    start = start % max(1, example.steps - length + 1)
    rows = slice(start, start + length)
    missing = length - len(example.features[rows])

    def filled(values: NDArray[Any], by: float) -> NDArray[Any]:
        if not missing:
            return values[rows]
        edges = [(0, missing)] + [(0, 0)] * (values.ndim - 1)
        return np.pad(values[rows], edges, constant_values=by)

    return Example(
        np.pad(example.features[rows], ((0, missing), (0, 0)), mode="edge"),
        tuple(filled(target, IGNORED) for target in example.targets),
        tuple(filled(soft, 0) for soft in example.soft),
    )


def _collated(
    batch: list[Example], groups: int
) -> tuple[list[list[NDArray[Any]]], list[list[NDArray[Any]]], list[list[NDArray[Any]]]]:
    return (
        [[example.features for example in batch]],
        [[example.targets[group] for example in batch] for group in range(groups)],
        [[example.soft[group] for example in batch] for group in range(groups)],
    )


def _stacked(parts: list[list[NDArray[Any]]]) -> list[torch.Tensor]:
    import torch

    return [torch.from_numpy(np.stack(arrays)) for arrays in parts]
