from .flatness import Flatness as Flatness, flatness as flatness
from .path import WeightPath as WeightPath
from .report import landscape as landscape
from .slices import Slice as Slice, path_slice as path_slice, random_slice as random_slice
