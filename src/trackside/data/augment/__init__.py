"""Augmentation: transforms of pictures with their boxes, points and labels; recipes; warnings when a label breaks."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
