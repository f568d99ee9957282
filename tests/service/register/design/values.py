"""A draft and its surroundings as a test says them, in metres about the market cross of the rules' little town."""

from collections.abc import Sequence
from typing import Any

import shapely
from shapely import Geometry

from geofence.ids import OrderId, ProhibitionId, ZoneId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval
from geofence.register import Fitting, Order, Prohibition, Register, Window, Zone, ZoneVersion
from geofence.rules import Rules
from service.register.design.answer import Check, DesignCheck, DesignWarning
from service.register.design.draft import DraftDesign, NamedPlace, Surroundings
from service.register.design.findings import design_findings
from tests.geofence.town import TAG, WEARER, Fix, at, place, tracks

RULES = Rules()
DAY_US = 86_400 * SECOND_US
NOW = at("09:00")
BEGAN = Instant(NOW - 100 * DAY_US)
ENDS = Instant(NOW + 200 * DAY_US)
HELD = Interval(BEGAN, ENDS)
WINDOW = Interval(Instant(NOW - 30 * DAY_US), NOW)
DRAFT = ZoneId("Z-1")


def point(east_m: float, north_m: float = 0.0) -> Geometry:
    return shapely.Point(place(east_m, north_m))


def line(*corners: tuple[float, float]) -> Geometry:
    return shapely.LineString([place(*corner) for corner in corners])


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.Polygon:
    corners = (west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m)
    return shapely.Polygon([place(*corner) for corner in corners])


def drawn(
    footprint: Geometry, distance_m: float = 0.0, number: int = 1, start: Instant = BEGAN, end: Instant = FOREVER
) -> ZoneVersion:
    return ZoneVersion(number, start, end, footprint, distance_m)


CIRCLE = drawn(point(0), 200.0)


def clause(
    *zones: Zone, name: str = "1", during: Interval = HELD, schedule: Sequence[Window] | None = None
) -> Prohibition:
    windows = None if schedule is None else tuple(schedule)
    return Prohibition(ProhibitionId(f"P-{name}"), during, zones, windows)


def order(*clauses: Prohibition, name: str = "1", during: Interval = HELD, monitoring: Interval | None = HELD) -> Order:
    return Order(OrderId(f"O-{name}"), WEARER, during, monitoring, clauses)


def draft(version: ZoneVersion = CIRCLE, of: Order | None = None, *, protected: bool = False) -> DraftDesign:
    """A draft of zone Z-1 in the first prohibition of an order."""
    whole = order(clause()) if of is None else of
    return DraftDesign(DRAFT, version, whole, whole.prohibitions[0], protected)


def around(fixes: Sequence[Fix] = (), orders: Sequence[Order] = (), **known: Any) -> Surroundings:
    """Nothing is known of but what is said; no named place lies anywhere near."""
    values: dict[str, Any] = {
        "home": None,
        "premises": None,
        "places": (NamedPlace("Far Away", "road", point(90_000)),),
        "more_places": False,
        "register": Register((Fitting(TAG, WEARER, BEGAN),), tuple(orders)),
        "tracks": tracks(fixes),
        "replayed": WINDOW,
        "cut": False,
    }
    return Surroundings(**(values | known))


def checked(design: DraftDesign, surroundings: Surroundings | None = None, rules: Rules = RULES) -> DesignCheck:
    return design_findings(design, around() if surroundings is None else surroundings, rules)


def warned(found: DesignCheck, check: Check) -> DesignWarning | None:
    """Return the warning of a check, None if there is none. There is never more than one."""
    of_check = [warning for warning in found.warnings if warning.check == check]
    assert len(of_check) <= 1
    return of_check[0] if of_check else None


def text(found: DesignCheck, check: Check) -> str:
    """Return what is warned of, empty if nothing is."""
    warning = warned(found, check)
    return "" if warning is None else warning.text


def left(found: DesignCheck, check: Check) -> str:
    """Return why something was not checked, empty if it was."""
    return "; ".join(one.text for one in found.not_checked if one.check == check)
