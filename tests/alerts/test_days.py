"""Report days and their deadlines across the changes of London's clocks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.days import bounds_of, deadlines_of, report_day_of
from geofence.instants import Instant, printed

HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("day", "begins", "ends", "hours"),
    [
        (date(2026, 1, 15), "2026-01-15T00:00:00Z", "2026-01-16T00:00:00Z", 24),
        (date(2026, 7, 1), "2026-06-30T23:00:00Z", "2026-07-01T23:00:00Z", 24),
        (date(2026, 3, 29), "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z", 23),
        (date(2026, 10, 25), "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z", 25),
    ],
)
def test_a_report_day_runs_from_midnight_to_midnight_in_london(day: date, begins: str, ends: str, hours: int) -> None:
    between = bounds_of(day)
    assert (printed(between.start), printed(between.end)) == (begins, ends)
    assert between.end - between.start == hours * HOUR_US


@pytest.mark.parametrize(
    ("day", "sealed", "due"),
    [
        (date(2026, 1, 15), "2026-01-16T09:00:00Z", "2026-01-16T10:00:00Z"),
        (date(2026, 7, 1), "2026-07-02T08:00:00Z", "2026-07-02T09:00:00Z"),
        (date(2026, 3, 28), "2026-03-29T08:00:00Z", "2026-03-29T09:00:00Z"),
        (date(2026, 3, 29), "2026-03-30T08:00:00Z", "2026-03-30T09:00:00Z"),
        (date(2026, 10, 24), "2026-10-25T09:00:00Z", "2026-10-25T10:00:00Z"),
        (date(2026, 10, 25), "2026-10-26T09:00:00Z", "2026-10-26T10:00:00Z"),
    ],
)
def test_the_report_is_sealed_at_nine_and_due_at_ten_in_london_on_the_next_day(
    day: date, sealed: str, due: str
) -> None:
    deadlines = deadlines_of(day)
    assert (printed(deadlines.seal_at), printed(deadlines.due_at)) == (sealed, due)


@given(st.dates(date(2000, 1, 2), date(2100, 1, 1)))
def test_days_follow_on_each_other_without_gap_or_overlap(day: date) -> None:
    between = bounds_of(day)
    assert bounds_of(day - timedelta(days=1)).end == between.start
    assert report_day_of(between.start) == day
    assert report_day_of(Instant(between.end - 1)) == day
    assert report_day_of(between.end) == day + timedelta(days=1)
