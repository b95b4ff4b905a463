"""Evaluation compiled by numba (`pip install trackside[fast]`): as `dense.py`, near the speed of memory.

All kernels release the interpreter's lock and work on a range of rows or points; `front.py` runs them on several threads,
which costs less than numba's own pool and does not quarrel with PyTorch's. They are compiled when first used
and kept on disk.
"""
