"""What would this draft have made of the wearer's last days, had it alone been in force all the time?

Incidents show that he lives, works or passes there. As if order, monitoring requirement, prohibition and version had
held then; the schedule does apply. Suspensions and awareness do not matter, nor do zones that are published.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

from alerts.days import report_day_of
from geofence.instants import FOREVER, Interval, printed
from geofence.judge import judge
from geofence.judgement import Grade, Incident
from geofence.register import Order, Register, Zone
from geofence.rules import Rules
from service.register.design.answer import Found, Replay
from service.register.design.draft import DraftDesign, Surroundings
from service.register.design.ground import Ground

REPLAY_DAYS = 30
MOST_DAYS_TOLD = 3


def check_replay(draft: DraftDesign, here: Ground, around: Surroundings, rules: Rules, found: Found) -> Replay | None:
    """Judge the wearer's fixes against the draft alone, and warn if that raises anything."""
    if len(around.tracks) == 0:
        found.leave("replay", f"no fixes of the wearer in the {REPLAY_DAYS} days before {printed(around.now)}")
        return None
    if here.far_reaching:
        found.leave("replay", "the zone reaches too far for fixes to be judged against it")
        return None
    if around.cut:
        found.leave(
            "replay", f"too many fixes to judge at once: those before {printed(around.replayed.start)} are left out"
        )
    replay = replayed(draft, around, rules)
    if replay.by_grade:
        found.warn(
            "replay",
            f"from {printed(replay.since)} to {printed(replay.until)} it would have raised {_grades(replay.by_grade)}"
            f" on {_days(replay.days)}, the most on {_busiest(replay)}: the wearer may live, work or pass there",
            "look at where he is on these days and draw the zone clear of it, or give the reason",
        )
    return replay


def replayed(draft: DraftDesign, around: Surroundings, rules: Rules) -> Replay:
    """Return what `judge` says of the wearer's fixes with the draft alone in force."""
    between = around.replayed
    judgement = judge(around.tracks, _with_draft_alone(draft, around), rules, between, between.end)
    by_day = Counter(day for incident in judgement.incidents for day in _days_of(incident))
    grades = Counter(incident.grade for incident in judgement.incidents)
    return Replay(
        since=between.start,
        until=between.end,
        fixes=judgement.judged,
        by_grade={grade: grades[grade] for grade in get_args(Grade) if grades[grade]},
        days=len(by_day),
        busiest=tuple(sorted(by_day.items(), key=lambda row: (-row[1], row[0]))[:MOST_DAYS_TOLD]),
    )


def _with_draft_alone(draft: DraftDesign, around: Surroundings) -> Register:
    whole_time = Interval(around.replayed.start, FOREVER)
    version = replace(draft.drawn, valid_from=whole_time.start, valid_until=whole_time.end)
    clause = replace(draft.prohibition, during=whole_time, zones=(Zone(draft.zone_id, (version,)),))
    order = Order(draft.order.order_id, draft.order.wearer_id, whole_time, whole_time, (clause,))
    return replace(around.register, orders=(order,))


def _days_of(incident: Incident) -> Iterator[date]:
    """Yield the report days on which an incident lasted."""
    ended_at = incident.fixes[-1].recorded_at if incident.ended_at is None else incident.ended_at
    day, last = report_day_of(incident.began_at), report_day_of(ended_at)
    while day <= last:
        yield day
        day += timedelta(days=1)


def _grades(by_grade: Mapping[Grade, int]) -> str:
    """Return numbers of incidents by grade, never summed: they are not alike.

    >>> _grades({"confirmed": 2, "possible": 1})
    '2 confirmed and 1 possible incidents'
    """
    *others, last = [f"{count} {grade}" for grade, count in by_grade.items()]
    told = f"{', '.join(others)} and {last}" if others else last
    return f"{told} incident{'' if list(by_grade.values()) == [1] else 's'}"


def _days(count: int) -> str:
    return "one day" if count == 1 else f"{count} days"


def _busiest(replay: Replay) -> str:
    return ", ".join(f"{day} ({count})" for day, count in replay.busiest)
