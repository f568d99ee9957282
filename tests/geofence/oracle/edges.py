"""Cases that chance draws too rarely, each the smallest that tells two readings of a sentence apart."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, time

from shapely import Point

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval, instant
from geofence.register import DAYS, Fitting, Order, Prohibition, Register, Window, Zone, ZoneVersion
from geofence.rules import Rules
from geofence.tracks import Mechanism, TagEvent
from tests.geofence.oracle.places import Town
from tests.geofence.oracle.scenario import Row, Scenario

TOWN = Town(-0.1, 51.37)
NOON = instant(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
LONG_AGO = Instant(NOON - 60 * 86_400 * SECOND_US)
TAG = TagId("T-1")
WEARER = WearerId("W-1")
GPS, CELL = Mechanism.GPS, Mechanism.CELL


def at(second: float) -> Instant:
    """Return the instant so many seconds after noon."""
    return Instant(NOON + round(second * SECOND_US))


def fix(
    second: float, east_m: float, accuracy_m: float = 8.0, name: str | None = None, mechanism: Mechanism = GPS
) -> Row:
    """Return a fix east of the town's middle."""
    return Row(TAG, at(second), mechanism, *TOWN.degrees(east_m, 0.0), accuracy_m, math.nan, name)


def circle(
    radius_m: float, start: Instant = LONG_AGO, end: Instant = FOREVER, version: int = 1, east_m: float = 0.0
) -> ZoneVersion:
    """Return a circle east of the town's middle."""
    return ZoneVersion(version, start, end, Point(*TOWN.degrees(east_m, 0.0)), radius_m)


def case(
    rows: Sequence[Row],
    versions: Sequence[ZoneVersion],
    schedule: Sequence[Window] | None = None,
    suspensions: Sequence[Interval] = (),
    events: Sequence[TagEvent] = (),
    between: tuple[float, float] = (-3600, 7200),
) -> Scenario:
    """Return a scenario of one wearer, one tag and one zone."""
    zone = Zone(ZoneId("Z-1"), tuple(versions))
    always = Interval(LONG_AGO, FOREVER)
    prohibition = Prohibition(ProhibitionId("P-1"), always, (zone,), tuple(schedule) if schedule else None, True)
    order = Order(OrderId("O-1"), WEARER, always, always, (prohibition,), tuple(suspensions))
    register = Register((Fitting(TAG, WEARER, LONG_AGO),), (order,))
    span = Interval(at(between[0]), at(between[1]))
    return Scenario(tuple(rows), tuple(events), register, Rules(), span, span.end)


def daily(start: str, until: str) -> Window:
    return Window(DAYS, time.fromisoformat(start), time.fromisoformat(until))


