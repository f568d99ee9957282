"""The laws of judging: 1 order, 3 nothing vanishes, 4 unreadable zones, 5 bigger zones, 9 locality, 10 silence."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geofence.accuracy import RADIUS_IN_SIGMAS
from geofence.fixes import in_order
from geofence.ids import TagId, WearerId
from geofence.in_force import span
from geofence.instants import FOREVER, Instant, Interval
from geofence.judge import ZoneUnreadable, judge
from geofence.judgement import Incident, Judgement, to_json
from geofence.locality import settled_before
from geofence.register import Fitting, Register
from geofence.rules import Rules
from geofence.verdict import INSIDE, verdicts
from geofence.zones import zones
from tests.geofence.town import Fix, at, circle, fix, judged, polygon, register, tracks, version, zone
from tests.geofence.wanderings import outing, towns, wanderings
from tests.trying import tried

DAY = Interval(at("00:00"), at("+2 00:00"))
unhurried = tried(40)


def whole(fixes: list[Fix], people: Register) -> Judgement:
    return judge(tracks(fixes), people, Rules(), DAY, DAY.end)


@unhurried
@given(wanderings(), towns(), st.randoms(use_true_random=False))
def test_law_1_any_order_of_the_same_fixes_gives_the_same_bytes(
    fixes: list[Fix], people: Register, random: object
) -> None:
    shuffled = list(fixes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert to_json(whole(shuffled, people)) == to_json(whole(fixes, people))


@unhurried
@given(wanderings(), towns())
def test_law_1_another_wearer_changes_nothing(fixes: list[Fix], people: Register) -> None:
    stranger = replace(fixes[0], tag_id=type(fixes[0].tag_id)("T-0"))
    both = whole([stranger, *fixes], people)
    assert both.unassigned == 1
    assert replace(both, unassigned=0) == whole(fixes, people)


def test_law_4_an_unreadable_zone_stops_the_judgement_by_name() -> None:
    bad = replace(version(shapely.Polygon([(0, 51), (1, 52), (1, 51), (0, 52)])), version=3)
    with pytest.raises(ZoneUnreadable, match="zone Z-9, version 3: a ring crosses itself"):
        judged([fix("10:00", 0)], register(zone(circle()), zone(bad, zone_id="Z-9")))


def verdict_of(fixes: list[Fix], people: Register) -> tuple["np.ndarray[tuple[int], np.dtype[np.bool_]]", ...]:
    """Return, for the first zone, which fixes are INSIDE, and their depths and p_inside."""
    evidence = in_order(tracks(fixes), people, Rules(), FOREVER)
    there = zones(people, span(at("10:00"), at("12:00")))
    every = np.arange(len(evidence))
    found = verdicts(evidence, there.shapes, Rules(), every, np.zeros(len(every), dtype=np.int64))
    return found.verdict == INSIDE, found.depth_m, found.p_inside  # type: ignore[return-value]


@unhurried
@given(wanderings(), towns(), st.floats(0.01, 200))
def test_law_5_a_bigger_zone_loses_no_inside_fix(fixes: list[Fix], people: Register, more_m: float) -> None:
    (order,) = people.orders
    small = order.prohibitions[0].zones[0].versions[0]
    large = replace(small, distance_m=small.distance_m + more_m)
    before, *_ = verdict_of(fixes, register(zone(small)))
    after, *_ = verdict_of(fixes, register(zone(large)))
    assert not (before & ~after).any()


@unhurried
@given(wanderings(), st.floats(20, 300), st.floats(0.1, 0.99))
def test_law_5_in_a_convex_zone_a_more_exact_fix_inside_is_no_less_sure(
    fixes: list[Fix], radius_m: float, share: float
) -> None:
    people = register(zone(circle(radius_m)))
    _, depth, sure = verdict_of(fixes, people)
    exact = [replace(one, accuracy_m=max(one.accuracy_m * share, 5.0)) for one in fixes]
    _, _, surer = verdict_of(exact, people)
    assert (surer >= sure - 1e-6)[depth > 0].all()
    assert pytest.approx(2.4477, abs=1e-4) == RADIUS_IN_SIGMAS


def last_at(incident: Incident) -> Instant:
    """Return the latest likely fix of an incident, or a crossing's exit."""
    likely = [one.recorded_at for one in incident.fixes if one.p_inside >= 0.5 and not one.implausible]
    return max([*likely, *([incident.ended_at] if incident.kind == "crossing" and incident.ended_at else [])])


def settled_at(fixes: list[Fix], people: Register, since: Instant) -> Instant | None:
    """Return the settled instant of the only track."""
    (fitting,) = people.fittings
    return settled_before(tracks(fixes), people, Rules(), {fitting: since}).get(fitting)


