"""Copies among pictures: the same file, the same pixels, and pictures that were cropped, mirrored, turned or recoloured."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
