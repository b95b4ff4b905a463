"""The loss around a trained model: a slice through it, and how flat it is along the path of training."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
