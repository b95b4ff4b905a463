"""Scoring rules on labelled footage: precision, recall, false alarms a camera-hour, and settings that meet a target."""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
