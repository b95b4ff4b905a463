"""Leaving out what the pictures that are given out can do without.

Three savings, each only where it costs little:

- frames that nothing refers to (B-frames, upper layers of a camera's scalable coding) are not decoded unless one is wanted:
  the pictures given out stay the same;
- all but key frames are not decoded where key frames come as often as pictures are wanted;
- the loop filter is left out everywhere, which changes pictures a little, more with the distance from the key frame.

Measured on H.264 of 640 x 360 at 25 fps and 1 Mb/s, a key frame every 2 s (vtest.avi and TUD-Campus, scaled and coded anew):
decoded frames a CPU second on a busy EPYC, so that only quotients count, and the luma's signal to noise against exact
decoding, mean and least of every fifth frame:

==================  =====  =========================  ==============================
clip                exact  no loop filter             non-reference frames left out
==================  =====  =========================  ==============================
vtest, no B-frames  1,190  1,403; 49.8 and 42.7 dB    1,186; there are none
vtest, three        1,086  1,357; 54.6 and 45.6 dB    1,710; the others are the same
TUD, no B-frames    1,122  1,245; 42.4 and 38.3 dB    1,273; there are none
TUD, three            952  1,271; 46.0 and 41.8 dB    1,537; the others are the same
==================  =====  =========================  ==============================

Leaving out the loop filter of non-reference frames alone is worth 1 to 15 %, where there are any.
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
