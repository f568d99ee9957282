"""The reliability table bins as it says, agrees with an honest tag, and would notice a p_inside that is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from geofence.accuracy import RADIUS_IN_SIGMAS
from geofence.rules import Rules
from geofence.tracks import FloatArray, Mechanism
from tests.calibration.judged import circle, p_inside, register
from tests.calibration.reliability import EDGES, PLACES, RADIUS_M, BinRow, bins, by_grade, recorded_about
from tests.calibration.sessions import Recording

STREET, INDOORS, CANYON, BOASTFUL = PLACES
ZONE = register({"zone": circle(RADIUS_M)})


@pytest.fixture(scope="module")
def indoors() -> Recording:
    return recorded_about(INDOORS, 800, 5)


def _off(rows: list[BinRow]) -> float:
    """How far the doubtful bins are from what they say, weighted by their fixes."""
    doubtful = [row for row in rows if row.from_p >= EDGES[1] and row.until_p <= 0.99]
    return sum(abs(row.inside.value - row.mean_p) * row.fixes for row in doubtful) / sum(row.fixes for row in doubtful)


def test_every_precise_fix_is_in_one_bin(indoors: Recording) -> None:
    p = np.linspace(0, 1, len(indoors.tracks))
    rows = bins("indoors", indoors, p)
    precise = np.isin(indoors.tracks.mechanism, (Mechanism.GPS, Mechanism.WIFI))
    assert sum(row.fixes for row in rows) == precise.sum()
    assert all(row.from_p <= row.mean_p <= row.until_p for row in rows)


def test_a_bin_counts_who_truly_was_inside(indoors: Recording) -> None:
    inside = np.hypot(indoors.true_x_m, indoors.true_y_m) <= RADIUS_M
    rows = bins("indoors", indoors, np.where(inside, 0.9, 0.1))
    assert [row.inside.value for row in rows if row.fixes] == [0.0, 1.0]


def test_of_an_honest_tags_fixes_as_many_are_inside_as_p_inside_says(indoors: Recording) -> None:
    assert _off(bins("indoors", indoors, p_inside(indoors, ZONE, Rules()))) < 0.06


@pytest.mark.parametrize("factor", [RADIUS_IN_SIGMAS, 1 / RADIUS_IN_SIGMAS])
def test_a_radius_taken_for_a_standard_deviation_is_noticed(indoors: Recording, factor: float) -> None:
    assert _off(bins("indoors", indoors, _claiming(indoors, factor))) > 0.1


def test_a_boastful_tag_is_noticed() -> None:
    recording = recorded_about(BOASTFUL, 400, 5)
    assert _off(bins("boastful", recording, p_inside(recording, ZONE, Rules()))) > 0.1


def test_who_is_confirmed_mostly_was_inside_and_every_hour_has_one_grade() -> None:
    rows = by_grade("street", recorded_about(STREET, 200, 5), Rules())
    assert sum(row.sessions for row in rows) == 200
    assert rows[0].grade == "confirmed"
    assert rows[0].inside.value > 0.9
    assert rows[-1].inside.value < 0.05


def _claiming(recording: Recording, factor: float) -> FloatArray:
    """p_inside as it would be if every radius were taken for another."""
    tracks = replace(recording.tracks, accuracy_m=recording.tracks.accuracy_m * factor)
    return p_inside(replace(recording, tracks=tracks), ZONE, Rules(floor_r95_gps_m=0.0, floor_r95_wifi_m=0.0))
