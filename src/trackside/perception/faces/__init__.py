"""Faces: where they are, whose they may be, and what must be kept of that and what must not.

Finding and blurring faces needs no knowledge of anybody. Recognising them does, and is off until somebody switches it on.
"""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
