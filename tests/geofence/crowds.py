"""Several wearers whose tags are passed on or doubled, under orders whose every limit hangs on an instant of a fix."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from itertools import pairwise
from typing import NamedTuple

from hypothesis import strategies as st

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval, moment
from geofence.register import DAYS, Fitting, Order, Prohibition, Register, Window, Zone
from tests.geofence.town import ALWAYS, LONG_AGO, Fix, circle, polygon, version, zone
from tests.geofence.wanderings import wanderings

TAGS = (TagId("T-1"), TagId("T-2"), TagId("T-3"))
WEARERS = (WearerId("W-1"), WearerId("W-2"))
SHAPES = (
    circle(60),
    circle(150, 80),
    version(polygon((-120, -60), (80, -70), (90, 60), (0, 0), (-100, 90)), 20.0),
    version(polygon((-200, -200), (200, -200), (200, 200), (-200, 200), holes=[[(-30, -30), (30, -30), (0, 40)]])),
    version(polygon((-300, -4), (300, -4), (300, 4), (-300, 4))),
)


class Crowd(NamedTuple):
    """All that `judge` is told of them."""

    fixes: list[Fix]
    people: Register
    between: Interval
    horizon: Instant


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    """Return one to three tags with their fixes, some of them at one instant, and the people they belong to."""
    fixes: list[Fix] = []
    for tag in draw(st.sampled_from((TAGS[:1], TAGS[:2], TAGS))):
        own = draw(wanderings(most=14))
        numbered = draw(st.booleans())
        fixes += [
            replace(one, tag_id=tag, position_id=f"{n % 3}-{n}" if numbered and n % 4 else None)
            for n, one in enumerate(own)
        ]
        if draw(st.booleans()):
            twin = draw(st.sampled_from(own))
            fixes += [replace(twin, tag_id=tag, position_id=name, east_m=twin.east_m + 40) for name in ("y", "x")]
    hot = sorted({one.at for one in fixes})
    fittings = tuple(fitting for tag in TAGS for fitting in draw(_fittings(tag, hot)))
    orders = tuple(draw(_orders(f"O-{n}", wearer, hot)) for n, wearer in enumerate((*WEARERS, WEARERS[0])))
    between = draw(st.sampled_from((Interval(LONG_AGO, Instant(hot[-1] + SECOND_US)), draw(_spans(hot)))))
    horizon = draw(st.sampled_from((Instant(hot[-1] + SECOND_US), between.end, *hot[-3:])))
    people = Register(fittings, orders, {WEARERS[0]: "P-1"} if draw(st.booleans()) else {})
    return Crowd(fixes, people, between, horizon)


@st.composite
def _spans(draw: st.DrawFn, hot: Sequence[Instant]) -> Interval:
    start, end = sorted((draw(st.sampled_from(hot)), draw(st.sampled_from(hot))))
    return Interval(start, Instant(max(end, start + draw(st.sampled_from((1, 60, 1800))) * SECOND_US)))


@st.composite
def _fittings(draw: st.DrawFn, tag: TagId, hot: Sequence[Instant]) -> list[Fitting]:
    """Return who wears a tag: one of two, or one after the other, at once or with a pause between."""
    first, second = draw(st.sampled_from(WEARERS)), draw(st.sampled_from(WEARERS))
    if draw(st.booleans()):
        return [Fitting(tag, first, LONG_AGO)]
    handed = draw(_spans(hot))
    return [
        Fitting(tag, first, LONG_AGO, handed.start),
        Fitting(tag, second, draw(st.sampled_from((handed.start, handed.end)))),
    ]


@st.composite
def _orders(draw: st.DrawFn, name: str, wearer: WearerId, hot: Sequence[Instant]) -> Order:
    """Return an order of one or two clauses; suspensions may overlap."""
    clauses = tuple(draw(_clauses(f"{name}-{n}", hot)) for n in range(draw(st.integers(1, 2))))
    suspensions = tuple(draw(st.lists(_spans(hot), max_size=2)))
    aware = draw(st.sampled_from((None, None, FOREVER, *hot[:2])))
    during = draw(st.sampled_from((ALWAYS, ALWAYS, draw(_spans(hot)))))
    return Order(OrderId(name), wearer, during, ALWAYS, clauses, suspensions, aware)


@st.composite
def _clauses(draw: st.DrawFn, name: str, hot: Sequence[Instant]) -> Prohibition:
    zones = tuple(draw(_zones(f"Z-{name}-{n}", hot)) for n in range(draw(st.integers(0, 2))))
    schedule = draw(st.sampled_from((None, None, (draw(_windows(hot)),))))
    return Prohibition(ProhibitionId(f"P-{name}"), ALWAYS, zones, schedule, needs_zone=draw(st.booleans()))


@st.composite
def _windows(draw: st.DrawFn, hot: Sequence[Instant]) -> Window:
    """Return a window that opens and closes about when something happens."""
    start, until = (moment(draw(st.sampled_from(hot))) for _ in range(2))
    return Window(DAYS, time(start.hour, start.minute), time(until.hour, until.minute))


@st.composite
def _zones(draw: st.DrawFn, name: str, hot: Sequence[Instant]) -> Zone:
    """Return a zone of one version, or of several that follow on each other or leave a gap."""
    cuts = draw(st.lists(st.sampled_from(hot), max_size=2, unique=True))
    versions = []
    for number, (start, end) in enumerate(pairwise((LONG_AGO, *sorted(cuts), FOREVER)), 1):
        late = Instant(start + draw(st.sampled_from((0, 0, 600))) * SECOND_US) if number > 1 else start
        if late < end:
            drawn = draw(st.sampled_from(SHAPES))
            versions.append(replace(drawn, version=number, valid_from=late, valid_until=end))
    return zone(*versions, zone_id=name)
