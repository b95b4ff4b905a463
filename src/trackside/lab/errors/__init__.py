"""Error analysis: draw mistakes, tag them, see what each idea could gain, find slices that fail, compare after a fix.

The method is Andrew Ng's (Machine Learning Yearning, chapters 13 to 19): look at about 100 mistakes, count what they are,
and compute before any work the ceiling of each idea.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
