"""The relabel queue: what every check points to, in one list, worked through by people."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