EDGES = {
    "a run and a crossing end at one instant: the run ends the incident, which is lost": case(
        [fix(0, -200), fix(60, 5, 120.0), fix(60, 0, 4.0, "a")], [circle(30)]
    ),
    "a run and a crossing begin at one instant: the run begins the incident": case(
        [fix(60, 0, 4.0), fix(60, 5, 120.0, "a"), fix(120, 200)], [circle(30)]
    ),
    "a zone varied as the schedule opens: the version that opens says whether he was inside before": case(
        [fix(-60, 500), fix(30, 500)],
        [circle(100, end=at(0)), circle(100, start=at(0), version=2, east_m=500)],
        [daily("12:00", "14:00")],
    ),
    "the same, but he was inside the version that closed": case(
        [fix(-60, 0), fix(30, 500)],
        [circle(100, end=at(0)), circle(100, start=at(0), version=2, east_m=500)],
        [daily("12:00", "14:00")],
    ),
    "a cell fix within a leg does not say where he was before the start": case(
        [fix(-100, 1000, 500.0), fix(-60, 0, 300.0, mechanism=CELL), fix(-20, 1000, 500.0), fix(130, 0)],
        [circle(900)],
        [daily("12:00", "14:00")],
    ),
    "a cell fix within a leg does not hide that he was inside before the start": case(
        [fix(-100, 0), fix(-60, 5000, 300.0, mechanism=CELL), fix(-20, 600, 500.0), fix(130, 0)],
        [circle(900)],
        [daily("12:00", "14:00")],
    ),
    "an implausible fix does not end what the tag reported": case(
        [fix(0, 2000), fix(1000, 150_000), fix(2000, 2000)],
        [circle(100)],
        suspensions=[Interval(at(0), at(1500))],
        events=[TagEvent(TAG, at(500), None, "jamming")],
    ),
    "before the interval the opening version judges a leg, not the closing one": case(
        [fix(-60, -300), fix(30, 0), fix(900, 0), fix(960, 300)],
        [circle(250, start=at(0), end=at(600)), circle(350, start=at(600), end=at(930), version=2)],
    ),
    "after the interval the closing version judges a leg, not the opening one": case(
        [fix(30, 0), fix(900, 0), fix(1000, 300)],
        [circle(250, start=at(0), end=at(600)), circle(100, start=at(600), end=at(930), version=2)],
    ),
    "a crossing that begins and ends inside an interval shorter than a leg": case(
        [fix(0, 0), fix(100, 10)], [circle(100, start=at(20), end=at(80))]
    ),
    "a leg that ends at the interval's start in a fix that is unlikely at depth >= 0": case(
        [fix(-60, -200), fix(0, 5, 120.0), fix(300, 400)], [circle(30, start=at(0))]
    ),
    "an unlikely fix in the zone between two legs": case(
        [fix(0, -200), fix(60, 5, 120.0), fix(120, 200)], [circle(30)]
    ),
    "a crossing, then 5 min, then a run: one incident known by the run's fix": case(
        [fix(0, -200), fix(60, 200), fix(320, 0), fix(380, 200)], [circle(30)]
    ),
    "a run, then a crossing: closed at its exit though nothing is heard after it": case(
        [fix(0, 0), fix(60, 200), fix(120, -200, 205.0)], [circle(30)]
    ),
    "silence of exactly 15 min before an UNCERTAIN fix is no loss": case(
        [fix(0, 0), fix(900, 36), fix(1800, 400)], [circle(30)]
    ),
    "silence of 15 min and 1 s before an UNCERTAIN fix is a loss, and ends at it": case(
        [fix(0, 0), fix(901, 36), fix(4600, 0)], [circle(30)], between=(800, 5000)
    ),
    "a lost incident is still listed until the tag is heard again": case(
        [fix(0, 0), fix(3000, 400)], [circle(30)], between=(2000, 2500)
    ),
    "a lost incident is no longer listed once the tag is heard again": case(
        [fix(0, 0), fix(3000, 400)], [circle(30)], between=(3000, 3500)
    ),
    "the horizon exactly 15 min after the last fix: open": case([fix(0, 0)], [circle(30)], between=(-60, 900)),
    "the interval's end exactly 15 min after the last fix: closed": case([fix(0, 0)], [circle(30, end=at(900))]),
    "the interval's end a second later: lost": case([fix(0, 0)], [circle(30, end=at(901))]),
    "touching windows are one opening over the days": case(
        [fix(0, 0)], [circle(30)], [daily("00:00", "09:00"), daily("09:00", "00:00")]
    ),
    "a suspension inside a visit parts it in three": case(
        [fix(60 * i, 0) for i in range(20)],
        [circle(30)],
        suspensions=[Interval(at(300), at(600)), Interval(at(600), at(660))],
    ),
    "a suspension that begins within a leg": case(
        [fix(0, -100), fix(60, 100)], [circle(50)], suspensions=[Interval(at(30), at(600))]
    ),
    "standing still at the edge of nothing": case([fix(60 * i, 31) for i in range(5)], [circle(30)]),
    "a likely fix that is not INSIDE raises a possible presence": case(
        [fix(0, 25), fix(60, 25), fix(300, 300)], [circle(30)]
    ),
    "an rf fix of no radius at all": case(
        [fix(0, 5, 0.0004, mechanism=Mechanism.RF), fix(60, 90, 0.0004, mechanism=Mechanism.RF)], [circle(30)]
    ),
    "60 min of UNCERTAIN fixes join, a second more does not": case(
        [
            fix(0, 0),
            *(fix(600 * i, 36) for i in range(1, 6)),
            fix(3600, 0),
            *(fix(3660 + 600 * i, 36) for i in range(6)),
            fix(7201, 0),
            fix(7260, 300),
        ],
        [circle(30)],
        between=(-60, 20_000),
    ),
    "windows that never close together, one nested in another: the interval began with the order": case(
        [fix(0, 0)], [circle(30)], [daily("12:30", "12:40"), daily("18:21", "18:21")]
    ),
    "an OUTSIDE fix before a run's last in the track, at one instant with it, does not part it from a crossing": case(
        [fix(0, 0), fix(0, 88, 20.0, "b2"), fix(0, 0, 8.0, "b6"), fix(240, 88, 60.0), fix(300, 20, 250.0)], [circle(50)]
    ),
    "nor does it keep apart what 20 min join": case(
        [
            fix(0, 88, 20.0),
            fix(0, 0, 8.0, "b"),
            *(fix(300 * i, 55) for i in (1, 2, 3)),
            fix(1200, 88, 60.0),
            fix(1260, 20, 250.0),
        ],
        [circle(50)],
    ),
    "an OUTSIDE fix after a run's first in the track, at one instant with it, does not part a crossing from it": case(
        [fix(0, 20, 250.0), fix(60, 88, 60.0), fix(300, 0, 8.0), fix(300, 88, 20.0, "b"), fix(300, 0, 8.0, "c")],
        [circle(50)],
    ),
}
