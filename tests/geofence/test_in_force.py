"""R1: when a zone is in force."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import shapely

from geofence.in_force import in_force, span
from geofence.instants import FOREVER, Instant, Interval, instant, printed
from geofence.register import DAYS, Day, Order, Window
from geofence.schedule import openings
from tests.geofence.town import ALWAYS, LONG_AGO, at, circle, register, version, zone


def window(days: tuple[Day, ...], start: str, until: str) -> Window:
    return Window(days, time.fromisoformat(start), time.fromisoformat(until))


def opened(windows: tuple[Window, ...], first: date, last: date) -> list[tuple[str, str]]:
    return [(printed(o.start), printed(o.end)) for o in openings(windows, first, last)]


# The clocks go back on Sunday 25 October 2026 at 01:00Z and forward on Sunday 28 March 2027 at 01:00Z.
@pytest.mark.parametrize(
    ("windows", "day", "expected"),
    [
        # Over midnight: Friday evening to Saturday morning, winter time.
        ((window(("fri",), "20:00", "08:00"),), date(2026, 11, 20), [("2026-11-20T20:00:00Z", "2026-11-21T08:00:00Z")]),
        # Summer time is an hour ahead of UTC.
        ((window(("fri",), "20:00", "08:00"),), date(2026, 7, 3), [("2026-07-03T19:00:00Z", "2026-07-04T07:00:00Z")]),
        # The night the clocks go back is an hour longer.
        ((window(("sat",), "22:00", "06:00"),), date(2026, 10, 24), [("2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z")]),
        # 01:15 to 01:45 happens twice that night: open from the first 01:15 to the last 01:45.
        ((window(("sun",), "01:15", "01:45"),), date(2026, 10, 25), [("2026-10-25T00:15:00Z", "2026-10-25T01:45:00Z")]),
        # In spring 01:30 does not exist: it opens at 01:00Z, when the clocks go forward, and closes at 02:30 BST.
        ((window(("sun",), "01:30", "02:30"),), date(2027, 3, 28), [("2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z")]),
        # A window that lies wholly within the skipped hour never opens.
        ((window(("sun",), "01:15", "01:45"),), date(2027, 3, 28), []),
        # Equal times are 24 hours of the clock: in spring 23 hours.
        ((window(("sat",), "12:00", "12:00"),), date(2027, 3, 27), [("2027-03-27T12:00:00Z", "2027-03-28T11:00:00Z")]),
        # Two windows that touch are one opening.
        (
            (window(("fri",), "08:00", "12:00"), window(("fri",), "12:00", "14:00")),
            date(2026, 11, 20),
            [("2026-11-20T08:00:00Z", "2026-11-20T14:00:00Z")],
        ),
    ],
)
def test_a_schedule_opens_by_the_clock_on_the_wall(
    windows: tuple[Window, ...], day: date, expected: list[tuple[str, str]]
) -> None:
    assert opened(windows, day, day) == expected


def test_the_day_of_a_window_is_the_day_on_which_it_opens() -> None:
    found = opened((window(("fri",), "20:00", "08:00"),), date(2026, 11, 21), date(2026, 11, 21))
    assert found == [("2026-11-20T20:00:00Z", "2026-11-21T08:00:00Z")]


def test_a_schedule_without_a_gap_has_one_interval_that_starts_with_the_order() -> None:
    (order,) = register(zone(circle()), schedule=(window(DAYS, "00:00", "00:00"),)).orders
    (clause,) = order.prohibitions
    (only,) = in_force(order, clause, clause.zones[0], span(at("00:00"), at("+1 00:00")))
    assert only.start == LONG_AGO


def intervals(order: Order) -> list[tuple[Instant, Instant, bool, bool]]:
    (clause,) = order.prohibitions
    return [tuple(i) for i in in_force(order, clause, clause.zones[0], span(at("00:00"), at("+1 00:00")))]  # type: ignore[misc]


def test_versions_that_follow_on_each_other_do_not_part_an_interval_but_a_day_without_one_does() -> None:
    point = shapely.Point(-0.1, 51.37)
    follow = [
        version(point, 100, n, valid)
        for n, valid in enumerate([Interval(LONG_AGO, at("10:00")), Interval(at("10:00"), at("12:00"))], 1)
    ]
    late = version(point, 100, 3, Interval(at("13:00"), FOREVER))
    (order,) = register(zone(*follow, late)).orders
    assert intervals(order) == [(LONG_AGO, at("12:00"), False, False), (at("13:00"), FOREVER, False, False)]


def test_suspensions_are_united_before_they_part() -> None:
    suspensions = (
        Interval(at("10:00"), at("11:00")),
        Interval(at("10:30"), at("12:00")),
        Interval(at("12:00"), at("13:00")),
    )
    (order,) = register(zone(circle()), suspensions=suspensions).orders
    assert intervals(order) == [
        (LONG_AGO, at("10:00"), False, False),
        (at("10:00"), at("13:00"), True, False),
        (at("13:00"), FOREVER, False, False),
    ]


def test_awareness_parts_an_interval() -> None:
    (order,) = register(zone(circle()), aware=at("09:00")).orders
    assert intervals(order) == [(LONG_AGO, at("09:00"), False, True), (at("09:00"), FOREVER, False, False)]
    (order,) = register(zone(circle()), aware=FOREVER).orders
    assert intervals(order) == [(LONG_AGO, FOREVER, False, True)]


def test_nothing_is_in_force_without_a_monitoring_requirement_or_outside_it() -> None:
    (order,) = register(zone(circle())).orders
    clause = order.prohibitions[0]
    never = Order(order.order_id, order.wearer_id, ALWAYS, None, order.prohibitions)
    some = Order(order.order_id, order.wearer_id, ALWAYS, Interval(at("08:00"), at("09:00")), order.prohibitions)
    days = span(at("00:00"), at("+1 00:00"))
    assert in_force(never, clause, clause.zones[0], days) == []
    assert [tuple(i) for i in in_force(some, clause, clause.zones[0], days)] == [
        (at("08:00"), at("09:00"), False, False)
    ]


def test_a_day_of_25_hours_is_open_for_25_hours() -> None:
    found = openings((window(("sun",), "00:00", "00:00"),), date(2026, 10, 25), date(2026, 10, 25))
    assert timedelta(microseconds=found[0].end - found[0].start) == timedelta(hours=25)
    assert found[0].start == instant(datetime(2026, 10, 24, 23, tzinfo=UTC))
