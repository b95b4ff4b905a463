"""Data sets: formats, splits, health, augmentation, synthesis, agreement, the relabel queue."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
