"""The report day that is simulated: a London date, told in seconds since its first midnight."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


MARGIN_S = 600.0
"""Tags are heard for so long before and after the day, so that neither midnight looks like a silence."""


@dataclass(frozen=True)
class Day:
    """A London date, of 23, 24 or 25 hours. Everything within it is told in seconds since its first midnight."""

    date: date

    @cached_property
    def start(self) -> datetime:
        """The day's first midnight, in UTC."""
        return datetime.combine(self.date, time(), LONDON).astimezone(UTC)

    @cached_property
    def length_s(self) -> int:
        """Seconds until the next midnight."""
        following = datetime.combine(self.date + timedelta(days=1), time(), LONDON).astimezone(UTC)
        return int((following - self.start).total_seconds())

    @property
    def recorded_s(self) -> tuple[float, float]:
        """From which second until which tags record: the day and `MARGIN_S` on either side, in which nobody moves."""
        return -MARGIN_S, self.length_s + MARGIN_S

    @property
    def working(self) -> bool:
        """Whether it is a Monday to Friday. Bank holidays count as one: the simulator knows of none."""
        return self.date.weekday() < 5

    @property
    def school(self) -> bool:
        """Whether children go to school: Mondays to Fridays but for August and the fortnight about New Year."""
        month_day = (self.date.month, self.date.day)
        return self.working and self.date.month != 8 and (1, 2) < month_day < (12, 22)

    def second(self, wall: str, days_on: int = 0) -> int:
        """Return the second at which London's clocks show `HH:MM`, on this day or some days on.

        Not for times from 01:00 to 02:00 on a day with a clock change: they occur twice, or never.

        >>> Day(date(2026, 10, 25)).second("08:00")
        32400
        """
        local = datetime.combine(self.date + timedelta(days=days_on), time.fromisoformat(wall), LONDON)
        return int((local.astimezone(UTC) - self.start).total_seconds())

    def printed(self, second: float) -> str:
        """Return RFC 3339 in UTC, milliseconds only if not whole seconds."""
        at = self.start + timedelta(milliseconds=round(second * 1000))
        text = at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
        return text.replace("+00:00", "Z")

    def read(self, text: str) -> float:
        """Return the second that an RFC 3339 text names."""
        return (datetime.fromisoformat(text) - self.start).total_seconds()

    def before(self, days: int) -> str:
        """Return, printed, noon in UTC so many days before."""
        noon = datetime.combine(self.date - timedelta(days=days), time(12), UTC)
        return noon.isoformat().replace("+00:00", "Z")
