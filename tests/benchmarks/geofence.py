"""How many fixes a second does `judge` judge? Ratios against shapely, in one run and one thread.

`python -m tests.benchmarks.geofence [WEARERS]`: each wearer has 100 fixes, one a minute, and four zones (three circles
of 100 to 500 m, one polygon of 32 vertices); 6 % of the fixes come within 300 m of a zone, one wearer in fifty goes in.
The baseline is one prepared, pairwise `contains_xy` of the same fixes with the same zones, already in planar metres.
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import psutil
import shapely

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, MINUTE_US, Instant, Interval
from geofence.judge import judge
from geofence.judgement import Judgement
from geofence.register import Fitting, Order, Prohibition, Register, Zone, ZoneVersion
from geofence.rules import Rules
from geofence.tracks import FloatArray, Mechanism, Tracks

FIXES = 100
ZONES = 4
START = Instant(1_795_132_800_000_000)
SINCE = Instant(START - 1_000_000 * 1_000_000)
_METRES = 111_195.0


Drawn = np.ndarray[tuple[int, ...], np.dtype[np.object_]]


class Case(NamedTuple):
    """What to judge, and the same fixes and zones in planar metres (one local plane a wearer) for the baseline."""

    tracks: Tracks
    register: Register
    between: Interval
    east_m: FloatArray
    north_m: FloatArray
    shapes: Drawn


def case(wearers: int, fixes: int = FIXES, seed: int = 1) -> Case:
    """Return a case of its own for each seed: homes all over England, a walk to one zone and back."""
    random = np.random.default_rng(seed)
    home = np.stack([random.uniform(-3, 0, wearers), random.uniform(51, 54, wearers)], axis=1)
    turn = random.uniform(0, 2 * np.pi, (wearers, 1)) + np.arange(ZONES) * np.pi / 2
    away = random.uniform(1500, 4000, (wearers, ZONES))
    centre = np.stack([away * np.cos(turn), away * np.sin(turn)], axis=2)
    radius = random.uniform(100, 500, (wearers, ZONES))
    place = random.normal(0, 60, (wearers, fixes, 2))
    goes_in = random.random((wearers, 1)) < 0.02
    visit = np.arange(fixes // 2, fixes // 2 + round(0.06 * fixes))
    inside, outside = ((wearers, len(visit)) for _ in range(2))
    beyond = np.where(goes_in, random.uniform(-60, 40, inside), random.uniform(60, 300, outside))
    towards = centre[:, 0] / away[:, :1]
    place[:, visit] = centre[:, None, 0] - towards[:, None] * (radius[:, :1, None] + beyond[..., None])
    east_per_degree = _METRES * np.cos(np.radians(home[:, 1]))
    longitude = home[:, :1] + place[..., 0] / east_per_degree[:, None]
    latitude = home[:, 1:] + place[..., 1] / _METRES
    tag = np.repeat(np.arange(wearers), fixes)
    n = wearers * fixes
    second = random.integers(0, MINUTE_US, wearers)
    none = np.full(n, None, dtype=object)
    tracks = Tracks(
        tag_ids=tuple(TagId(f"T-{number:07d}") for number in range(wearers)),
        tag=tag,
        recorded_at=START + np.tile(np.arange(fixes) * MINUTE_US, wearers) + np.repeat(second, fixes),
        position_id=none,
        person_id=none,
        mechanism=np.full(n, Mechanism.GPS, dtype=np.uint8),
        longitude_deg=longitude.ravel(),
        latitude_deg=latitude.ravel(),
        accuracy_m=random.uniform(4, 20, n),
        accuracy_confidence=np.full(n, np.nan),
        clock_suspect=np.zeros(n, dtype=np.bool_),
    )
    corner = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ring = np.stack([np.cos(corner), np.sin(corner)], axis=1) * random.uniform(0.7, 1.0, (wearers, 32, 1))
    ring = centre[:, None, 3] + ring * radius[:, 3, None, None]
    metres = np.empty((wearers, ZONES), dtype=object)
    metres[:, :3] = shapely.buffer(shapely.points(centre[:, :3]), radius[:, :3], quad_segs=16)
    metres[:, 3] = shapely.polygons(ring)
    scale = np.stack([east_per_degree, np.full(wearers, _METRES)], axis=1)
    points = shapely.points(home[:, None] + centre[:, :3] / scale[:, None])
    polygons = shapely.polygons(home[:, None] + ring / scale[:, None])
    register = _register(points, polygons, radius)
    end = Instant(START + (fixes + 1) * MINUTE_US)
    return Case(tracks, register, Interval(START, end), place[..., 0].ravel(), place[..., 1].ravel(), metres)


def _register(points: Drawn, polygons: Drawn, radius: FloatArray) -> Register:
    always = Interval(SINCE, FOREVER)
    orders, fittings = [], []
    for number in range(len(polygons)):
        drawn = [(points[number, k], float(radius[number, k])) for k in range(3)] + [(polygons[number], 0.0)]
        zones = tuple(
            Zone(ZoneId(f"Z-{number}-{k}"), (ZoneVersion(1, SINCE, FOREVER, shape, distance_m),))
            for k, (shape, distance_m) in enumerate(drawn)
        )
        wearer_id = WearerId(f"W-{number:07d}")
        clause = Prohibition(ProhibitionId(f"P-{number}"), always, zones)
        orders.append(Order(OrderId(f"O-{number}"), wearer_id, always, always, (clause,)))
        fittings.append(Fitting(TagId(f"T-{number:07d}"), wearer_id, SINCE))
    return Register(tuple(fittings), tuple(orders))


def judged(one: Case) -> Judgement:
    return judge(one.tracks, one.register, Rules(), one.between, one.between.end)


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def baseline(one: Case) -> float:
    """Return the seconds that shapely takes for the same pairs."""
    shapes = one.shapes
    shapely.prepare(shapes)
    fixes = len(one.tracks) // len(shapes)
    each = np.repeat(shapes, fixes, axis=0)
    return seconds(lambda: shapely.contains_xy(each, one.east_m[:, None], one.north_m[:, None]))


def main(wearers: int = 10_000) -> None:
    one = case(wearers)
    n = len(one.tracks)
    start = time.perf_counter()
    first = judged(one)
    cold = time.perf_counter() - start
    # The collector need not walk through the register again and again, as a long-lived process would tell it too.
    gc.collect()
    gc.freeze()
    warm, plain = seconds(lambda: judged(one)), baseline(one)
    print(f"{n:,} fixes of {wearers:,} wearers, {ZONES} zones each: {len(first.incidents):,} incidents")
    print(f"  shapely's contains_xy      {n / plain / 1e6:7.2f} M fixes/s")
    print(f"  judge, register read once  {n / warm / 1e6:7.2f} M fixes/s   ratio {plain / warm:.2f}")
    print(f"  judge, register read anew  {n / cold / 1e6:7.2f} M fixes/s   ratio {plain / cold:.2f}")
    print(f"  memory in use              {psutil.Process().memory_info().rss / 2**20:7.0f} MiB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
