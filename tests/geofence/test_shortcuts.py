"""What keeps judging fast must lose nothing: every bound against the measurement it spares, anywhere on Earth."""

from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry
from shapely.affinity import translate

from geofence.accuracy import RADIUS_IN_SIGMAS
from geofence.blocks import Blocks, blocks, watch
from geofence.depth import depth_m
from geofence.fixes import in_order
from geofence.ids import ZoneId
from geofence.in_force import span
from geofence.instants import FOREVER, Instant, Interval
from geofence.legs import legs
from geofence.lines import Lines
from geofence.near import Near, near
from geofence.nearest import nearest
from geofence.passage import Ways, passages
from geofence.plane import WGS84, from_plane, to_plane
from geofence.register import ZoneVersion
from geofence.rough import rough_depths_m
from geofence.rules import Rules
from geofence.scene import Scene
from geofence.shapes import shapes
from geofence.through import through
from geofence.tracks import FloatArray, IndexArray, Mechanism, Tracks
from geofence.verdict import depths, verdicts
from geofence.zones import zones
from tests.geofence.town import ALWAYS, TAG, at, fix, judged, place, polygon, register, version, zone
from tests.trying import tried

seeds = st.integers(0, 2**32)
unhurried = tried(80)


@dataclass(frozen=True)
class Watched:
    """A wearer's track and three zones, somewhere on Earth, and what the shortcuts make of them."""

    scene: Scene
    cut: Blocks
    close: Near


def walked(seed: int) -> Watched:
    random = np.random.default_rng(seed)
    home = random.choice([-179.99, -120.0, -6.3, 0.0, 2.0, 169.9, 179.99]), random.choice([-70, 0, 49.9, 60.8, 84.9])
    reach = 10 ** random.uniform(2, 5.5)
    n = 70
    steps = random.normal(0, reach / 8, (n, 2)).cumsum(axis=0) * (random.random((n, 1)) < 0.9)
    longitude, latitude, _ = WGS84.fwd(
        np.full(n, home[0]), np.full(n, home[1]), np.degrees(np.arctan2(*steps.T)), np.hypot(*steps.T)
    )
    none = np.full(n, None, dtype=object)
    mechanism = random.choice([Mechanism.GPS, Mechanism.GPS, Mechanism.WIFI, Mechanism.CELL], n).astype(np.uint8)
    tracks = Tracks(
        tag_ids=(TAG,),
        tag=np.zeros(n, dtype=np.int64),
        recorded_at=at("10:00") + np.cumsum(random.choice([1, 60, 60, 119, 300], n)) * 1_000_000,
        position_id=none,
        person_id=none,
        mechanism=mechanism,
        longitude_deg=np.asarray(longitude),
        latitude_deg=np.asarray(latitude),
        accuracy_m=10 ** random.uniform(0, 4, n),
        accuracy_confidence=np.full(n, np.nan),
        clock_suspect=np.zeros(n, dtype=np.bool_),
    )
    people = register(
        *(zone(version(*drawn(random, home, reach)), zone_id=f"Z-{number}") for number in range(3)),
    )
    rules = Rules(plausible_speed_m_s=1e6)
    fixes = in_order(tracks, people, rules, FOREVER)
    zoned = zones(people, span(at("10:00"), at("20:00")))
    scene = Scene(people, rules, FOREVER, fixes, legs(fixes, rules), zoned, watch(fixes, zoned))
    cut = blocks(fixes, scene.legs, zoned, scene.watched)
    return Watched(scene, cut, near(fixes, scene.legs, zoned, scene.watched, cut))


def drawn(random: np.random.Generator, home: tuple[float, float], reach: float) -> tuple[Geometry, float]:
    """Return a circle, or a star of 40 to 100 corners, within some reach of home."""
    away, size = random.uniform(0, reach), reach * random.uniform(0.01, 0.3)
    centre = WGS84.fwd(*home, random.uniform(0, 360), away)[:2]
    if random.random() < 0.5:
        return shapely.Point(centre), size
    n = int(random.integers(40, 100))
    corner = np.linspace(0, 360, n, endpoint=False)
    radius = size * random.uniform(0.5, 1.0, n)
    longitude, latitude, _ = WGS84.fwd(np.full(n, centre[0]), np.full(n, centre[1]), corner, radius)
    if np.ptp(longitude) > 180 or np.abs(latitude).max() > 89:
        return shapely.Point(centre), size
    return shapely.Polygon(np.stack([longitude, latitude], axis=1)), float(random.choice([0.0, size / 10]))


