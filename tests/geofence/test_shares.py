"""Judged in shares and put together is judged at once: whoever wore whose tag, whatever nobody wore."""

from dataclasses import replace
from datetime import time
from typing import get_args

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, MINUTE_US, Instant, Interval
from geofence.judge import judge
from geofence.judgement import NotJudged, to_json
from geofence.register import DAYS, Fitting, Order, Register, Window
from geofence.rules import Rules
from geofence.shares import Shares, shares, together
from geofence.tracks import EventKind, TagEvent, Tracks
from tests.geofence.town import LONG_AGO, Fix, at, circle, fix, judged, register, tracks, zone
from tests.geofence.wanderings import towns, wanderings

JUDGED = Interval(at("00:00"), at("+2 00:00"))
TAGS = [TagId(f"T-{number}") for number in range(5)]
WEARERS = [WearerId(f"W-{number}") for number in range(4)]
# Always; evenings that run into the next day; all week, so that it has no gap at all.
SCHEDULES = (None, (Window(("fri", "sat"), time(10, 15), time(8)),), (Window(DAYS, time(), time()),))


@st.composite
def orders(draw: st.DrawFn, wearer_id: WearerId) -> Order:
    """Return a wearer's order about a town of his own."""
    (order,) = draw(towns()).orders
    (clause,) = order.prohibitions
    zones = tuple(replace(one, zone_id=ZoneId(f"{one.zone_id}-{wearer_id}")) for one in clause.zones)
    name = ProhibitionId(f"P-{wearer_id}")
    clause = replace(clause, prohibition_id=name, zones=zones, schedule=draw(st.sampled_from(SCHEDULES)))
    return replace(order, order_id=OrderId(f"O-{wearer_id}"), wearer_id=wearer_id, prohibitions=(clause,))


@st.composite
def fittings(draw: st.DrawFn, tag_id: TagId) -> list[Fitting]:
    """Return whom a tag was fitted to: nobody, one, or one after the other, with or without a pause."""
    wearers = draw(st.lists(st.sampled_from(WEARERS), max_size=3))
    minutes = sorted(draw(st.lists(st.integers(0, 90), min_size=6, max_size=6, unique=True)))
    cuts = [Instant(at("10:00") + minute * MINUTE_US) for minute in minutes]
    return [
        Fitting(
            tag_id,
            wearer_id,
            LONG_AGO if number == 0 else cuts[2 * number - draw(st.integers(0, 1))],
            FOREVER if number == len(wearers) - 1 else cuts[2 * number + 1],
        )
        for number, wearer_id in enumerate(wearers)
    ]


@st.composite
def people(draw: st.DrawFn) -> Register:
    worn = tuple(one for tag_id in TAGS[:4] for one in draw(fittings(tag_id)))
    bound = draw(st.lists(st.sampled_from(WEARERS), min_size=1, unique=True))
    named = {wearer_id: f"person {wearer_id}" for wearer_id in draw(st.lists(st.sampled_from(WEARERS), unique=True))}
    return Register(worn, tuple(draw(orders(wearer_id)) for wearer_id in bound), named)


@st.composite
def evidence(draw: st.DrawFn) -> Tracks:
    """Return the fixes of several tags, some of them a day later, and what the tags say of themselves."""
    found: list[Fix] = []
    for tag_id in draw(st.lists(st.sampled_from(TAGS), unique=True)):
        later, person = draw(st.sampled_from((0, 0, 1_440))), draw(st.sampled_from((None, "person W-0")))
        for one in draw(wanderings(15)):
            when = Instant(one.at + later * MINUTE_US)
            found.append(replace(one, at=when, tag_id=tag_id, person_id=person))
    events = draw(
        st.lists(
            st.builds(
                TagEvent,
                st.sampled_from(TAGS),
                st.integers(0, 120).map(lambda minute: Instant(at("10:00") + minute * MINUTE_US)),
                st.sampled_from((None, at("11:00"))),
                st.sampled_from(get_args(EventKind)),
            ),
            max_size=4,
        )
    )
    return tracks(
        draw(st.permutations(found)), [one for one in events if not one.ended_at or one.occurred_at < one.ended_at]
    )


