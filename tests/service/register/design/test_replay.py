"""What the replay counts is what `judge` says of a register written by hand with the draft alone in force."""

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from geofence.instants import FOREVER, MINUTE_US, SECOND_US, Instant, Interval
from geofence.judge import judge
from geofence.judgement import Judgement
from geofence.register import DAYS, Fitting, Window, Zone, ZoneVersion
from service.register.design.answer import Replay
from service.register.design.draft import DraftDesign, Surroundings
from tests.geofence.town import TAG, WEARER, Fix, at, register
from tests.geofence.wanderings import outing
from tests.service.register.design.values import (
    BEGAN,
    CIRCLE,
    DAY_US,
    DRAFT,
    NOW,
    RULES,
    WINDOW,
    around,
    checked,
    clause,
    draft,
    drawn,
    left,
    order,
    point,
    text,
    warned,
)

NIGHTS = (Window(DAYS, time(20), time(11)),)


def day(number: int) -> date:
    """The report day so many days before that of the check."""
    return date(2026, 11, 20) - timedelta(days=number)


def weeks(seed: int, count: int = 20) -> list[Fix]:
    """Fixes of an outing on each of some days, the last of them the day before the check."""
    return [
        replace(fix, at=Instant(fix.at - (number + 1) * DAY_US))
        for number in range(count)
        for fix in outing(100 * seed + number)
    ]


def judged_alone(
    version: ZoneVersion, surroundings: Surroundings, schedule: tuple[Window, ...] | None = None
) -> Judgement:
    """Judge with a register that holds nothing but the draft, in force from the window's start on."""
    whole = Interval(WINDOW.start, FOREVER)
    zone = Zone(DRAFT, (replace(version, valid_from=whole.start, valid_until=whole.end),))
    people = register(zone, schedule=schedule, during=whole, fittings=(Fitting(TAG, WEARER, BEGAN),))
    return judge(surroundings.tracks, people, RULES, WINDOW, NOW)


def replay_of(design: DraftDesign, surroundings: Surroundings) -> Replay:
    replay = checked(design, surroundings).replay
    assert replay is not None
    return replay


@pytest.mark.parametrize("schedule", [None, NIGHTS], ids=["always", "at night"])
@pytest.mark.parametrize("seed", range(3))
def test_the_counts_are_those_of_a_plain_judgement(seed: int, schedule: tuple[Window, ...] | None) -> None:
    surroundings = around(weeks(seed))
    plain = judged_alone(CIRCLE, surroundings, schedule)
    assert len({incident.grade for incident in plain.incidents}) >= 3
    replay = replay_of(draft(of=order(clause(schedule=schedule))), surroundings)
    assert replay.by_grade == Counter(incident.grade for incident in plain.incidents)
    assert (replay.fixes, replay.since, replay.until) == (plain.judged, WINDOW.start, NOW)
    on = Counter(begins for incident in plain.incidents for begins in [_day_of(incident.began_at)])
    assert replay.days == len(on)
    assert dict(replay.busiest).items() <= on.items()
    assert [count for _, count in replay.busiest] == sorted(on.values(), reverse=True)[:3]


def _day_of(instant: Instant) -> date:
    # No outing lasts over midnight, and London's clocks show UTC in November.
    return date(1970, 1, 1) + timedelta(days=instant // DAY_US)


def test_fewer_are_raised_when_the_schedule_is_open_for_less() -> None:
    surroundings = around(weeks(1))
    always = replay_of(draft(), surroundings)
    at_night = replay_of(draft(of=order(clause(schedule=NIGHTS))), surroundings)
    assert sum(at_night.by_grade.values()) < sum(always.by_grade.values())


NEVER = Interval(Instant(NOW + DAY_US), Instant(NOW + 2 * DAY_US))


@pytest.mark.parametrize(
    "of",
    [
        order(clause(during=NEVER)),
        order(clause(), during=NEVER),
        order(clause(), monitoring=NEVER),
        order(clause(), monitoring=None),
        replace(order(clause()), suspensions=(WINDOW,)),
        replace(order(clause()), before_aware_until=FOREVER),
        order(clause(Zone(DRAFT, (drawn(point(0), 5000.0),)), Zone(DRAFT, (drawn(point(0), 9000.0),)))),
    ],
    ids=["prohibition", "order", "monitoring", "no monitoring", "suspended", "not aware", "published zones"],
)
def test_it_is_judged_as_if_all_but_the_schedule_had_held_all_the_time(of: Any) -> None:
    surroundings = around(weeks(2), [of])
    starts_later = replace(CIRCLE, valid_from=NEVER.start, valid_until=NEVER.end)
    assert replay_of(draft(starts_later, of), surroundings) == replay_of(draft(), around(weeks(2)))


def test_who_lives_in_the_zone_is_one_incident_on_every_day() -> None:
    stay = [Fix(Instant(NOW - minute * 10 * MINUTE_US), 0.0) for minute in range(1, 3 * 144)]
    found = checked(draft(), around(stay))
    assert found.replay is not None
    assert (found.replay.by_grade, found.replay.days) == ({"confirmed": 1}, 4)
    assert text(found, "replay") == (
        "from 2026-10-21T09:00:00Z to 2026-11-20T09:00:00Z it would have raised 1 confirmed incident on 4 days,"
        " the most on 2026-11-17 (1), 2026-11-18 (1), 2026-11-19 (1): the wearer may live, work or pass there"
    )


def test_the_days_with_the_most_come_first() -> None:
    def visit(number: int, clock: str) -> list[Fix]:
        start = at(clock) - number * DAY_US
        return [Fix(Instant(start + 60 * step * SECOND_US), east) for step, east in enumerate((900.0, 0.0, 900.0))]

    walks = [*visit(9, "10:00"), *visit(5, "10:00"), *visit(5, "12:00"), *visit(2, "10:00"), *visit(1, "08:00")]
    found = checked(draft(), around(walks))
    assert found.replay is not None
    assert found.replay.busiest == ((day(5), 2), (day(9), 1), (day(2), 1))
    assert (found.replay.by_grade, found.replay.days) == ({"probable": 5}, 4)
    assert "5 probable incidents on 4 days" in text(found, "replay")


def test_fixes_elsewhere_raise_nothing_and_are_counted() -> None:
    found = checked(draft(), around([Fix(Instant(NOW - minute * MINUTE_US), 5000.0) for minute in range(1, 30)]))
    assert warned(found, "replay") is None
    assert left(found, "replay") == ""
    assert found.replay == Replay(WINDOW.start, NOW, 29, {}, 0, ())


def test_a_replay_that_begins_late_says_so() -> None:
    late = Interval(Instant(NOW - DAY_US), NOW)
    found = checked(draft(), around([Fix(Instant(NOW - MINUTE_US), 0.0)], replayed=late, cut=True))
    assert "those before 2026-11-19T09:00:00Z are left out" in left(found, "replay")
    assert "from 2026-11-19T09:00:00Z to 2026-11-20T09:00:00Z" in text(found, "replay")


def test_a_zone_as_large_as_the_earth_is_not_replayed() -> None:
    found = checked(draft(drawn(point(0), 1e300)), around([Fix(Instant(NOW - MINUTE_US), 0.0)]))
    assert found.replay is None
    assert "reaches too far" in left(found, "replay")