def every_pair(scene: Scene) -> tuple[IndexArray, IndexArray, FloatArray]:
    """Return `(watch, fix, depth_m)` of every fix against every zone, measured."""
    fix, pair = (grid.ravel() for grid in np.meshgrid(np.arange(len(scene.fixes)), np.arange(len(scene.watched.zone))))
    version_of = scene.zones.version_first[scene.watched.zone[pair]]
    return pair, fix, depths(scene.fixes, scene.zones.shapes, fix, version_of)


@unhurried
@given(seeds)
def test_no_fix_whose_circle_reaches_a_zone_is_left_out(seed: int) -> None:
    found = walked(seed)
    pair, fix, depth = every_pair(found.scene)
    reaches = depth >= -found.scene.fixes.r95_m[fix]
    kept = set(zip(found.close.fix_watch.tolist(), found.close.fix.tolist(), strict=True))
    assert set(zip(pair[reaches].tolist(), fix[reaches].tolist(), strict=True)) <= kept


@unhurried
@given(seeds)
def test_no_leg_that_passes_through_a_zone_is_left_out(seed: int) -> None:
    found = walked(seed)
    scene = found.scene
    starts = np.flatnonzero(scene.legs.onward >= 0)
    pair, start = (grid.ravel() for grid in np.meshgrid(np.arange(len(scene.watched.zone)), starts))
    zone_of = scene.watched.zone[pair]
    ways = Ways(pair, zone_of, scene.zones.interval_first[zone_of], start, scene.legs.onward[start])
    passed = passages(scene, ways, scene.fixes.at[ways.start], scene.fixes.at[ways.end])
    kept = set(zip(found.close.leg_watch.tolist(), found.close.leg.tolist(), strict=True))
    assert set(zip(pair[passed.met].tolist(), start[passed.met].tolist(), strict=True)) <= kept


@unhurried
@given(seeds)
def test_no_fix_is_nearer_than_its_block_or_deeper_than_at_a_glance(seed: int) -> None:
    found = walked(seed)
    pair, fix, depth = every_pair(found.scene)
    deepest, shallowest = rough_depths_m(
        found.scene, fix, found.scene.zones.version_first[found.scene.watched.zone[pair]]
    )
    assert (shallowest <= depth).all()
    assert (depth <= deepest).all()
    apart = np.zeros((len(found.scene.watched.zone), len(found.scene.fixes)))
    for watched, block, least in zip(found.cut.watch, found.cut.block, found.cut.apart_m, strict=True):
        apart[watched, found.cut.first[block] : found.cut.first[block] + found.cut.count[block]] = least
    assert (apart[pair, fix] <= np.maximum(-depth, 0) + 0.01).all()


@unhurried
@given(seeds)
def test_the_nearest_is_the_deepest_of_all(seed: int) -> None:
    found = walked(seed)
    pair, fix, depth = every_pair(found.scene)
    counts = found.scene.legs.precise[fix]
    everything = Interval(Instant(0), FOREVER)
    (one,) = nearest(found.scene, found.cut, everything).values() if counts.any() else (None,)
    if one is not None:
        best = min(
            zip(
                (-depth[counts]).tolist(),
                found.scene.fixes.at[fix[counts]].tolist(),
                pair[counts].tolist(),
                strict=True,
            )
        )
        assert (one.depth_m, one.recorded_at, one.zone_id) == (-best[0], best[1], f"Z-{best[2]}")


@unhurried
@given(seeds)
def test_sparing_a_probability_changes_no_verdict(seed: int) -> None:
    found = walked(seed).scene
    pair, fix, _ = every_pair(found)
    one = found.zones.version_first[found.watched.zone[pair]]
    fully = verdicts(found.fixes, found.zones.shapes, found.rules, fix, one)
    sparing = verdicts(found.fixes, found.zones.shapes, found.rules, fix, one, sparing=True)
    assert (fully.verdict == sparing.verdict).all()
    assert (fully.likely == sparing.likely).all()
    worked_out = fully.likely | (fully.depth_m >= 0)
    assert (fully.p_inside == sparing.p_inside)[worked_out].all()


