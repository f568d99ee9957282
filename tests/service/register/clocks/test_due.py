"""When the time ends that the law gives: each case worked by hand in the comment beside it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.days import report_day_of
from geofence.instants import SECOND_US, Instant, instant, printed
from service.register.clocks.bank_holidays import is_disregarded
from service.register.clocks.due import HEARING_US, hearing_due, notification_due
from service.register.written_times import read_instant

HEARINGS = {
    # Tuesday to Thursday, nothing between.
    "2026-11-10T09:30:00Z": "2026-11-12T09:30:00Z",
    # To the microsecond.
    "2026-11-10T09:30:00.000001Z": "2026-11-12T09:30:00.000001Z",
    # From midnight on: two whole days.
    "2026-11-09T00:00:00Z": "2026-11-11T00:00:00Z",
    # Friday and Saturday, whole: it ends with Saturday, not after Sunday.
    "2026-11-13T00:00:00Z": "2026-11-15T00:00:00Z",
    # Friday 9 h, Saturday 24 h, no Sunday, Monday 15 h.
    "2026-11-27T15:00:00Z": "2026-11-30T15:00:00Z",
    # On a Sunday: nothing of it counts; Monday and Tuesday, whole.
    "2026-11-29T10:00:00Z": "2026-12-02T00:00:00Z",
    # Maundy Thursday 13:00 BST, 11 h; no Good Friday (3 April); Saturday 24 h; no Easter Sunday, no Easter Monday;
    # Tuesday from 23:00Z on, 13 h.
    "2026-04-02T12:00:00Z": "2026-04-07T12:00:00Z",
    # On Good Friday: Saturday and Tuesday, whole; it ends with Tuesday in London.
    "2026-04-03T10:00:00Z": "2026-04-07T23:00:00Z",
    # 2026: Christmas Day a Friday; Saturday the 26th counts; Sunday; Monday the 28th in place of the 26th.
    # Thursday 6 h, Saturday 24 h, Tuesday 18 h.
    "2026-12-24T18:00:00Z": "2026-12-29T18:00:00Z",
    # 2027: Christmas Day a Saturday, the 26th a Sunday; the 27th and 28th in their places.
    # Friday 6 h, Wednesday 24 h, Thursday 18 h.
    "2027-12-24T18:00:00Z": "2027-12-30T18:00:00Z",
    # 2022: Christmas Day a Sunday, Monday the 26th, Tuesday the 27th in place of the 25th.
    # Saturday 12 h, Wednesday 24 h, Thursday 12 h.
    "2022-12-24T12:00:00Z": "2022-12-29T12:00:00Z",
    # 2028: New Year's Day a Saturday, which counts; Monday the 3rd in its place.
    # Friday 12 h, Saturday 24 h, Tuesday 12 h.
    "2027-12-31T12:00:00Z": "2028-01-04T12:00:00Z",
    # 2023: New Year's Day a Sunday; Monday the 2nd in its place. Friday 12 h, Saturday 24 h, Tuesday 12 h.
    "2022-12-30T12:00:00Z": "2023-01-03T12:00:00Z",
    # The clocks go forward on Sunday 29 March 2026 (23 h, none of which counts). Friday 12 h, Saturday 24 h,
    # Monday from 23:00Z on 12 h: noon to noon by London's clocks, and an hour less elapsed.
    "2026-03-27T12:00:00Z": "2026-03-30T11:00:00Z",
    # They go back on Sunday 25 October 2026 (25 h). Friday from 13:00 BST 11 h, Saturday 24 h to 23:00Z,
    # Monday from 00:00Z on 13 h.
    "2026-10-23T12:00:00Z": "2026-10-26T13:00:00Z",
    # In the hour that comes twice, either time: Monday and Tuesday, whole.
    "2026-10-25T00:30:00Z": "2026-10-28T00:00:00Z",
    "2026-10-25T01:30:00Z": "2026-10-28T00:00:00Z",
    # Easter Sunday 2024 is the day on which they go forward. Thursday 4 h; no Good Friday (29 March); Saturday 24 h;
    # no Sunday, no Monday (1 April); Tuesday from 23:00Z on 20 h.
    "2024-03-28T20:00:00Z": "2024-04-02T19:00:00Z",
    # 2020: the early May holiday was moved from Monday the 4th, which counts. Saturday 12 h to 23:00Z, Monday 24 h,
    # Tuesday 12 h.
    "2020-05-02T11:00:00Z": "2020-05-05T11:00:00Z",
    # To Friday the 8th, which does not. Thursday 12 h, Saturday 24 h, Monday 12 h.
    "2020-05-07T11:00:00Z": "2020-05-11T11:00:00Z",
    # The state funeral on Monday 19 September 2022. Saturday 12 h, Tuesday 24 h, Wednesday 12 h.
    "2022-09-17T11:00:00Z": "2022-09-21T11:00:00Z",
    # The first Monday of August is a holiday in Scotland alone. Saturday 12 h, Monday 24 h, Tuesday 12 h.
    "2026-08-01T11:00:00Z": "2026-08-04T11:00:00Z",
    # The last one is one here (31 August). Saturday 12 h, Tuesday 24 h, Wednesday 12 h.
    "2026-08-29T11:00:00Z": "2026-09-02T11:00:00Z",
    # St Patrick's Day is one in Northern Ireland alone. Monday to Wednesday.
    "2026-03-16T12:00:00Z": "2026-03-18T12:00:00Z",
}

# The day on which an order is made, or something changes, is the first of three.
NOTIFICATIONS = {
    "2026-11-01": "2026-11-04T00:00:00Z",
    # To the midnight that ends 29 March, on which the clocks went forward.
    "2026-03-27": "2026-03-29T23:00:00Z",
    # The 24th, 25th (on which they go back) and 26th.
    "2026-10-24": "2026-10-27T00:00:00Z",
    # Christmas counts like any day.
    "2026-12-24": "2026-12-27T00:00:00Z",
}

FIRST, LAST = instant(datetime(2010, 1, 1, tzinfo=UTC)), instant(datetime(2035, 1, 1, tzinfo=UTC))
GIVEN = st.integers(FIRST, LAST).map(Instant)


@pytest.mark.parametrize(("given_at", "due_at"), HEARINGS.items())
def test_a_hearing_is_due(given_at: str, due_at: str) -> None:
    assert printed(hearing_due(read_instant(given_at))) == due_at


@pytest.mark.parametrize(("begins_on", "due_at"), NOTIFICATIONS.items())
def test_a_notification_is_due(begins_on: str, due_at: str) -> None:
    assert printed(notification_due(date.fromisoformat(begins_on))) == due_at


@given(GIVEN, st.integers(0, 40 * 86_400 * SECOND_US))
def test_a_later_notice_is_never_due_sooner(given_at: Instant, later_us: int) -> None:
    assert hearing_due(given_at) <= hearing_due(Instant(given_at + later_us))


@given(GIVEN)
def test_the_48_hours_end_in_a_day_that_counts_and_take_no_less(given_at: Instant) -> None:
    due_at = hearing_due(given_at)
    assert due_at - given_at >= HEARING_US or not is_disregarded(report_day_of(given_at))
    assert not is_disregarded(report_day_of(Instant(due_at - 1)))
