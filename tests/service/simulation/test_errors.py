"""Fixes are as wrong as they claim, where they should be; and wrong in the ways that real ones are."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from service.simulation import simulate
from service.simulation.path import Surroundings
from service.simulation.plane import EAST_M, NORTH_M, FloatArray
from service.simulation.recorded import CELL, GPS, RF, WIFI
from service.simulation.wearer_day import WearerDay
from tests.service.simulation.conftest import FRIDAY

Wanted = Callable[[WearerDay], bool]


@pytest.fixture(scope="module")
def many() -> list[WearerDay]:
    """300 ordinary wearers, made once for all counts here."""
    return [wearer for wearer in simulate(320, FRIDAY, 3).days() if wearer.act.story is None]


def test_the_claimed_circle_of_gps_fixes_holds_the_true_place_95_times_in_100(many: list[WearerDay]) -> None:
    share, count = _share_within(many, GPS, wanted=lambda wearer: not wearer.act.conduct.boastful)
    assert count > 40_000
    assert share == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("mechanism", [CELL, WIFI])
def test_the_claimed_circle_of_other_fixes_holds_the_true_place_95_times_in_100(
    many: list[WearerDay], mechanism: int
) -> None:
    assert _share_within(many, mechanism)[0] == pytest.approx(0.95, abs=0.01)


def test_between_tall_buildings_a_boastful_tag_claims_too_much(many: list[WearerDay]) -> None:
    errors, claims = _canyon(many, boastful=True)
    assert len(errors) > 80
    assert (errors <= claims).mean() < 0.6


def test_between_tall_buildings_the_95_percent_error_is_tens_of_metres(many: list[WearerDay]) -> None:
    errors, _ = _canyon(many, boastful=False)
    assert 30 < np.quantile(errors, 0.95) < 60


def test_between_tall_buildings_errors_last_for_minutes_and_in_open_streets_they_do_not(many: list[WearerDay]) -> None:
    assert _correlation(many, "canyon") > 0.6
    assert _correlation(many, "vehicle") < 0.5


def test_near_the_beacon_satellites_are_left_alone_and_in_tunnels_nothing_is_heard(many: list[WearerDay]) -> None:
    heard = _mechanisms_by_surroundings(many)
    assert heard["home"] == {RF, CELL}
    assert heard["indoors"] == {GPS, CELL, WIFI}
    assert heard["vehicle"] == {GPS, CELL}
    assert "tunnel" not in heard
    assert any(stretch.surroundings == "tunnel" for wearer in many for stretch in wearer.act.path.stretches)


def test_of_many_wearers_cells_tell_more_often_than_anything_else(many: list[WearerDay]) -> None:
    counts = [np.bincount(wearer.fixes.mechanism) for wearer in many]
    assert np.mean([count.argmax() == CELL for count in counts]) > 1 / 3


def test_without_a_beacon_cells_are_the_majority_and_tell_alone_of_the_hours_at_home(many: list[WearerDay]) -> None:
    without = [wearer for wearer in many if not wearer.act.conduct.beacon]
    assert len(without) > 5
    for wearer in without:
        around = np.array(wearer.act.carried.stretch_at(wearer.fixes.at_s))
        assert set(wearer.fixes.mechanism[around == "home"].tolist()) == {CELL}
    assert np.mean([(wearer.fixes.mechanism == CELL).mean() > 0.5 for wearer in without]) > 0.4


def test_a_fix_in_some_hundred_claims_precision_0_and_one_in_some_thousand_jumps(many: list[WearerDay]) -> None:
    gps = sum(int((wearer.fixes.mechanism == GPS).sum()) for wearer in many)
    zero = sum(int((wearer.fixes.accuracy_m[wearer.fixes.mechanism == GPS] == 0).sum()) for wearer in many)
    jumps = sum(int(wearer.fixes.jump.sum()) for wearer in many)
    assert 0.002 < zero / gps < 0.006
    assert 0.00005 < jumps / gps < 0.0006


def test_a_jump_is_a_hundred_metres_off_or_more_and_claims_three(many: list[WearerDay]) -> None:
    jumps = [(error, claim) for wearer in many for error, claim, jump in _fixes(wearer, GPS) if jump]
    assert jumps
    assert all(error > 70 and claim == 3.0 for error, claim in jumps)


def test_while_a_battery_is_dead_nothing_is_recorded(many: list[WearerDay]) -> None:
    spans = [(wearer, span) for wearer in many for span in wearer.act.conduct.dead]
    assert spans
    for wearer, (start, end) in spans:
        assert not ((wearer.fixes.at_s >= start) & (wearer.fixes.at_s < end)).any()
        assert "battery_dead" in [event["kind"] for event in wearer.act.events]


def _error_m(wearer: WearerDay) -> FloatArray:
    true = wearer.act.carried.at(wearer.fixes.at_s)
    east = (wearer.fixes.longitude_deg - true.longitude_deg) * EAST_M
    north = (wearer.fixes.latitude_deg - true.latitude_deg) * NORTH_M
    distance: FloatArray = np.hypot(east, north)
    return distance


def _fixes(wearer: WearerDay, mechanism: int) -> Iterator[tuple[float, float, bool]]:
    rows = wearer.fixes.mechanism == mechanism
    columns = _error_m(wearer)[rows], wearer.fixes.accuracy_m[rows], wearer.fixes.jump[rows]
    return zip(*(column.tolist() for column in columns), strict=True)


def _share_within(days: list[WearerDay], mechanism: int, wanted: Wanted = lambda _: True) -> tuple[float, int]:
    """The share of fixes whose claimed circle holds the true place, jumps and those that claim nothing aside."""
    within = [
        error <= claim
        for wearer in days
        if wanted(wearer)
        for error, claim, jump in _fixes(wearer, mechanism)
        if claim > 0 and not jump
    ]
    return float(np.mean(within)), len(within)


def _canyon(days: list[WearerDay], boastful: bool) -> tuple[FloatArray, FloatArray]:
    errors, claims = [], []
    for wearer in days:
        if wearer.act.conduct.boastful == boastful:
            around = np.array(wearer.act.carried.stretch_at(wearer.fixes.at_s))
            rows = (around == "canyon") & (wearer.fixes.mechanism == GPS) & (wearer.fixes.accuracy_m > 0)
            errors.append(_error_m(wearer)[rows])
            claims.append(wearer.fixes.accuracy_m[rows])
    return np.concatenate(errors), np.concatenate(claims)


def _correlation(days: list[WearerDay], surroundings: Surroundings) -> float:
    """Correlation of the eastern error, in units of the claim, from one gps fix to the next within two minutes."""
    pairs = []
    for wearer in days:
        if wearer.act.conduct.boastful:
            continue
        gps = wearer.fixes.only((wearer.fixes.mechanism == GPS) & (wearer.fixes.accuracy_m > 0) & ~wearer.fixes.jump)
        east = (gps.longitude_deg - wearer.act.carried.at(gps.at_s).longitude_deg) * EAST_M / gps.accuracy_m
        around = np.array(wearer.act.carried.stretch_at(gps.at_s))
        both = (around[:-1] == surroundings) & (around[1:] == surroundings) & (np.diff(gps.at_s) < 120)
        pairs.append(np.column_stack([east[:-1][both], east[1:][both]]))
    return float(np.corrcoef(np.concatenate(pairs).T)[0, 1])


def _mechanisms_by_surroundings(days: list[WearerDay]) -> dict[str, set[int]]:
    heard: dict[str, set[int]] = {}
    for wearer in days:
        around = wearer.act.carried.stretch_at(wearer.fixes.at_s)
        for surroundings, mechanism in zip(around, wearer.fixes.mechanism.tolist(), strict=True):
            heard.setdefault(surroundings, set()).add(mechanism)
    return heard
