"""Which days do not count towards the 48 hours of a notice: Domestic Abuse Act 2021 s.29(3)."""

from datetime import date

from holidays import country_holidays

SATURDAY, SUNDAY = 5, 6
CHRISTMAS = (12, 25)
# Those of Wales are the same; it works out each year when it is first asked for. Made here, because it takes half a
# second, for which no request should wait. The library has Good Friday among them, which is none by the letter.
BANK_HOLIDAYS = country_holidays("GB", subdiv="ENG")


def is_disregarded(day: date) -> bool:
    """Whether a day is a Sunday, Christmas Day, Good Friday or a bank holiday in England and Wales.

    A Saturday is none: where 26 December or 1 January falls on one, a Monday is appointed, and whether the Saturday is
    a bank holiday besides is doubtful for 26 December. In doubt the time is over sooner. A bank holiday proclaimed
    since the library `holidays` was released is not known, with the same effect.

    >>> is_disregarded(date(2026, 4, 3)), is_disregarded(date(2026, 12, 26)), is_disregarded(date(2026, 12, 28))
    (True, False, True)
    """
    if day.weekday() == SUNDAY or (day.month, day.day) == CHRISTMAS:
        return True
    return day.weekday() != SATURDAY and day in BANK_HOLIDAYS
