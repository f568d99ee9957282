"""Everything that one report is made from. The report is a pure function of this value."""

from dataclasses import dataclass
from datetime import date

from alerts.particulars import Particulars
from geofence.instants import Instant, Interval
from geofence.judgement import Judgement
from geofence.register import Register
from geofence.rules import Rules
from geofence.tracks import FloatArray, InstantArray, Tracks


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """What tags reported besides their position, row for row with the columns of `Tracks`. NaN: not reported.

    uploaded_at is microseconds UTC, the smallest int64 where it was not reported.
    """

    speed_kmh: FloatArray
    heading_deg: FloatArray
    uploaded_at: InstantArray
    received_at: InstantArray


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What reached the ledger: counts of fixes recorded on the day, and of other messages received on it."""

    fixes: int
    duplicates: int
    contradictions: int
    rejected: int


@dataclass(frozen=True, slots=True, eq=False)
class DayInputs:
    """One force's report day, judged.

    since_midnight: the judgement of `[between.end, horizon)`, None where nobody asked for one.
    edition None: a PREVIEW, never sealed. between: the report day's bounds in UTC. differences: one sentence for each
    incident on which the desk and the morning run disagree; empty when both paths agree.
    """

    particulars: Particulars
    register: Register
    day: date
    between: Interval
    horizon: Instant
    edition: int | None
    rules: Rules
    tracks: Tracks
    reported: Reported
    judgement: Judgement
    arrivals: Arrivals
    differences: tuple[str, ...]
    software_version: str
    since_midnight: Judgement | None = None
