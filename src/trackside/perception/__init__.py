"""What is seen, where it goes, and what that means: post-processing, tracking, zones, lines, angles, smoothing.

The functions `nms` and `letterbox` have the names of their modules: import them from there.
"""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
