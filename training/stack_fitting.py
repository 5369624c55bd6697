"""Training the DeepEthoProfile network: as published, and with a modern recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from .ahead import ahead
from .fitting import Cancelled, Progress, TrainingCanceledError, repeatable
from .sampling import BALANCED, PUBLISHED, Stacks, batches, cut_stacks
from .stack_data import Augmentation, StackData, collate, pass_over
from .stacks import PAPER, REPOSITORY
from .unfinished import Loop, Unfinished, draws_on

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from .networks.ethocnn import EthoCNN

#: Threads that take stacks from the disk and vary them; the rest is for the network.
_LOADERS = 2
# Batches that wait while the network is trained on one.
_WAITING = 3


@dataclass(frozen=True)
class StackFit:
    """How the network is trained.

    Attributes
    ----------
    epochs, batch
        Times that the stacks are shown; stacks a step.
    optimizer
        ``sgd`` (plain) or ``adamw``.
    rate, decay
        Learning rate of the first epoch, and what it is multiplied by after each.
    weight_decay, label_smoothing
        Of the optimizer and of the loss.
    composition, rule
        How batches are put together, and how the label of a stack is found; see `sampling` and `stacks`.
    random_phase
        Begin the stacks of every epoch at another frame.
    augmentation
        How stacks are varied.
    steps
        Most steps an epoch; None: as many as the composition gives.
    """

    epochs: int = 20
    batch: int = 16
    optimizer: str = "adamw"
    rate: float = 3e-4
    decay: float = 0.9
    weight_decay: float = 1e-2
    label_smoothing: float = 0.05
    composition: str = BALANCED
    rule: str = PAPER
    random_phase: bool = True
    augmentation: Augmentation = field(default_factory=Augmentation)
    steps: int | None = None

    @classmethod
    def published(cls, rule: str = REPOSITORY) -> StackFit:
        """Return the published recipe: SGD 0.03 x 0.99 an epoch, 40 epochs, one phase, fixed batches."""
        return cls(
            epochs=40,
            optimizer="sgd",
            rate=0.03,
            decay=0.99,
            weight_decay=0.0,
            label_smoothing=0.0,
            composition=PUBLISHED,
            rule=rule,
            random_phase=False,
            augmentation=Augmentation(flip=True),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the model card."""
        return asdict(self)


def fit_stacks(
    data: StackData,
    names: Sequence[str],
    seed: int,
    settings: StackFit | None = None,
    device: str = "auto",
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
    unfinished: Unfinished | None = None,
) -> EthoCNN:
    """Train the network from random weights.

    The same data and seed give the same weights on one machine and device.

    Parameters
    ----------
    data
        Stretches with their frames.
    names
        Names of the classes, in the order of the outputs.
    seed
        Of the first weights, the batches, the variation and what is dropped.
    settings
        How.
    device
        ``auto``, ``cpu``, ``cuda`` or ``mps``. A GPU that runs out of memory gets the stacks of a step in
        smaller parts; when one stack is too much the training goes on with the CPU.
    on_progress, cancelled
        Told and asked at every step.
    tell
        Called with one sentence when memory runs out.
    unfinished
        Where it is kept how far the training is; it goes on from there, to the same weights.

    Returns
    -------
    EthoCNN
        On the CPU, in evaluation mode.

    Raises
    ------
    LearnError
        When a behavior has no stack to learn from.
    TrainingCanceledError
        If `cancelled` said so.
    """
    import torch

    from .devices import choose_device
    from .networks.ethocnn import EthoCNN

    settings = settings or StackFit()
    _check_examples(data, names, settings)
    with repeatable(seed), ThreadPoolExecutor(_LOADERS) as pool:
        trainer = _Trainer(EthoCNN(len(names)), settings, choose_device(device), tell)
        loop, done, before = None, 0, 0
        for epoch in range(settings.epochs):
            chance = np.random.default_rng((seed, epoch))
            plan = _plan(data, len(names), settings, chance)
            if loop is None:
                loop = trainer.loop(len(plan) * settings.epochs)
                before = unfinished.take_up(loop) if unfinished is not None else 0
            known = min(len(plan), before - done) if before > done else 0
            for batch in plan[:known]:
                pass_over(batch[1].size, settings.augmentation, chance)
            done += known
            for stacks, labels in ahead(_loaded(data, plan[known:], settings, chance, pool), _WAITING):
                if cancelled is not None and cancelled():
                    if unfinished is not None and done > before:
                        unfinished.keep(loop, done, now=True)
                    raise TrainingCanceledError
                trainer.step(torch.from_numpy(stacks), torch.from_numpy(labels))
                known, done = known + 1, done + 1
                if known == len(plan):
                    trainer.end_epoch()
                if unfinished is not None:
                    unfinished.keep(loop, done)
                if on_progress is not None:
                    on_progress(done, max(loop.total, done))
        return trainer.network.to("cpu").eval()


def _check_examples(data: StackData, names: Sequence[str], settings: StackFit) -> None:
    """Name every behavior that no stack of the plain grid has."""
    found = cut_stacks(data.classes, data.shapes, len(names), None, settings.rule)
    counts = np.bincount(found.label, minlength=len(names))
    lacking = [name for name, count in zip(names, counts, strict=True) if not count]
    if lacking:
        raise LearnError(
            f"There is no stack of 11 labeled frames of {', '.join(lacking)} to learn from in what is not "
            "tested; label another clip that shows it."
        )


