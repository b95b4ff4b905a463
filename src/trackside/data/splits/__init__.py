"""Splits: by group, time and class; folds, nested folds; leak-free by construction; frozen by hash."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
