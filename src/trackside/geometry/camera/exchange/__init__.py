"""Lens and rig files: ours, OpenCV's, Kalibr's and Caliscope's."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