def _plan(
    data: StackData, count: int, settings: StackFit, chance: np.random.Generator
) -> list[tuple[Stacks, NDArray[np.int64]]]:
    """Return the batches of an epoch."""
    phase = chance if settings.random_phase else None
    stacks = cut_stacks(data.classes, data.shapes, count, phase, settings.rule)
    if len(set(stacks.label.tolist())) < count:  # a rare behavior can be missed by this phase
        stacks = cut_stacks(data.classes, data.shapes, count, None, settings.rule)
    drawn = list(batches(stacks, count, settings.batch, chance, settings.composition))
    return [(stacks, batch) for batch in drawn[: settings.steps]]


def _loaded(
    data: StackData,
    plan: list[tuple[Stacks, NDArray[np.int64]]],
    settings: StackFit,
    chance: np.random.Generator,
    pool: ThreadPoolExecutor,
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    for stacks, batch in plan:
        places = list(zip(stacks.stretch[batch].tolist(), stacks.middle[batch].tolist(), strict=True))
        yield collate(data, places, settings.augmentation, chance, pool), stacks.label[batch]


class _Trainer:
    """The network with its optimizer on a device, which may have to change on the way."""

    def __init__(
        self, network: EthoCNN, settings: StackFit, device: torch.device, tell: Callable[[str], None]
    ) -> None:
        import torch

        self.network = network
        self._settings = settings
        self._tell = tell
        self._parts = 1
        self._place_or_give_up(device)
        choices: dict[str, Callable[[], torch.optim.Optimizer]] = {
            "sgd": lambda: torch.optim.SGD(network.parameters(), settings.rate),
            "adamw": lambda: torch.optim.AdamW(
                network.parameters(), settings.rate, weight_decay=settings.weight_decay
            ),
        }
        if settings.optimizer not in choices:
            raise LearnError(f"There is no optimizer '{settings.optimizer}'; there are {', '.join(choices)}.")
        self._optimizer = choices[settings.optimizer]()
        self._schedule = torch.optim.lr_scheduler.ExponentialLR(self._optimizer, settings.decay)

    def step(self, stacks: Tensor, labels: Tensor) -> None:
        """Learn from a batch; where memory runs out, from its parts in turn."""
        from .devices import ran_out_of_memory

        while True:
            try:
                return self._learn(stacks, labels)
            except RuntimeError as error:
                if not ran_out_of_memory(error):
                    raise
                self._make_do(len(stacks))

    def loop(self, total: int) -> Loop:
        """Return what decides how the training goes on; `total` is about the number of its steps."""
        draws = draws_on(self._device.type)
        return Loop(self.network, self._optimizer, self._schedule, total, draws)

    def end_epoch(self) -> None:
        """Lower the learning rate."""
        self._schedule.step()

    def _place(self, device: torch.device) -> None:
        import torch

        from .devices import fast_dtype

        self._device = device
        # Rounded sums are fine for a GPU; on a CPU the published arithmetic stays.
        self._dtype = fast_dtype(device) if device.type == "cuda" else torch.float32
        self.network.to(device, memory_format=torch.channels_last)
        self.network.train()

    def _place_or_give_up(self, device: torch.device) -> None:
        from .devices import ran_out_of_memory

        try:
            self._place(device)
        except RuntimeError as error:
            if device.type == "cpu" or not ran_out_of_memory(error):
                raise
            self._give_up()

    def _give_up(self) -> None:
        import torch

        kind = self._device.type
        self._tell(f"The {kind} is out of memory even for one stack; training goes on with the CPU.")
        self._place(torch.device("cpu"))

    def _learn(self, stacks: Tensor, labels: Tensor) -> None:
        import torch
        from torch.nn import functional

        from .networks.ethocnn import as_input

        self._optimizer.zero_grad()
        for part, wanted in zip(stacks.chunk(self._parts), labels.chunk(self._parts), strict=True):
            given = as_input(part.to(self._device)).contiguous(memory_format=torch.channels_last)
            mixed = self._dtype != torch.float32
            with torch.autocast(self._device.type, self._dtype, enabled=mixed):
                logits = self.network(given)
            loss = functional.cross_entropy(
                logits.float(),
                wanted.to(self._device),
                label_smoothing=self._settings.label_smoothing,
                reduction="sum",
            )
            (loss / len(stacks)).backward()
        self._optimizer.step()

    def _make_do(self, size: int) -> None:
        import torch

        kind = self._device.type
        if self._parts < size:
            self._parts = min(size, 2 * self._parts)
            self._tell(f"The {kind} is out of memory; every step is now computed in {self._parts} parts.")
        elif kind != "cpu":
            self._parts = 1
            self._give_up()
            _move(self._optimizer, torch.device("cpu"))
        else:
            raise MemoryError("A training step does not fit into memory.")
        if kind == "cuda":
            torch.cuda.empty_cache()


def _move(optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Take what an optimizer has gathered along to another device."""
    for state in optimizer.state.values():
        for name, value in state.items():
            if hasattr(value, "to"):
                state[name] = value.to(device)
