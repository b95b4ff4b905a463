"""What executes networks, behind one small interface."""

from trackside.models.runtimes.base import Arrays, Runtime, TensorSpec
from trackside.models.runtimes.opening import open_runtime, plateau_batch, shared_runtime

__all__ = ["Arrays", "Runtime", "TensorSpec", "open_runtime", "plateau_batch", "shared_runtime"]
