"""Labelled pictures of people, drawn: poses from a few examples, on varied places, in varied light."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
