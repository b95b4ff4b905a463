from .alterations import ALTERATIONS as ALTERATIONS, altered as altered
from .calibration import Calibration as Calibration
from .exact import find_exact as find_exact
from .find import Pairs as Pairs, find_duplicates as find_duplicates
from .groups import duplicate_groups as duplicate_groups
from .sketching import Sketches as Sketches, SketchExtractor as SketchExtractor
