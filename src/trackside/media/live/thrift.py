"""Leaving out what the pictures that are given out can do without.

Three savings, each only where it costs little:

- frames that nothing refers to (B-frames, upper layers of a camera's scalable coding) are not decoded unless one is wanted:
  the pictures given out stay the same;
- all but key frames are not decoded where key frames come as often as pictures are wanted;
- the loop filter is left out everywhere, which changes pictures a little, more with the distance from the key frame.

Measured on H.264 of 640 x 360 at 25 fps and 1 Mb/s, a key frame every 2 s, sampled at 5 fps; decoded frames a CPU second,
and the luma's signal to noise against exact decoding, mean and least (vtest.avi and TUD-Campus, scaled and coded anew):

================  ===========  ==================  ============================
clip              exact        no loop filter      non-reference frames left out
================  ===========  ==================  ============================
vtest, no B       1,642        1,882, 50, 42 dB    the same as exact
vtest, 3 B        1,408        1,641, 55, 46 dB    1,872, the same pictures
TUD, no B         1,456        1,802, 42, 38 dB    the same as exact
TUD, 3 B          1,393        1,543, 45, 41 dB    1,758, the same pictures
================  ===========  ==================  ============================
"""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

from trackside.media.grid import TIME_SLACK

# Key frames must come so often in a row at the wanted rate before all others are left out.
_KEYS_SEEN = 4
# Frame steps looked at; the least of them is the step from frame to frame, whatever the order of decoding.
_STEPS = 32


class Thrift:
    """Tells the decoder for each packet what it may leave out.

    Args:
        every: least seconds between two wanted pictures; at 0 no frame can be left out.
    """

    def __init__(self, every: float) -> None:
        self.keys_only = False
        self._every = every
        self._keys: deque[float] = deque(maxlen=_KEYS_SEEN)
        self._steps: deque[float] = deque(maxlen=_STEPS)
        self._before = 0.0

    @staticmethod
    def prepare(context: Any) -> None:
        """Set up a decoder before it opens."""
        context.options = {**dict(context.options), "skip_loop_filter": "all"}

    def takes(self, packet: Any, time: float, context: Any) -> bool:
        """Whether the packet goes to the decoder at all, which is told to leave out the frame if it can.

        Args:
            packet: an `av.Packet`.
            time: its media time.
            context: the decoder.
        """
        is_key = packet.is_keyframe
        if is_key:
            self._keys.append(time)
            self.keys_only = self._are_keys_enough()
        if self.keys_only:
            context.skip_frame = "DEFAULT"
            return bool(is_key)
        step, self._before = abs(time - self._before), time
        if 0 < step < 1:
            self._steps.append(step)
        # Frames that others need are decoded whatever this says.
        context.skip_frame = "DEFAULT" if is_key or self._may_be_wanted(time) else "NONREF"
        return True

    def _are_keys_enough(self) -> bool:
        if self._every <= 0 or len(self._keys) < _KEYS_SEEN:
            return False
        return all(b - a <= self._every + slack(self._every) for a, b in itertools.pairwise(self._keys))

    def _may_be_wanted(self, time: float) -> bool:
        """Whether this may be the first frame at or after a moment of the grid."""
        if self._every <= 0 or len(self._steps) < _STEPS:
            return True
        time += slack(self._every) + TIME_SLACK
        return time // self._every != (time - 1.5 * min(self._steps)) // self._every


def slack(every: float) -> float:
    """Seconds by which a picture may come before its moment: cameras' time stamps tremble, and with frames that fall on the
    moments themselves every other one would be missed by a hair."""
    return min(every / 20, 0.005)
