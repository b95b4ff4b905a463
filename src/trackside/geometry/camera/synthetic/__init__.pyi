from .rendering import Scene as Scene, render as render
from .waving import Moment as Moment, wave as wave
