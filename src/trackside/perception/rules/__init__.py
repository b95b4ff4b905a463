"""Rules about tracks, on media time and with hysteresis: presence, dwell, loitering, lines, order, speed, and more.

Each is a plain class: `update(tracks, time)` gives `Events`, `end(ids)` frees what belongs to tracks that ended.
"""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
