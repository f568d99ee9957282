"""When a prohibition bites: worked by hand for the simulator's own reckoning."""

from datetime import date

import pytest

from service.simulation.day import Day
from service.simulation.document import Order, Window
from service.simulation.in_force import InForce, in_force, openings
from service.simulation.orders import EVENINGS, SCHOOL_HOURS, Clause, order, suspension, window

HOUR = 3600
FRIDAY, SATURDAY = Day(date(2026, 11, 20)), Day(date(2026, 11, 21))
CLOCKS_BACK, CLOCKS_FORWARD = Day(date(2026, 10, 25)), Day(date(2027, 3, 28))


@pytest.mark.parametrize(
    ("day", "schedule", "hours"),
    [
        (FRIDAY, None, [(0, 24)]),
        (FRIDAY, SCHOOL_HOURS, [(8, 9.5), (14.75, 16.25)]),
        (SATURDAY, SCHOOL_HOURS, []),
        (FRIDAY, EVENINGS, [(0, 6), (20, 24)]),
        (FRIDAY, [window("fri", "20:00", "06:00")], [(20, 24)]),
        (SATURDAY, [window("fri", "20:00", "06:00")], [(0, 6)]),
        (FRIDAY, [window("fri", "09:00", "09:00")], [(9, 24)]),
        (FRIDAY, [window("fri", "09:00", "12:00"), window("fri", "12:00", "13:00")], [(9, 13)]),
        (CLOCKS_BACK, EVENINGS, [(0, 7), (21, 25)]),
        (CLOCKS_FORWARD, EVENINGS, [(0, 5), (19, 23)]),
    ],
)
def test_openings(day: Day, schedule: list[Window] | None, hours: list[tuple[float, float]]) -> None:
    assert openings(day, schedule) == [(start * HOUR, end * HOUR) for start, end in hours]


def test_suspensions_and_awareness_part_it() -> None:
    leave = suspension(FRIDAY, 13 * HOUR, 18 * HOUR, "funeral")
    made = order(FRIDAY, 1, [Clause("…")], suspensions=[leave], told_s=14 * HOUR)
    assert _hours(made) == [(0, 13, False, True), (13, 14, True, True), (14, 18, True, False), (18, 24, False, False)]


def test_nobody_is_aware_of_an_order_of_which_nobody_told_him() -> None:
    made = order(FRIDAY, 1, [Clause("…")], told_s=14 * HOUR)
    made["aware_from"] = None
    assert _hours(made) == [(0, 24, False, True)]


def test_an_order_that_ends_during_the_day_is_in_force_until_then() -> None:
    made = order(FRIDAY, 1, [Clause("…")])
    made["ends"] = {"kind": "date", "at": FRIDAY.printed(10 * HOUR)}
    assert _hours(made) == [(0, 10, False, False)]


def test_monitoring_that_begins_during_the_day_is_when_it_begins_to_bite() -> None:
    made = order(FRIDAY, 1, [Clause("…")])
    made["monitoring"]["from"] = FRIDAY.printed(9 * HOUR)
    assert _hours(made) == [(9, 24, False, False)]


def _hours(made: Order) -> list[InForce]:
    spans = in_force(FRIDAY, made, made["prohibitions"][0])
    return [span._replace(from_s=span.from_s / HOUR, until_s=span.until_s / HOUR) for span in spans]
