"""The laws again, where tags are passed on and doubled, versions change, and fixes come at one instant."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geofence.ids import ZoneId
from geofence.instants import Instant, Interval
from geofence.judge import ZoneUnreadable, judge, judge_incidents
from geofence.judgement import Judgement, to_json
from geofence.register import Fitting, Order, Register, Zone, ZoneVersion
from geofence.rules import Rules
from tests.geofence.crowds import Crowd, crowds
from tests.geofence.oracle.force import in_force, version_at
from tests.geofence.oracle.shape import Shape
from tests.geofence.town import Fix, at, place, tracks
from tests.trying import tried

DAYS = Interval(at("-1 00:00"), at("+2 00:00"))
unhurried = tried(25)


def answer(crowd: Crowd) -> Judgement:
    return judge(tracks(crowd.fixes), crowd.people, Rules(), crowd.between, crowd.horizon)


@unhurried
@given(crowds(), st.randoms(use_true_random=False))
def test_law_1_neither_the_order_of_fixes_nor_of_the_register_matters(crowd: Crowd, random: Random) -> None:
    fixes, fittings, orders = list(crowd.fixes), list(crowd.people.fittings), list(crowd.people.orders)
    for column in (fixes, fittings, orders):
        random.shuffle(column)
    people = replace(crowd.people, fittings=tuple(fittings), orders=tuple(orders))
    assert to_json(answer(crowd._replace(fixes=fixes, people=people))) == to_json(answer(crowd))


@unhurried
@given(crowds())
def test_law_1_wearers_are_judged_alike_alone_and_together(crowd: Crowd) -> None:
    together = answer(crowd)
    assert judge_incidents(tracks(crowd.fixes), crowd.people, Rules(), *crowd[2:]) == together.incidents
    for wearer in {order.wearer_id for order in crowd.people.orders}:
        orders = tuple(order for order in crowd.people.orders if order.wearer_id == wearer)
        alone = answer(crowd._replace(people=replace(crowd.people, orders=orders)))
        assert alone.incidents == tuple(one for one in together.incidents if one.wearer_id == wearer)
        assert alone.coverage == tuple(row for row in together.coverage if row.wearer_id == wearer)
        assert alone.not_raised == tuple(row for row in together.not_raised if row.wearer_id == wearer)


def worn(one: Fix, fittings: tuple[Fitting, ...]) -> Iterator[Fitting]:
    """Yield the fitting in which a fix lies, if there is one."""
    yield from (f for f in fittings if f.tag_id == one.tag_id and f.fitted_at <= one.at < f.removed_at)


def zones_of(people: Register, fitting: Fitting) -> Iterator[tuple[Order, Zone, list[Interval]]]:
    """Yield the zones that bind a wearer, each with the intervals in which it is in force."""
    for order in people.orders:
        for clause in order.prohibitions if order.wearer_id == fitting.wearer_id else ():
            for zone in clause.zones:
                found = in_force(order, clause, zone, DAYS.end)
                yield order, zone, [Interval(one.start, one.end) for one in found]


def depth_m(one: Fix, drawn: ZoneVersion) -> float:
    return Shape(drawn).depth_m(*place(one.east_m, one.north_m))


@tried(25)
@given(crowds())
def test_law_3_every_fix_in_a_zone_in_force_is_raised_or_says_why_not(crowd: Crowd) -> None:
    found = answer(crowd._replace(between=DAYS))
    raised = {
        (i.zone_id, f.tag_id, f.recorded_at, f.position_id, f.mechanism) for i in found.incidents for f in i.fixes
    }
    left = [(row.zone_id, row.tag_id, row.recorded_at, row.position_id) for row in found.not_raised]
    known = [one for one in crowd.fixes if one.at < crowd.horizon]
    assert found.judged + found.unassigned == len(known)
    for one in known:
        for fitting in worn(one, crowd.people.fittings):
            for _, zone, intervals in zones_of(crowd.people, fitting):
                drawn = version_at(zone, one.at)
                if drawn and any(i.start <= one.at < i.end for i in intervals) and depth_m(one, drawn) > 0.01:
                    key = (zone.zone_id, one.tag_id, one.at, one.position_id)
                    assert ((*key, one.mechanism) in raised) or key in left


BOW_TIE = shapely.Polygon([(0, 51), (1, 52), (1, 51), (0, 52)])
UNREADABLE = [
    (BOW_TIE, 0.0),
    (BOW_TIE, 50.0),
    (shapely.Polygon(), 0.0),
    (shapely.Point(0, 51), 0.0),
    (shapely.Point(0, 51), float("nan")),
    (shapely.Point(float("nan"), 51), 5.0),
    (shapely.LineString([(0, 51), (0, 91)]), 5.0),
    (shapely.GeometryCollection([shapely.Point(0, 51)]), 5.0),
]


@unhurried
@given(crowds(), st.sampled_from(UNREADABLE), st.randoms(use_true_random=False))
def test_law_4_one_unreadable_version_anywhere_stops_the_judgement_by_name(
    crowd: Crowd, bad: tuple[shapely.Geometry, float], random: Random
) -> None:
    order = random.choice(crowd.people.orders)
    clause = order.prohibitions[0]
    drawn = ZoneVersion(7, Instant(0), Instant(1), *bad)
    spoilt = replace(clause, zones=(*clause.zones, Zone(ZoneId("Z-9"), (drawn,))))
    orders = tuple(
        replace(one, prohibitions=(spoilt, *one.prohibitions[1:])) if one is order else one
        for one in crowd.people.orders
    )
    with pytest.raises(ZoneUnreadable, match="zone Z-9, version 7: "):
        answer(crowd._replace(people=replace(crowd.people, orders=orders)))


@unhurried
@given(crowds())
def test_law_10_time_in_force_is_suspended_monitored_or_unmonitored(crowd: Crowd) -> None:
    low, high = crowd.between.start, min(crowd.between.end, crowd.horizon)
    for row in answer(crowd).coverage:
        gaps = row.unmonitored
        assert row.in_force_us == row.suspended_us + row.monitored_us + sum(gap.until - gap.start for gap in gaps)
        assert min(row.suspended_us, row.monitored_us) >= 0
        assert row.in_force_us <= max(high - low, 0)
        edges = [low, *(edge for gap in gaps for edge in (gap.start, gap.until)), max(high, low)]
        assert edges == sorted(edges)
        assert all(gap.start < gap.until for gap in gaps)


@unhurried
@given(crowds(), st.randoms(use_true_random=False))
def test_law_10_fewer_fixes_never_monitor_more(crowd: Crowd, random: Random) -> None:
    # Only cell fixes are let go: without a gps fix, one beside it that was implausible might count.
    kept = [one for one in crowd.fixes if one.mechanism != "cell" or random.random() < 0.5]
    before, after = answer(crowd).coverage, answer(crowd._replace(fixes=kept)).coverage
    for more, less in zip(before, after, strict=True):
        assert less.monitored_us <= more.monitored_us
        assert (less.in_force_us, less.suspended_us) == (more.in_force_us, more.suspended_us)
