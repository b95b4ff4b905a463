"""Throws in flight: closed form, point mass, javelin; release from a path; distance with an interval (docs/flight.md).

Frame of the throw: x forward from the release point, y to the left, z up from the ground; metres, seconds, radians.
"""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
