"""Threads outside, none inside: small matrix products get in each other's way when each brings its own threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def blas_on_one_thread() -> Iterator[None]:
    """Keep NumPy's matrix products on the thread that asks for them, here and in all threads, for the time being.

    On two cores, batches of small products in two threads took twenty times as long when OpenBLAS had threads of its own.
    threadpoolctl comes with scikit-learn, which the extra `trackside[data]` brings; without it nothing but time is lost.
    """
    try:
        pools = import_module("threadpoolctl")
    except ModuleNotFoundError:
        yield
        return
    with pools.threadpool_limits(1, user_api="blas"):
        yield
