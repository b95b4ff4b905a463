"""INT8 packages: calibrated with a user's own footage, and held against FP32 on other pictures of it."""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
