"""What models are trained for: each task says what the data must hold, how it becomes batches, loss, metrics and package."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
