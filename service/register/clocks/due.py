"""When does the time end that the law gives? London's days, UTC's arithmetic."""

from datetime import date, timedelta

from alerts.days import bounds_of, report_day_of
from geofence.instants import MINUTE_US, Instant
from service.register.clocks.bank_holidays import is_disregarded

HEARING_US = 48 * 60 * MINUTE_US
NOTIFICATION_DAYS = 3


def hearing_due(given_at: Instant) -> Instant:
    """Return when the court must have heard the application that follows a notice given at an instant.

    48 hours, of which none lies in a day that is disregarded (Domestic Abuse Act 2021 s.29(2) and (3)); such days are
    left out whole, from midnight to midnight in London. Hours are elapsed ones.
    """
    at, left_us = given_at, HEARING_US
    day = report_day_of(given_at)
    while True:
        ends = bounds_of(day).end
        if is_disregarded(day):
            at = ends
        elif at + left_us <= ends:
            return Instant(at + left_us)
        else:
            left_us -= ends - at
            at = ends
        day += timedelta(days=1)


def notification_due(begins_on: date) -> Instant:
    """Return the midnight in London that ends the three days beginning with a day (s.41(2), (4) to (6))."""
    return bounds_of(begins_on + timedelta(days=NOTIFICATION_DAYS - 1)).end
