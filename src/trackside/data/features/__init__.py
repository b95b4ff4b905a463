"""Frozen features: what pictures look like, as vectors of a network that is not trained on them, or of none."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