@tried(50)
@given(st.integers(0, 2**32), towns(), st.integers(0, 20), st.integers(60, 100))
def test_law_9_the_window_that_is_settled_decides_as_everything_does(
    seed: int, people: Register, start: int, change: int
) -> None:
    fixes = outing(seed)
    since = fixes[min(change, len(fixes) - 1)].at
    window = [one for one in fixes if one.at >= fixes[start].at]
    settled = settled_at(window, people, since)
    assume(settled is not None)
    assert settled is not None
    assert settled <= since
    everything = whole(fixes, people).incidents
    for part in (window, [one for one in fixes if one.at >= settled]):
        assert [i for i in whole(part, people).incidents if last_at(i) >= settled] == [
            i for i in everything if last_at(i) >= settled
        ]
    changed = [one for one in fixes if one.at < since or one.at % 7 < 4]
    assert [i for i in whole(changed, people).incidents if last_at(i) < settled] == [
        i for i in everything if last_at(i) < settled
    ]


@tried(25)
@given(st.lists(st.integers(0, 2**32), min_size=2, max_size=4), towns())
def test_law_9_a_track_is_settled_among_others_as_it_is_alone(seeds: list[int], people: Register) -> None:
    (order,) = people.orders
    walks: dict[Fitting, list[Fix]] = {}
    for number, seed in enumerate(seeds):
        worn = replace(people.fittings[0], tag_id=TagId(f"T-{number}"), wearer_id=WearerId(f"W-{seed % 3}"))
        # Of every third, too little is there to show a settled instant.
        walks[worn] = [replace(one, tag_id=worn.tag_id) for one in outing(seed)[seed % 20 :][: None if seed % 3 else 6]]
    since = {worn: walk[max(-1 - number * 7, -len(walk))].at for number, (worn, walk) in enumerate(walks.items())}
    orders = tuple(replace(order, wearer_id=wearer) for wearer in sorted({worn.wearer_id for worn in walks}))
    everybody = Register(tuple(walks), orders)
    together = settled_before(tracks([one for walk in walks.values() for one in walk]), everybody, Rules(), since)
    for worn, walk in walks.items():
        alone = settled_before(tracks(walk), replace(everybody, fittings=(worn,)), Rules(), {worn: since[worn]})
        assert together.get(worn) == alone.get(worn)


def test_a_walk_past_shows_a_settled_instant_and_a_stay_inside_shows_none() -> None:
    walk = [fix(f"10:{minute:02d}", 900 if minute < 20 else 0) for minute in range(30)]
    people = register(zone(circle()))
    assert settled_at(walk, people, at("10:29")) == at("10:19")
    assert settled_at(walk, people, at("10:05")) is None
    assert settled_at(walk[20:], people, at("10:29")) is None


@unhurried
@given(wanderings(), towns())
def test_law_10_time_is_suspended_monitored_or_unmonitored_and_never_two_of_them(
    fixes: list[Fix], people: Register
) -> None:
    for row in whole(fixes, people).coverage:
        unmonitored = sum(gap.until - gap.start for gap in row.unmonitored)
        assert row.in_force_us == row.suspended_us + row.monitored_us + unmonitored
        assert all(one.until <= other.start for one, other in zip(row.unmonitored, row.unmonitored[1:], strict=False))
        assert row.in_force_us == 48 * 3_600_000_000


@unhurried
@given(wanderings(), towns())
def test_law_3_what_touched_a_zone_is_in_an_incident_or_says_why_not(fixes: list[Fix], people: Register) -> None:
    judgement = whole(fixes, people)
    raised = {(i.zone_id, one.recorded_at, one.mechanism) for i in judgement.incidents for one in i.fixes}
    left = {(row.zone_id, row.recorded_at) for row in judgement.not_raised}
    first = people.orders[0].prohibitions[0].zones[0]
    _, depth, _ = verdict_of(fixes, register(first))
    evidence = in_order(tracks(fixes), people, Rules(), FOREVER)
    for one in np.flatnonzero(depth >= 0).tolist():
        found = next(f for f in fixes if f.at == evidence.at[one] and f.mechanism == _NAMES[evidence.mechanism[one]])
        assert (first.zone_id, found.at, found.mechanism) in raised or (first.zone_id, found.at) in left


_NAMES = ("cell", "gps", "rf", "unknown", "wifi")
_PRINT = """
import sys
from tests.geofence.test_laws import a_busy_day
sys.stdout.buffer.write(a_busy_day())
"""


def a_busy_day() -> bytes:
    """Return the judgement of 200 fixes around three zones, as it is printed."""
    random = np.random.default_rng(11)
    walk = [
        replace(Fix(Instant(at("10:00") + n * 60_000_000), *random.normal(0, 120, 2).tolist()), accuracy_m=accuracy_m)
        for n, accuracy_m in enumerate(random.uniform(3, 80, 200).tolist())
    ]
    shape = version(polygon((-120, -60), (80, -70), (90, 60), (0, 0), (-100, 90)), 20.0)
    people = register(zone(circle(60)), zone(shape, zone_id="Z-2"), zone(replace(shape, distance_m=0.0), zone_id="Z-3"))
    return to_json(whole(walk, people))


_FEATURES = """
import json
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(json.dumps([name for name in __cpu_dispatch__ if __cpu_features__.get(name)]))
"""


def run(program: str, **environment: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, **environment}
    )
    return done.stdout


def test_r0_other_processors_print_the_same_bytes() -> None:
    plain = run(_PRINT, NPY_DISABLE_CPU_FEATURES=" ".join(json.loads(run(_FEATURES))))
    assert plain == a_busy_day()
    assert len(json.loads(plain)["incidents"]) > 3
