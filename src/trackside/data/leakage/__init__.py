"""Leakage: what the evaluation splits share with the training split, and how much better it makes a model look."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