def test_a_fix_in_the_hole_of_a_large_zone_can_be_likely() -> None:
    # Beyond 1.1 standard deviations lies exp(-1.1^2 / 2) = 0.546 of the mass: just likely.
    hole_m = 1.1 * 100 / RADIUS_IN_SIGMAS
    hole = [(hole_m * np.cos(turn), hole_m * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 256, endpoint=False)]
    ring = version(polygon((-2000, -2000), (2000, -2000), (2000, 2000), (-2000, 2000), holes=[hole]))
    (incident,) = judged([fix("10:00", 0, accuracy_m=100)], register(zone(ring))).incidents
    assert 0.54 < incident.p_inside_max < 0.55


@unhurried
@given(seeds)
def test_a_line_lies_in_a_zone_of_many_corners_where_its_places_do(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = int(random.integers(65, 400))
    corner = np.linspace(0, 2 * np.pi, n, endpoint=False)
    radius = random.uniform(random.choice([0.4, 0.97]), 1.0, (n, 1)) * 0.004
    ring = np.stack([np.cos(corner), np.sin(corner)], axis=1) * radius
    shape = shapes(
        [(ZoneId("Z"), ZoneVersion(1, ALWAYS.start, FOREVER, shapely.Polygon(ring), random.choice([0.0, 30.0])))]
    )
    x, y, to_x, to_y = random.uniform(-1, 1, 4) * random.choice([300, 600])
    line = Lines(np.zeros(1, dtype=np.int64), *(np.array([value]) for value in (x, y, to_x - x, to_y - y)))
    first, last, deepest = (float(column[0]) for column in through(shape, line))
    share = np.linspace(0, 1, 101)
    east, north, version_of = x + share * (to_x - x), y + share * (to_y - y), np.zeros(101, dtype=np.int64)
    sampled = depth_m(shape, version_of, east, north, from_plane(shape.planes, version_of, east, north))
    step = np.hypot(to_x - x, to_y - y) / 100
    inside = share[sampled >= 0]
    if len(inside):
        assert first <= inside[0] + 1e-9
        assert inside[-1] - 1e-9 <= last
        assert sampled.max() - 1e-3 <= deepest <= sampled.max() + step
    elif first <= last:
        assert deepest < step


@pytest.mark.parametrize("upright", [False, True])
def test_a_line_from_end_to_end_of_a_dumb_bell_sees_the_edges_beyond_its_ends(upright: bool) -> None:
    # Two discs of 100 m, 150 m left and right of the middle, joined by a bar of 20 m: deepest are their centres.
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    disc = shapely.Polygon(np.stack([100 * np.cos(turn), 100 * np.sin(turn)], axis=1))
    whole = shapely.union_all([translate(disc, -150), translate(disc, 150), shapely.box(-150, -10, 150, 10)])
    ring = [place(y, x) if upright else place(x, y) for x, y in shapely.get_coordinates(whole).tolist()]
    shape = shapes([(ZoneId("Z"), ZoneVersion(1, ALWAYS.start, FOREVER, shapely.Polygon(ring), 0.0))])
    along = np.array([-200.0]), np.array([0.0])
    length = np.array([400.0]), np.array([0.0])
    line = Lines(
        np.zeros(1, dtype=np.int64),
        *(reversed(along) if upright else along),
        *(reversed(length) if upright else length),
    )
    first, last, deepest = (float(column[0]) for column in through(shape, line))
    assert (first, last) == (0.0, 1.0)
    assert deepest == pytest.approx(100, abs=0.02)


@pytest.mark.parametrize("y", [-50.0, 50.0])
def test_a_line_beside_one_side_of_a_large_zone_sees_the_other_side_of_it(y: float) -> None:
    # The far side is drawn metre by metre, so that each end of the line has edges of its own over there.
    far = [(2000.0, north) for north in np.arange(-200.0, 200.0)]
    shape = shapes([(ZoneId("Z"), version(polygon((0, -200), *far, (2000, 200), (0, 200))))])
    west_m = float(to_plane(shape.planes, np.zeros(1, dtype=np.int64), *(np.array([c]) for c in place(0, 0)))[0][0])
    line = Lines(np.zeros(1, dtype=np.int64), *(np.array([value]) for value in (west_m + 10, y, 0.0, -2 * y)))
    first, last, deepest = (float(column[0]) for column in through(shape, line))
    assert (first, last) == (0.0, 1.0)
    assert deepest == pytest.approx(10, abs=0.1)
