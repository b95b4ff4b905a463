"""The false-alarm ladder: an event waits until the history of its object speaks for it or against it."""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
