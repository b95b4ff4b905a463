"""`make bench NAME=live ARGS="endurance"`: lanes, saturation, peers, endurance (200 cameras, ten minutes), soak (an hour).

Without a name, all of them.
"""

from __future__ import annotations

import argparse

from benchmarks.live import endurance, lanes, peers, saturation, soak

PARTS = ("lanes", "saturation", "peers", "endurance", "soak")


def main() -> None:
    """Run what is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=None)
    parser.add_argument("--rate", type=float, default=5.0)
    given = parser.parse_args()
    for part in given.parts or PARTS:
        match part:
            case "lanes":
                lanes.measure()
            case "saturation":
                saturation.measure()
            case "peers":
                peers.measure()
            case "endurance":
                endurance.measure(given.cameras, given.minutes or 10.0, given.rate)
            case _:
                soak.measure(given.minutes or 60.0)


if __name__ == "__main__":
    main()
