"""Memory: telling that it ran out, and how much a run took at most."""

from __future__ import annotations

import contextlib
import gc
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

_SAID = ("out of memory", "can't allocate memory", "not enough memory", "failed to allocate", "CUBLAS_STATUS_ALLOC_FAILED")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on an accelerator or on the CPU."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(said.lower() in str(error).lower() for said in _SAID)


def release() -> None:
    """Give back what a failed step left."""
    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()


def normalises_batches(model: nn.Module) -> bool:
    """Whether the model has batch normalisation that takes part in training."""
    return any(isinstance(module, _BatchNorm) and module.training for module in model.modules())


def halving_note(items: int, parts: int, step: int, *, model: nn.Module) -> str:
    """What a user should know when batches are worked through in parts."""
    size = -(-items // parts)
    text = (
        f"memory ran out at step {step} with {items} items at once: from there on each step works through its {items} items "
    )
    text += f"in {parts} parts of at most {size} and adds up the gradients, so that the effective batch is the same"
    if normalises_batches(model):
        text += (
            f"; batch normalisation now sees {size} items instead of {items}, which changes what is learnt if that is few"
        )
    return text


class Peak:
    """The most memory in use since it was made: of the accelerator, or of the process on a CPU.

    On Linux the kernel's high-water mark is set back at the start; elsewhere it counts from the start of the process.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        else:
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")

    @property
    def bytes(self) -> int:
        """Bytes; 0 where the system does not tell."""
        if self._device.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self._device))
        with contextlib.suppress(OSError, StopIteration, ValueError):
            lines = Path("/proc/self/status").read_text().splitlines()
            return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
        return _resident_peak()


def _resident_peak() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(used) if sys.platform == "darwin" else int(used) * 1024
