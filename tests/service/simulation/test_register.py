"""The simulated register passes every check and holds every kind of thing that a register can hold."""

import msgspec
import pytest

from service.register.document import read_register
from service.simulation import Simulation
from service.simulation.document import Order, Prohibition, Version


@pytest.fixture(scope="module")
def orders(simulation: Simulation) -> list[Order]:
    return simulation.register["orders"]


@pytest.fixture(scope="module")
def prohibitions(orders: list[Order]) -> list[Prohibition]:
    return [prohibition for order in orders for prohibition in order["prohibitions"]]


@pytest.fixture(scope="module")
def versions(prohibitions: list[Prohibition]) -> list[Version]:
    return [version for prohibition in prohibitions for zone in prohibition["zones"] for version in zone["versions"]]


def test_it_has_no_fault_and_warns_only_of_monitoring_imposed_without_notice(simulation: Simulation) -> None:
    checked = read_register(msgspec.json.encode(simulation.register))
    assert checked.document is not None
    assert [finding.place for finding in checked.findings] == ["order O-000011, monitoring"]


def test_it_holds_every_kind_of_footprint(versions: list[Version]) -> None:
    kinds = {version["footprint"]["type"] for version in versions}
    assert kinds == {"Point", "MultiPoint", "LineString", "Polygon"}
    polygons = [version for version in versions if version["footprint"]["type"] == "Polygon"]
    assert any(len(version["footprint"]["coordinates"]) == 2 for version in polygons), "none has a hole"
    assert {version["distance_m"] > 0 for version in polygons} == {True, False}


def test_it_holds_school_hours_and_evenings_over_midnight(prohibitions: list[Prohibition]) -> None:
    windows = [window for prohibition in prohibitions for window in prohibition["schedule"] or []]
    assert any(window["days"] == ["mon", "tue", "wed", "thu", "fri"] for window in windows)
    assert any(window["until"] < window["from"] for window in windows)


def test_it_holds_what_is_rare_in_orders(orders: list[Order], prohibitions: list[Prohibition]) -> None:
    assert {len(order["prohibitions"]) for order in orders} == {1, 2, 3}
    assert {order["ends"]["kind"] for order in orders} == {"date", "event", "further_order"}
    assert any(order["suspensions"] for order in orders)
    assert any(order["without_notice"] and order["aware_from"] for order in orders)
    assert any(prohibition["address_protected"] for prohibition in prohibitions)
    assert any(prohibition["needs_zone"] and not prohibition["zones"] for prohibition in prohibitions)
    zones = [zone for prohibition in prohibitions for zone in prohibition["zones"]]
    assert any(zone["responding_force"] == "SRY" for zone in zones)


def test_one_zone_changes_its_shape_during_the_day(simulation: Simulation, versions: list[Version]) -> None:
    day = simulation.day
    begun = [version["version"] for version in versions if 0 < day.read(version["valid_from"]) < day.length_s]
    assert begun == [2]


def test_a_few_wearers_are_the_other_forces(orders: list[Order]) -> None:
    other = [order for order in orders if order["force"] == "SRY"]
    assert 2 <= len(other) < len(orders) / 10
    assert {order["force"] for order in orders} == {"MPS", "SRY"}
