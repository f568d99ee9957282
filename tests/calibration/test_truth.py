"""What is called true is true: he is where and for as long as the exposure, the pass and the visit say."""

import numpy as np
import pytest

from geofence.instants import SECOND_US, Instant
from geofence.register import Zone
from geofence.rules import Rules
from tests.calibration import beside, passes, reliability, visits
from tests.calibration.beside import EXPOSURES, OUTSIDE_M
from tests.calibration.sessions import GAP_S, START, Recording

STREET, WALK, INDOORS, CANYON, BOASTFUL, HOME = EXPOSURES


def _away_m(recording: Recording) -> np.ndarray:
    return np.hypot(recording.true_x_m, recording.true_y_m)


def test_a_recording_is_the_same_again_and_another_by_another_seed() -> None:
    one, again, other = (beside.recorded_beside(STREET, 0.01, seed).tracks for seed in (1, 1, 2))
    assert one.longitude_deg.tolist() == again.longitude_deg.tolist()
    assert one.longitude_deg.tolist() != other.longitude_deg.tolist()


def test_sessions_lie_so_far_apart_that_none_knows_of_another() -> None:
    recording = beside.recorded_beside(WALK, 0.05, 1)
    at = np.sort(recording.tracks.recorded_at)
    pauses = np.diff(at)[np.diff(at) > 1800 * SECOND_US]
    assert len(pauses) == len(recording.sessions) - 1
    assert pauses.min() > (GAP_S - 1) * SECOND_US
    rules = Rules()
    assert pauses.min() > max(rules.silence_s, rules.join_s, rules.join_unbroken_s, rules.leg_s) * SECOND_US
    told = [recording.sessions.session_at(Instant(int(one))) for one in recording.tracks.recorded_at]
    assert told == recording.session.tolist()
    assert recording.tracks.recorded_at.min() >= START


@pytest.mark.parametrize("exposure", EXPOSURES, ids=lambda exposure: exposure.name)
def test_beside_a_zone_he_is_as_far_from_its_edge_as_is_said(exposure: beside.Exposure) -> None:
    recording = beside.recorded_beside(exposure, 0.02, 1)
    radius = [version.distance_m for zone in _zones() for version in zone.versions]
    for metres, own in zip(OUTSIDE_M, radius, strict=True):
        assert _away_m(recording) - own == pytest.approx(metres, abs=0.3)


def test_a_wearer_year_holds_its_hours() -> None:
    for exposure in EXPOSURES:
        recording = beside.recorded_beside(exposure, 0.1, 1)
        assert recording.sessions.hours == pytest.approx(0.1 * exposure.hours_a_year, rel=0.02)
    (confirmed, *_) = beside.false_incidents(STREET, beside.recorded_beside(STREET, 0.1, 1), Rules())
    assert confirmed.wearer_years == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("speed", passes.SPEEDS, ids=lambda speed: speed.name)
def test_a_pass_goes_through_the_middle_at_its_speed(speed: passes.Speed) -> None:
    for way in ("middle", "corner"):
        recording = passes.recorded_passes(speed, 200, way, 3, 1)
        seconds = np.arange(0, 3 * recording.sessions.length_s, 0.5)
        true = recording.sessions.path.at(seconds)
        assert true.speed_m_s[true.speed_m_s < 100].max() == pytest.approx(speed.m_s, rel=0.01)
        assert _away_m(recording).max() > 200
        x, y = recording.sessions.x_m, recording.sessions.y_m
        assert np.hypot(x, y).min(axis=1) == pytest.approx(0, abs=0.01) if way == "corner" else y.max() == 0


def test_a_bus_stops_on_its_way() -> None:
    bus = next(speed for speed in passes.SPEEDS if speed.stops)
    recording = passes.recorded_passes(bus, 500, "middle", 20, 1)
    moving = recording.sessions.path.at(np.arange(0, 20 * recording.sessions.length_s, 1.0)).speed_m_s > 0
    assert 0.4 < moving.mean() < 0.65


@pytest.mark.parametrize("minutes", visits.MINUTES)
def test_a_visit_lasts_as_long_as_is_said(minutes: int) -> None:
    sessions = visits.recorded_visits(reliability.PLACES[0], minutes, 5, 1).sessions
    seconds = np.arange(0, 5 * sessions.length_s, 0.5)
    knots = sessions.path.t_s, *sessions.path.corners_m()
    away = np.hypot(np.interp(seconds, knots[0], knots[1]), np.interp(seconds, knots[0], knots[2]))
    assert (away <= visits.RADIUS_M).sum() * 0.5 / 5 == pytest.approx(minutes * 60, abs=1.5)


def _zones() -> list[Zone]:
    (order,) = beside.zones_at(OUTSIDE_M).orders
    return list(order.prohibitions[0].zones)
