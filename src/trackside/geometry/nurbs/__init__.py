"""Curves, surfaces and volumes as NURBS: batched, differentiable in PyTorch, and near the speed of memory with numba.

Arrays in, arrays out. Notation and algorithm numbers are those of Piegl and Tiller, The NURBS Book, 2nd edition, 1997.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
