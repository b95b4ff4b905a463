"""SYNTHETIC scenes: made by these files, not filmed. They show what a tracker does with gaps that are known to the frame."""

from trackside.perception.tracking.synthetic.detector import Flaws
from trackside.perception.tracking.synthetic.play import team_play
from trackside.perception.tracking.synthetic.race import race
from trackside.perception.tracking.synthetic.scene import Scene
from trackside.perception.tracking.synthetic.view import View

__all__ = ["Flaws", "Scene", "View", "race", "team_play"]
