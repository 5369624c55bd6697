"""Where networks run, and in which number format they are fast there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..annotation.errors import LearnError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
# What PyTorch says where something does not fit: only of CUDA's allocator there is a class of its own.
_TOO_MUCH = ("can't allocate memory", "not enough memory", "out of memory")


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of this name; ``auto`` takes a GPU where there is one.

    Raises
    ------
    LearnError
        When there is no such device on this machine.
    """
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if there[kind]))
    if name not in DEVICES:
        raise LearnError(f"There is no device '{name}'; choose one of {', '.join(DEVICES)}.")
    if not there[name]:
        raise LearnError(f"This machine has no device '{name}' that PyTorch can use; choose cpu or auto.")
    return torch.device(name)


def fast_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 where the device computes in it natively, else float32."""
    import torch

    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device.type == "cpu":
        able: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
        return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else torch.float32
    return torch.float32


def ran_out_of_memory(error: BaseException) -> bool:
    """Return whether this is what PyTorch or Python raise where something does not fit into memory."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError)
        and (
            type(error).__name__ == "OutOfMemoryError"
            or any(words in str(error).lower() for words in _TOO_MUCH)
        )
    )