def in_share(fixes: Tracks, parted: Shares, number: int) -> Tracks:
    """Return what of some fixes and events belongs to one share."""
    own = np.array([parted.share_of(tag_id) == number for tag_id in fixes.tag_ids], dtype=np.bool_)
    kept = own[fixes.tag]
    names = [name for name in Tracks.__dataclass_fields__ if name not in {"tag_ids", "events"}]
    columns = {name: getattr(fixes, name)[kept] for name in names}
    events = [event for event in fixes.events if parted.share_of(event.tag_id) == number]
    return Tracks(tag_ids=fixes.tag_ids, **columns, events=events)


@given(evidence(), people(), st.integers(1, 5), st.sampled_from((at("10:40"), JUDGED.end)))
def test_shares_put_together_are_the_whole(fixes: Tracks, register: Register, count: int, horizon: Instant) -> None:
    parted = shares(register, count)
    assert len(parted) == count
    parts = [
        judge(in_share(fixes, parted, number), own, Rules(), JUDGED, horizon)
        for number, own in enumerate(parted.registers)
    ]
    assert to_json(together(parts)) == to_json(judge(fixes, register, Rules(), JUDGED, horizon))


@given(people(), st.integers(1, 5))
def test_everybody_is_in_one_share_with_all_that_concerns_him(register: Register, count: int) -> None:
    parted = shares(register, count)
    for part in ("fittings", "orders"):
        dealt = [row for own in parted.registers for row in getattr(own, part)]
        assert len(dealt) == len(getattr(register, part))
        assert set(dealt) == set(getattr(register, part))
    names = [pair for own in parted.registers for pair in own.provider_person_ids.items()]
    assert sorted(names) == sorted(register.provider_person_ids.items())
    for number, own in enumerate(parted.registers):
        assert all(parted.share_of(fitting.tag_id) == number for fitting in own.fittings)


def test_wearers_without_common_tags_are_dealt_out_evenly() -> None:
    worn = tuple(Fitting(TagId(f"T-{number}"), WearerId(f"W-{number}"), LONG_AGO) for number in range(6))
    assert [len(own.fittings) for own in shares(Register(worn, ()), 3).registers] == [2, 2, 2]


def test_a_tag_of_nobody_has_a_share_that_is_the_same_everywhere() -> None:
    parted = shares(register(zone(circle())), 64)
    assert [parted.share_of(TagId(name)) for name in ("T-9", "T-10", "Ŧ")] == [25, 4, 41]


def test_rows_of_several_shares_stand_in_the_order_of_judge() -> None:
    bound, fixes = [], []
    for number in range(3):
        (order,) = register(zone(circle(), zone_id=f"Z-{3 - number}")).orders
        (clause,) = order.prohibitions
        clause = replace(clause, prohibition_id=ProhibitionId(f"P-{number}"))
        bound.append(replace(order, wearer_id=WEARERS[number], prohibitions=(clause,)))
        for hour in (10 + number, 15 - number, 16):
            fixes += [
                fix(f"{hour}:00", 0, tag_id=TAGS[number]),
                fix(f"{hour}:40", 99.5, accuracy_m=50, tag_id=TAGS[number]),
                fix(f"{hour}:20", 900, tag_id=TAGS[number]),
            ]
    worn = tuple(Fitting(TAGS[number], WEARERS[number], LONG_AGO) for number in range(3))
    everything, parted = Register(worn, tuple(bound)), shares(Register(worn, tuple(bound)), 2)
    parts = [
        judge(in_share(tracks(fixes), parted, number), own, Rules(), JUDGED, JUDGED.end)
        for number, own in enumerate(parted.registers)
    ]
    assert [(len(one.incidents), len(one.not_raised)) for one in parts] == [(6, 6), (3, 3)]
    assert together(parts) == judge(tracks(fixes), everything, Rules(), JUDGED, JUDGED.end)


def test_zones_that_were_not_judged_are_all_named() -> None:
    one = judged([fix("10:00", 0)], register(zone(circle())))
    rows = [NotJudged(ZoneId(name), "unreadable") for name in ("Z-2", "Z-1")]
    both = together([replace(one, not_judged=(row,)) for row in rows])
    assert both.not_judged == (rows[1], rows[0])
