"""Labels: which of them are wrong, whether classes are even, and whether more data would help."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
