"""How many fixes a second does `judge` judge? Ratios against shapely, in one run and one thread.

`python -m tests.benchmarks.geofence [WEARERS]`: each wearer has 100 fixes, one a minute, and four zones (three circles
of 100 to 500 m, one polygon of 32 vertices); 6 % of the fixes come within 300 m of a zone, one wearer in fifty goes in.
The baseline is one prepared, pairwise `contains_xy` of the same fixes with the same zones, already in planar metres.
Then the same with harder zones: 10,000 vertices, 100 zones a wearer, and wearers who stand still on an edge.
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

START = Instant(1_795_132_800_000_000)
SINCE = Instant(START - 1_000_000 * 1_000_000)
_METRES = 111_195.0


Drawn = np.ndarray[tuple[int, ...], np.dtype[np.object_]]
Random = np.random.Generator


class Case(NamedTuple):
    """What to judge, and the same fixes and zones in planar metres (one local plane a wearer) for the baseline."""

    tracks: Tracks
    register: Register
    between: Interval
    east_m: FloatArray
    north_m: FloatArray
    shapes: Drawn


class Kind(NamedTuple):
    """How many fixes and zones a wearer has, how many vertices every fourth zone; does he stand on an edge?

    cells: the share of fixes that only radio cells gave.
    """

    fixes: int = 100
    zones: int = 4
    vertices: int = 32
    still: bool = False
    cells: float = 0.0


ORDINARY = Kind()


def case(wearers: int, kind: Kind = ORDINARY, seed: int = 1, first: int = 0) -> Case:
    """Return a case of its own for each seed: homes all over England, a walk to one zone and back.

    first: the number of the first wearer, so that several cases make one register.
    """
    random = np.random.default_rng(seed)
    home = np.stack([random.uniform(-3, 0, wearers), random.uniform(51, 54, wearers)], axis=1)
    turn = random.uniform(0, 2 * np.pi, (wearers, 1)) + np.arange(kind.zones) * 2 * np.pi / kind.zones
    away = random.uniform(1500, 4000, (wearers, kind.zones))
    centre = np.stack([away * np.cos(turn), away * np.sin(turn)], axis=2)
    radius = random.uniform(100, 500, (wearers, kind.zones))
    corner = np.linspace(0, 2 * np.pi, kind.vertices, endpoint=False)
    drawn = np.arange(3, kind.zones, 4)
    # A coast rather than a comb: of many vertices, most lie between two of 32 bends.
    bend = random.uniform(0.7, 1.0, (wearers, len(drawn), 33))
    bend[..., -1] = bend[..., 0]
    at, share = np.divmod(np.arange(kind.vertices) * 32 / kind.vertices, 1)
    shape = bend[..., at.astype(int)] * (1 - share) + bend[..., at.astype(int) + 1] * share
    shape = (shape * radius[:, drawn, None])[..., None]
    ring = centre[:, drawn, None] + np.stack([np.cos(corner), np.sin(corner)], axis=1) * shape
    place = _still(random, ring, kind) if kind.still else _walk(random, centre, radius, away, kind)
    east_per_degree = _METRES * np.cos(np.radians(home[:, 1]))
    scale = np.stack([east_per_degree, np.full(wearers, _METRES)], axis=1)
    round_ = [zone for zone in range(kind.zones) if zone % 4 != 3]
    metres, degrees = (np.empty((wearers, kind.zones), dtype=object) for _ in range(2))
    metres[:, round_] = shapely.buffer(shapely.points(centre[:, round_]), radius[:, round_], quad_segs=16)
    metres[:, drawn] = shapely.polygons(ring)
    degrees[:, round_] = shapely.points((home[:, None] + centre / scale[:, None])[:, round_])
    degrees[:, drawn] = shapely.polygons(home[:, None, None] + ring / scale[:, None, None])
    distance = np.where(np.arange(kind.zones) % 4 == 3, 0.0, radius)
    tracks = _tracks(random, home[:, None] + place / scale[:, None], kind, first)
    end = Instant(START + (kind.fixes + 1) * MINUTE_US)
    register = _register(degrees, distance, first)
    return Case(tracks, register, Interval(START, end), place[..., 0].ravel(), place[..., 1].ravel(), metres)


def _walk(random: Random, centre: FloatArray, radius: FloatArray, away: FloatArray, kind: Kind) -> FloatArray:
    """Return places in metres, shape (wearers, fixes, 2): at home, but for a walk towards the first zone."""
    wearers = len(centre)
    place = random.normal(0, 60, (wearers, kind.fixes, 2))
    goes_in = random.random((wearers, 1)) < 0.02
    visit = np.arange(kind.fixes // 2, kind.fixes // 2 + round(0.06 * kind.fixes))
    inside, outside = ((wearers, len(visit)) for _ in range(2))
    beyond = np.where(goes_in, random.uniform(-60, 40, inside), random.uniform(60, 300, outside))
    towards = centre[:, 0] / away[:, :1]
    place[:, visit] = centre[:, None, 0] - towards[:, None] * (radius[:, :1, None] + beyond[..., None])
    return place


def _still(random: Random, ring: FloatArray, kind: Kind) -> FloatArray:
    """Return places in metres, shape (wearers, fixes, 2): at the first corner of the first polygon, all the time."""
    return ring[:, 0, :1] + random.normal(0, 4, (len(ring), kind.fixes, 2))


def _tracks(random: Random, place: FloatArray, kind: Kind, first: int) -> Tracks:
    wearers, fixes, _ = place.shape
    n = wearers * fixes
    cell = random.random(n) < kind.cells
    second = random.integers(0, MINUTE_US, wearers)
    none = np.full(n, None, dtype=object)
    return Tracks(
        tag_ids=tuple(TagId(f"T-{number:07d}") for number in range(first, first + wearers)),
        tag=np.repeat(np.arange(wearers), fixes),
        recorded_at=START + np.tile(np.arange(fixes) * MINUTE_US, wearers) + np.repeat(second, fixes),
        position_id=none,
        person_id=none,
        mechanism=np.where(cell, Mechanism.CELL, Mechanism.GPS).astype(np.uint8),
        longitude_deg=np.ascontiguousarray(place[..., 0]).ravel(),
        latitude_deg=np.ascontiguousarray(place[..., 1]).ravel(),
        accuracy_m=np.where(cell, random.uniform(200, 1500, n), random.uniform(4, 20, n)),
        accuracy_confidence=np.full(n, np.nan),
        clock_suspect=np.zeros(n, dtype=np.bool_),
    )


def _register(drawn: Drawn, distance_m: FloatArray, first: int) -> Register:
    always = Interval(SINCE, FOREVER)
    orders, fittings = [], []
    for number, (shapes, distances) in enumerate(zip(drawn, distance_m.tolist(), strict=True), first):
        zones = tuple(
            Zone(ZoneId(f"Z-{number}-{k}"), (ZoneVersion(1, SINCE, FOREVER, shape, distance),))
            for k, (shape, distance) in enumerate(zip(shapes, distances, strict=True))
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


def report(title: str, one: Case) -> None:
    """Print how fast a case is judged, and how much faster or slower than shapely answers its one question."""
    n = len(one.tracks)
    start = time.perf_counter()
    first = judged(one)
    cold = time.perf_counter() - start
    # The collector need not walk through the register again and again, as a long-lived process would tell it too.
    gc.collect()
    gc.freeze()
    warm, plain = seconds(lambda: judged(one)), baseline(one)
    zones = one.shapes.shape[1]
    print(
        f"{title}: {n:,} fixes of {len(one.shapes):,} wearers, {zones} zones each; {len(first.incidents):,} incidents"
    )
    for what, took in (("shapely's contains_xy", plain), ("judge, register read once", warm), ("read anew", cold)):
        print(f"  {what:26} {took / n * 1e9:9.0f} ns a fix {n / took / 1e6:7.2f} M fixes/s   ratio {plain / took:.2f}")
    print(f"  memory in use              {psutil.Process().memory_info().rss / 2**20:7.0f} MiB")


def main(wearers: int = 10_000) -> None:
    report("A day like most", case(wearers))
    report("Six fixes in ten from cells", case(wearers, Kind(cells=0.6)))
    report("Zones of 10,000 vertices", case(max(wearers // 100, 1), Kind(vertices=10_000)))
    report("100 zones a wearer", case(max(wearers // 10, 1), Kind(zones=100)))
    report("Standing still on an edge", case(max(wearers // 10, 1), Kind(still=True)))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
