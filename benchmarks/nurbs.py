"""Claim: NURBS are evaluated near the speed of memory: thousands of times geomdl, tens of times splinepy, several SciPy.

Random shapes (SYNTHETIC), cubic, rational with weights 0.5 to 1.5, uneven clamped knots, float64, two threads:

- surface: 20 x 20 control points on a grid of 1000 x 1000;
- batch: 1000 surfaces of 8 x 8 on 50 x 50, each with its own knots;
- curve: 20 control points at a million parameters, ascending;
- derivatives: the surface's values and both first derivatives.

Ours and "copy" (NumPy's copy of the result, one thread) write to memory that is there; the others return new arrays,
as they do for their users. Compiled code is compiled before; how long that takes is measured apart, in a process of
its own. SciPy has no rational splines: two passes of BSpline over homogeneous coordinates and the quotient, objects
built inside. splinepy: `sample` and `evaluate`, two threads, objects built inside for the batch. geomdl: pure Python;
once, and for the batch five surfaces scaled up. NURBSDiff: its module of today (all PyTorch, float32, knots shared by
all, basis functions computed before and not timed), found through NURBSDIFF=<folder of a checkout>; left out where
there is none. Each call is timed right after one that is not, so that nobody pays for what the one before left in the
caches. Times are medians; ratios medians of the quotients by round.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch

from benchmarks.harness import Claim, median, ratios, report, timed
from benchmarks.nurbs_peers import THREADS, by_scipy, geomdl_of, scipy_batch, shapes, spline_of, splinepy_batch
from trackside.geometry import nurbs
from trackside.geometry.nurbs import dense, evaluation

ROUNDS = 15
Call = Callable[[], Any]
# Claims of this benchmark's issue: how many times quicker than a peer, at most how many times a copy.
GOALS = {
    "surface": {"geomdl": 5000, "scipy": 5, "splinepy": 40, "copy": 1.4},
    "batch": {"geomdl": 4000, "scipy": 8, "splinepy": 50, "copy": 1.7},
    "curve": {"geomdl": 2000, "scipy": 8, "splinepy": 8},
    "derivatives": {"splinepy": 100},
}
# In a process of its own with an empty cache, then again with what the first one left.
_COMPILE = """
import time
import numpy as np
from trackside.geometry import nurbs
start = time.perf_counter()
surface = nurbs.Surface(np.random.default_rng(0).random((20, 20, 3)), 3, weights=np.ones((20, 20)))
u = np.linspace(0, 1, 200)
nurbs.evaluate_grid(surface, u, u)
print(time.perf_counter() - start)
"""


def peers(cases: Mapping[str, Any]) -> dict[str, dict[str, Call]]:
    """What runs side by side, by case."""
    found: dict[str, dict[str, Call]] = {}
    for name, (shape, parameters) in cases.items():
        sizes = tuple(len(u) for u in parameters)
        room = np.empty((*shape.batch, *sizes, 3))
        copy = np.empty_like(room)
        homogeneous = shape.homogeneous
        found[name] = {
            "ours": partial(nurbs.evaluate_grid, shape, *parameters, out=room),
            "copy": partial(np.copyto, copy, room),
            "ours, new memory": partial(nurbs.evaluate_grid, shape, *parameters),
            "NumPy alone": partial(dense.on_grid, shape, parameters, 0),
            "scipy": partial(scipy_batch if shape.batch else by_scipy, homogeneous, shape.knots, parameters),
        }
    (surface, grid), (batch, _), (curve, along) = cases["surface"], cases["batch"], cases["curve"]
    whole, line = spline_of(surface), spline_of(curve)
    mesh = np.stack([a.reshape(-1) for a in np.meshgrid(*grid)], axis=-1)
    found["surface"]["splinepy"] = lambda: whole.sample([1000, 1000], nthreads=THREADS)
    found["batch"]["splinepy"] = partial(splinepy_batch, batch)
    found["curve"]["splinepy"] = lambda: line.evaluate(along[0][:, None], nthreads=THREADS)
    found["derivatives"] = {
        "ours": partial(nurbs.derivatives_grid, surface, *grid, order=1, out=np.empty((3, 1000, 1000, 3))),
        "value alone": partial(nurbs.evaluate_grid, surface, *grid, out=np.empty((1000, 1000, 3))),
        "splinepy": lambda: (
            [whole.evaluate(mesh, nthreads=THREADS)]
            + [whole.derivative(mesh, orders, nthreads=THREADS) for orders in ([1, 0], [0, 1])]
        ),
    }
    found["torch"] = on_tensors(batch, found["batch"]["scipy"])
    return found


def on_tensors(batch: nurbs.Nurbs, scipy: Call) -> dict[str, Call]:
    """The batch in PyTorch, forward and with gradients of control points and weights."""
    found: dict[str, Call] = {"scipy": scipy}
    for name, kind in (("float64", torch.float64), ("float32", torch.float32)):
        control, weights = torch.tensor(batch.control_points, dtype=kind), torch.tensor(batch.weights, dtype=kind)
        shape = nurbs.Surface(control, 3, [torch.tensor(vector, dtype=kind) for vector in batch.knots], weights)
        u = torch.linspace(0, 1, 50, dtype=kind)

        def forward(shape: nurbs.Nurbs = shape, u: Any = u) -> Any:
            with torch.no_grad():
                return nurbs.evaluate_grid(shape, u, u)

        def both(shape: nurbs.Nurbs = shape, u: Any = u) -> None:
            leaf, weight = shape.control_points.clone().requires_grad_(), shape.weights.clone().requires_grad_()
            nurbs.evaluate_grid(shape.with_control(leaf, weight), u, u).sum().backward()

        found[f"ours {name}"], found[f"ours {name}, with backward"] = forward, both
    if "NURBSDIFF" in os.environ:
        sys.path.insert(0, os.environ["NURBSDIFF"])
        from NURBSDiff.surf_eval import SurfEval

        peer = SurfEval(
            7, 7, p=3, q=3, knot_u=list(batch.knots[0][0]), knot_v=list(batch.knots[1][0]), out_dim_u=50, out_dim_v=50
        )
        points = torch.tensor(batch.homogeneous, dtype=torch.float32)

        def peer_both() -> None:
            peer(points.clone().requires_grad_()).sum().backward()

        found["NURBSDiff"], found["NURBSDiff, with backward"] = partial(peer, points), peer_both
    else:
        print("NURBSDiff is left out: NURBSDIFF names no checkout of it", file=sys.stderr)
    return found


def geomdl_seconds(cases: Mapping[str, Any]) -> dict[str, float]:
    """Once each: it takes long enough to be steady."""
    found = {}
    for name, (shape, parameters) in cases.items():
        sizes = tuple(len(u) for u in parameters)
        rows = range(5) if shape.batch else (None,)
        taken = sum(timed(geomdl_of(shape, sizes, row).evaluate).wall for row in rows)
        found[name] = taken * shape.batch[0] / 5 if shape.batch else taken
        print(f"  geomdl {name}: {found[name]:.1f} s", flush=True)
    return found


def agree(cases: Mapping[str, Any], calls: Mapping[str, Mapping[str, Call]]) -> float:
    """The largest difference between ours and SciPy's points, as a share of the largest coordinate."""
    worst = 0.0
    for name in cases:
        ours, theirs = calls[name]["ours"](), calls[name]["scipy"]()
        worst = max(worst, float(np.abs(ours - theirs).max() / np.abs(theirs).max()))
    sampled = calls["surface"]["splinepy"]().reshape(1000, 1000, 3).transpose(1, 0, 2)
    return max(worst, float(np.abs(calls["surface"]["ours"]() - sampled).max() / np.abs(sampled).max()))


