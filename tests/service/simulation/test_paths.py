"""People move as people do: nobody leaps, nobody is faster than a train, everybody is somewhere all day."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from service.simulation.path import Path
from service.simulation.places import BLOCK_M, TRUNK_ROAD, Spot, along_streets
from service.simulation.plane import EAST_M, NORTH_M
from service.simulation.wearer_day import WearerDay

FASTEST_M_S = 31.4
TOWN_M_S = 21.0
SPOTS = st.builds(Spot, st.floats(-9000, 9000), st.floats(-9000, 9000))


def test_nobody_is_faster_than_70_mph(days: list[WearerDay]) -> None:
    for wearer in days:
        for path in (wearer.act.path, wearer.act.carried):
            assert _speeds(path).max() <= FASTEST_M_S


def test_cars_are_fast_on_the_trunk_road_and_nowhere_else(ordinary_days: list[WearerDay]) -> None:
    fast = 0
    for wearer in ordinary_days:
        path = wearer.act.path
        x_m, y_m = path.corners_m()
        for piece in np.flatnonzero(_speeds(path) > TOWN_M_S).tolist():
            fast += 1
            ends = shapely.points(x_m[piece : piece + 2], y_m[piece : piece + 2])
            assert shapely.distance(shapely.LineString(TRUNK_ROAD), ends).max() < 1
    assert fast > 50


def test_on_foot_nobody_is_faster_than_a_brisk_walk(days: list[WearerDay]) -> None:
    for wearer in days:
        path = wearer.act.path
        middles = (path.t_s[:-1] + path.t_s[1:]) / 2
        on_foot = np.array(path.stretch_at(middles)) == "street"
        assert _speeds(path)[on_foot].max(initial=0) < 2.0


def test_a_path_and_its_surroundings_fill_the_day(days: list[WearerDay]) -> None:
    for wearer in days:
        path, length = wearer.act.path, wearer.act.day.length_s
        assert (path.t_s[0], path.t_s[-1]) == (0, length)
        assert (np.diff(path.t_s) >= 0).all()
        edges = [(stretch.from_s, stretch.until_s) for stretch in path.stretches]
        assert edges[0][0] == 0
        assert edges[-1][1] == length
        assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]


def test_ordinary_wearers_walk_ride_drive_work_and_sleep_at_home(ordinary_days: list[WearerDay]) -> None:
    around = {stretch.surroundings for wearer in ordinary_days for stretch in wearer.act.path.stretches}
    assert around >= {"home", "indoors", "street", "canyon", "vehicle", "tunnel"}


def test_reported_speed_and_heading_are_those_of_the_path(days: list[WearerDay]) -> None:
    for wearer in days:
        heard = wearer.fixes.only(~np.isnan(wearer.fixes.speed_kmh))
        true = wearer.act.carried.at(heard.at_s)
        assert np.abs(heard.speed_kmh - true.speed_m_s * 3.6).max(initial=0) < 4
        assert ((heard.heading_deg >= 0) & (heard.heading_deg < 360)).all()


@given(SPOTS, SPOTS, st.integers(0, 1000))
def test_a_way_along_the_streets_leads_from_its_start_to_its_end_without_great_detour(
    start: Spot, end: Spot, seed: int
) -> None:
    way = along_streets(start, end, np.random.default_rng(seed))
    length = sum(a.metres_to(b) for a, b in pairwise(way))
    assert way[0] == start
    assert way[-1].metres_to(end) < 1
    assert length <= 2**0.5 * start.metres_to(end) + 4 * BLOCK_M


def test_between_knots_a_path_is_straight_and_even() -> None:
    path = Path.through([0, 10, 20], [0, 100, 100], [0, 0, 50], [])
    motion = path.at(np.array([5.0, 15.0]))
    assert motion.speed_m_s == pytest.approx([10, 5], abs=0.01)
    assert motion.heading_deg == pytest.approx([90, 0], abs=0.1)
    assert (motion.longitude_deg[0] - path.longitude_deg[0]) * EAST_M == pytest.approx(50, abs=0.02)


def _speeds(path: Path) -> np.ndarray:
    elapsed = np.diff(path.t_s)
    moved = np.hypot(np.diff(path.longitude_deg) * EAST_M, np.diff(path.latitude_deg) * NORTH_M)
    # Knots are rounded to a centimetre and a millisecond: the shortest pieces say nothing of speed.
    return np.asarray(np.where(elapsed > 0.5, moved / np.maximum(elapsed, 0.5), 0.0))
