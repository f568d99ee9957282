"""How long is each class of data kept? Until its period is over; without one, until somebody sets one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from geofence.instants import Instant, instant, moment
from service.access.actor import at_command_line
from service.access.audit import record
from service.database import Connection

CURRENT = """
SELECT DISTINCT ON (class) class, days, set_by, set_at FROM retention_period
ORDER BY class, retention_period_id DESC"""
SET = "INSERT INTO retention_period (class, days, set_by, set_at) VALUES ($1, $2, $3, $4)"
# Two who set periods at once take turns: each is checked against what the other has set.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtext('cordon: retention periods'))"

LONGEST_DAYS: Final = 36_500

Days: TypeAlias = int | None


@dataclass(frozen=True, slots=True)
class DataClass:
    """What is kept alike: for how many days (None: until somebody sets a period), and for how many at the least."""

    name: str
    days: Days
    least_days: int
    what: str


# Reports are made up, and supplemented, up to 30 days back: what they are made from is kept for 35 at the least.
CLASSES: Final = (
    DataClass("fixes", None, 35, "fixes of worn tags, by the day (UTC) on which they were recorded"),
    DataClass("tag_events", None, 35, "what tags reported of themselves, from when it was over"),
    DataClass("incidents", None, 35, "incidents with their fixes and history, from their last fix or exit"),
    DataClass("rejections", 90, 7, "what could not be read, from when it was received"),
    DataClass("arrivals", None, 35, "counts of what arrived, by the hour"),
    DataClass("audit", None, 365, "who saw or changed personal data"),
    DataClass("access", 7, 1, "sign-in links and sessions, from when they expired"),
)
BY_NAME: Final = {each.name: each for each in CLASSES}


@dataclass(frozen=True, slots=True)
class Period:
    """How long a class is kept, and who decided so and when; nobody: it is the default."""

    of: DataClass
    days: Days
    set_by: str | None = None
    set_at: Instant | None = None


class PeriodRefused(Exception):
    """A period that can't be set; the message names the class and the remedy."""


async def read_periods(connection: Connection) -> dict[str, Period]:
    """Return the period of each class that holds now, by the class's name."""
    periods = {each.name: Period(each, each.days) for each in CLASSES}
    for row in await connection.fetch(CURRENT):
        of = BY_NAME.get(row["class"])
        if of is None:
            continue  # a class of another version
        periods[of.name] = Period(of, row["days"], row["set_by"], instant(row["set_at"]))
    return periods


async def set_period(connection: Connection, name: str, days: Days, set_by: str, now: Instant) -> Period:
    """Set how long a class is kept from now on, and return what held before. Raises PeriodRefused."""
    async with connection.transaction():
        await connection.execute(TAKE_TURNS)
        periods = await read_periods(connection)
        check_period(periods, name, days)
        await connection.execute(SET, name, days, set_by, moment(now))
        kept = "until a period is set" if days is None else f"for {days} days"
        await record(connection, now, at_command_line(set_by), "alteration", f"retention: {name} kept {kept}")
    return periods[name]


def check_period(periods: dict[str, Period], name: str, days: Days) -> None:
    """Raise PeriodRefused if a class can't be kept so long beside the others.

    An incident outlives the fixes that it was found in: else the desk, judging them again, would find it again.
    """
    if name not in BY_NAME:
        raise PeriodRefused(f"{name}: there is no such class; name one of {', '.join(BY_NAME)}")
    least = BY_NAME[name].least_days
    if days is not None and not least <= days <= LONGEST_DAYS:
        raise PeriodRefused(f"{name}: {days} days is not from {least} to {LONGEST_DAYS}; choose from these, or keep")
    fixes = days if name == "fixes" else periods["fixes"].days
    incidents = days if name == "incidents" else periods["incidents"].days
    if incidents is not None and (fixes is None or fixes > incidents):
        kept = "until a period is set" if fixes is None else f"for {fixes} days"
        raise PeriodRefused(
            f"{name}: fixes would be kept {kept}, longer than the incidents found in them ({incidents} days);"
            f" keep fixes for {incidents} days or less first"
            if name == "incidents"
            else f"{name}: incidents are kept for {incidents} days and outlive their fixes; keep incidents longer first"
        )


def is_shorter(days: Days, than: Days) -> bool:
    """Say whether a period ends earlier than another; None never ends."""
    return days is not None and (than is None or days < than)


def cutoff(now: Instant, days: int) -> Instant:
    """Return the instant before which a class with this period is erased."""
    return instant(moment(now) - timedelta(days=days))