def first_calls() -> tuple[float, float]:
    """Seconds of a first evaluation where nothing is compiled yet, and of the first in the next process."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        run = [
            float(
                subprocess.run(
                    [sys.executable, "-c", _COMPILE], env={**os.environ, "NUMBA_CACHE_DIR": folder}, check=True,
                    capture_output=True, text=True,
                ).stdout
            )
            for _ in range(2)
        ]  # fmt: skip
    return run[0], run[1]


def crossover(surface: nurbs.Nurbs) -> list[dict[str, Any]]:
    """Compiled against NumPy alone, by the number of points: where compiled code begins to pay."""
    rows = []
    for side in (3, 10, 22, 32, 70, 100, 224, 320):
        u = np.linspace(0, 1, side)
        kept, evaluation.PLAIN_BELOW = evaluation.PLAIN_BELOW, 0
        compiled = median([timed(lambda u=u: nurbs.evaluate_grid(surface, u, u)).wall for _ in range(51)])
        evaluation.PLAIN_BELOW = kept
        plain = median([timed(lambda u=u: dense.on_grid(surface, (u, u), 0)).wall for _ in range(51)])
        rows.append({"case": f"{side * side} points", "who": "ours, compiled", "ms": compiled * 1e3})
        rows.append({"case": f"{side * side} points", "who": "NumPy alone", "ms": plain * 1e3})
    return rows


def claims_of(wall: Mapping[str, Mapping[str, list[float]]]) -> list[Claim]:
    """What the seconds by case and contestant come to."""
    claims = []
    for case, goals in GOALS.items():
        for peer, goal in goals.items():
            if peer == "copy":
                claims.append(
                    Claim(f"{case}, ours / copy", ratios(wall[case]["ours"], wall[case][peer]), "ratio", f"<= {goal}")
                )
            else:
                ratio = ratios(wall[case][peer], wall[case]["ours"])
                claims.append(Claim(f"{case}, {peer} / ours", ratio, "ratio", f">= {goal}"))
    first = ratios(wall["derivatives"]["ours"], wall["derivatives"]["value alone"])
    claims.append(Claim("value and first derivatives / value", first, "ratio", "<= 2.6"))
    plain = ratios(wall["surface"]["scipy"], wall["surface"]["NumPy alone"])
    claims.append(Claim("surface, scipy / NumPy alone", plain, "ratio", ">= 2"))
    tensors = wall["torch"]
    claims.append(
        Claim("PyTorch float64, scipy / ours", ratios(tensors["scipy"], tensors["ours float64"]), "ratio", ">= 1.5")
    )
    for who, suffix, goal in (("forward", "", 10), ("forward and backward", ", with backward", 5)):
        if f"NURBSDiff{suffix}" in tensors:
            ratio = ratios(tensors[f"NURBSDiff{suffix}"], tensors[f"ours float32{suffix}"])
            claims.append(Claim(f"PyTorch float32 {who}, NURBSDiff / ours", ratio, "ratio", f">= {goal}"))
    return claims


def measured(calls: Mapping[str, Mapping[str, Call]]) -> dict[str, dict[str, list[float]]]:
    """Seconds by case and contestant, one a round."""
    wall: dict[str, dict[str, list[float]]] = {}
    for case, contestants in calls.items():
        for call in contestants.values():
            call()
        wall[case] = {who: [] for who in contestants}
        for _ in range(ROUNDS):
            for who, call in contestants.items():
                call()
                wall[case][who].append(timed(call).wall)
        print(f"  {case} done", flush=True)
    return wall


def main() -> None:
    """Measure all and write the results."""
    torch.set_num_threads(THREADS)
    cases = shapes(np.random.default_rng(0))
    calls = peers(cases)
    difference = agree(cases, calls)
    by_geomdl = geomdl_seconds(cases)
    wall = measured(calls)
    for case, seconds in by_geomdl.items():
        wall[case]["geomdl"] = [seconds] * ROUNDS
    rows = [
        {
            "case": case,
            "who": who,
            "ms": median(found) * 1e3,
            "times ours": ratios(found, by["ours" if "ours" in by else "ours float64"]),
        }
        for case, by in wall.items()
        for who, found in by.items()
    ]
    cold, warm = first_calls()
    claims = [
        *claims_of(wall),
        Claim("largest difference to scipy and splinepy, relative", difference, "", "<= 1e-12"),
        Claim("first call, compiling", cold, "s"),
        Claim("first call, compiled before", warm, "s"),
    ]
    method = (
        f"{ROUNDS} rounds, contestants of a case in turns, medians; geomdl once. Synthetic shapes. See benchmarks/nurbs.py."
    )
    report("nurbs", rows + [{**row, "times ours": ""} for row in crossover(cases["surface"][0])], claims, method=method)


if __name__ == "__main__":
    main()
