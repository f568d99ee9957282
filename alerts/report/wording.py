"""How instants, durations and findings read on paper: London's time with its offset, plain British English.

Nothing here asks the operating system for a locale or a time zone.
"""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from geofence.instants import MINUTE_US, SECOND_US, Instant, Interval, moment
from geofence.judgement import Bracket, Grade, State, Verdict

LONDON: Final = ZoneInfo("Europe/London")
COURSES: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR_US: Final = 60 * MINUTE_US

GRADES: Final[dict[Grade, str]] = {
    "confirmed": "Confirmed",
    "probable": "Probable",
    "inferred": "Inferred",
    "possible": "Possible",
}
VERDICTS: Final[dict[Verdict, str]] = {"INSIDE": "inside", "OUTSIDE": "outside", "UNCERTAIN": "uncertain"}
STATES: Final[dict[State, str]] = {"closed": "ended", "open": "inside", "track_lost": "lost inside"}
MECHANISMS: Final = {"gps": "GPS", "wifi": "Wi-Fi", "rf": "home beacon", "cell": "mobile mast", "unknown": "unknown"}
EVENTS: Final = {
    "strap": "Strap",
    "case": "Case",
    "battery_low": "Battery low",
    "battery_dead": "Battery dead",
    "charging": "Charging",
    "jamming": "Jamming",
    "shielding": "Shielding",
    "power_off": "Switched off",
    "no_network": "No network",
    "other": "Other",
}
REASONS: Final = {
    "no_zone": "no zone published",
    "no_fitting": "no tag fitted",
    "battery_dead": "battery dead",
    "power_off": "switched off",
    "strap": "strap alarm",
    "case": "case alarm",
    "jamming": "jamming",
    "shielding": "shielding",
    "no_network": "no network",
    "charging": "charging",
    "poor_accuracy": "fixes too inaccurate",
    "cell_only": "mobile mast fixes only",
    "sparse": "too few fixes",
    "no_fixes": "no fixes",
}
NOT_RAISED: Final = {
    "uncertain": "too uncertain to raise",
    "implausible": "implausible: farther from its neighbours than anyone travels",
    "within_leg": "between two more precise fixes, which decided",
}
ENDS: Final[dict[str, str]] = {
    "open": "Still inside at the horizon",
    "track_lost": "Not known: the track was lost inside",
}


def london(at: Instant) -> datetime:
    """Return an instant as London's clocks showed it."""
    return moment(at).astimezone(LONDON)


def offset(at: Instant) -> str:
    """Return London's offset from UTC at an instant: `+00:00` or `+01:00`."""
    text = london(at).strftime("%z")
    return f"{text[:3]}:{text[3:]}"


def clock(at: Instant) -> str:
    """Return time of day, seconds and offset: `18:02:11 +00:00`; a fraction of a second is cut, never rounded up."""
    return f"{london(at):%H:%M:%S} {offset(at)}"


def dated_clock(at: Instant) -> str:
    """Return day, time with seconds and offset: `20 Nov 18:02:11 +00:00`."""
    local = london(at)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {clock(at)}"


def dated_minute(at: Instant) -> str:
    """Return day, time and offset without seconds: `20 Nov 18:02 +00:00`."""
    local = london(at)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {local:%H:%M} {offset(at)}"


def dated_span(start: Instant, end: Instant, *, seconds: bool = True) -> str:
    """Return two instants, the day and the offset told once if they are the same: `20 Nov 02:10 to 03:15 +00:00`."""
    first, last = (dated_clock(start), dated_clock(end)) if seconds else (dated_minute(start), dated_minute(end))
    if london(start).date() == london(end).date() and offset(start) == offset(end):
        return f"{first.rsplit(' ', 1)[0]} to {last.split(' ', 2)[2]}"
    return f"{first} to {last}"


def plain_date(day: date) -> str:
    """Return `20 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def full_date(day: date) -> str:
    """Return `Friday 20 November 2026`."""
    return f"{WEEKDAYS[day.weekday()]} {plain_date(day)}"


def report_day(between: Interval) -> str:
    """Return a report day's bounds with their offsets and its length, 23 or 25 hours when the clocks change."""
    length = between.end - between.start
    changed = {23 * HOUR_US: "; the clocks go forward", 25 * HOUR_US: "; the clocks go back"}.get(length, "")
    return f"{dated_minute(between.start)} to {dated_minute(between.end)} ({duration(length)}{changed})"


def duration(length_us: int, *, up: bool = False) -> str:
    """Return a length of time to the minute, to the second under ten minutes: `22 h 10 min`, `4 min 30 s`.

    Cut by default, so that monitored time is never overstated; `up` rounds up, for time that was not monitored.
    """
    unit = SECOND_US if length_us < 10 * MINUTE_US else MINUTE_US
    if up:
        length_us = -(-length_us // unit) * unit
    hours, rest = divmod(length_us, HOUR_US)
    minutes, rest = divmod(rest, MINUTE_US)
    seconds = rest // SECOND_US if unit == SECOND_US else 0
    parts = [f"{hours:,} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0) + [f"{seconds} s"] * (seconds > 0)
    return " ".join(parts) or ("0 min" if unit == MINUTE_US or length_us == 0 else "under 1 s")


def bracket(between: Bracket) -> str:
    """Return between which instants something happened, as far as that is known."""
    first, last = between
    if first is not None and last is not None:
        return f"between {dated_span(first, last).replace(' to ', ' and ')}"
    if last is not None:
        return f"at or before {dated_clock(last)}; no earlier fix bounds it"
    return "no fix bounds it" if first is None else f"at or after {dated_clock(first)}; no later fix bounds it"


def course(heading_deg: float) -> str:
    """Return a direction in degrees and by the compass: `271° W`."""
    return f"{round(heading_deg) % 360}° {COURSES[round(heading_deg / 45) % 8]}"


def number(value: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 fix`, `2 fixes`.

    >>> number(1200, "fix", "fixes")
    '1,200 fixes'
    """
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def metres(value_m: float) -> str:
    """Return a distance to a reader's precision: metres under 10 km, else kilometres."""
    return f"{value_m:,.0f} m" if abs(value_m) < 9_999.5 else f"{value_m / 1000:,.1f} km"
