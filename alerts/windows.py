"""How much of a track decides every incident from an instant on? Read more and more of it until it is enough."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from alerts.particulars import Connection
from alerts.stretches import Fixes, read_stretches, tracks_of
from alerts.tracks import Stretch, last_fixes
from geofence.instants import MINUTE_US, Instant
from geofence.locality import settled_before
from geofence.register import Fitting, Register
from geofence.rules import Rules

CONTEXT_US = 120 * MINUTE_US  # how much before its day the morning run looks for tracks
FIRST_CONTEXT_US = 30 * MINUTE_US  # how much before the instant is read at first; then twice as much each time


class Wanted(NamedTuple):
    """A track up to `until`, of which everything may have changed from `since` on."""

    fitting: Fitting
    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A track from `start` on: it decides every incident whose last fix or exit is at or after `settled`.

    settled None: this is the whole track, and decides all there is.
    """

    fixes: Fixes
    start: Instant
    settled: Instant | None


class Budget(NamedTuple):
    """How much time up to `now` windows may take together. That of `first` comes in any case, and is not counted."""

    first: Fitting
    now: Instant
    most_us: int


async def sufficient_windows(
    connection: Connection, wanted: Sequence[Wanted], register: Register, rules: Rules, budget: Budget
) -> dict[Fitting, Window]:
    """Return the fixes of different fittings that decide what may have changed; as many as are affordable.

    register: these fittings, and what binds their wearers. That for which the budget does not suffice is left out.
    1. Read some time before each instant.
    2. Where that shows no settled instant: is there nothing before it? Then this is the whole track.
    3. Else read twice as much, or beyond the silence before it, and so on.
    """
    found: dict[Fitting, Window] = {}
    taken_us = 0
    starts = {one: Instant(max(one.since - FIRST_CONTEXT_US, one.fitting.fitted_at)) for one in wanted}
    while starts:
        starts = _affordable(starts, budget, taken_us)
        read = await read_stretches(connection, [_stretch(one, start) for one, start in starts.items()])
        windows = dict(zip(starts, read, strict=True))
        asked = {one.fitting: one.since for one, start in starts.items() if start > one.fitting.fitted_at}
        tracks = tracks_of([fixes for one, fixes in windows.items() if one.fitting in asked])
        settled = await asyncio.to_thread(settled_before, tracks, register, rules, asked)
        unsettled = [one for one in windows if one.fitting in asked and one.fitting not in settled]
        before = [Stretch(one.fitting.tag_id, one.fitting.fitted_at, starts[one]) for one in unsettled]
        further: dict[Wanted, Instant] = {}
        for one, last in zip(unsettled, await last_fixes(connection, before) if before else (), strict=True):
            if last is not None:
                further[one] = _further(one, starts[one], last)
        for one, fixes in windows.items():
            at = settled.get(one.fitting)
            if one not in further:
                taken_us += _cost_us(one, starts[one], budget)
                found[one.fitting] = Window(fixes, one.fitting.fitted_at if at is None else starts[one], at)
        starts = further
    return found


def _stretch(one: Wanted, start: Instant) -> Stretch:
    return Stretch(one.fitting.tag_id, start, one.until)


def _affordable(starts: Mapping[Wanted, Instant], budget: Budget, taken_us: int) -> dict[Wanted, Instant]:
    """Return as many of some windows, in their order, as the budget suffices for, and that of its first in any case."""
    spent = accumulate(_cost_us(one, start, budget) for one, start in starts.items())
    return {
        one: start
        for (one, start), spent_us in zip(starts.items(), spent, strict=True)
        if one.fitting == budget.first or taken_us + spent_us <= budget.most_us
    }


def _cost_us(one: Wanted, start: Instant, budget: Budget) -> int:
    return 0 if one.fitting == budget.first else budget.now - start


def _further(one: Wanted, start: Instant, last: Instant) -> Instant:
    """Return where a window begins that was too short: twice as long, and with something new in it.

    last: when the last fix before `start` was recorded.
    """
    return Instant(max(min(2 * start - one.since, last - FIRST_CONTEXT_US), one.fitting.fitted_at))


async def sufficient_window(connection: Connection, wanted: Wanted, register: Register, rules: Rules) -> Window:
    """Return the fixes of one fitting that decide what may have changed; `register` has no other fitting."""
    alone = Budget(wanted.fitting, wanted.until, 0)
    found = await sufficient_windows(connection, [wanted], register, rules, alone)
    return found[wanted.fitting]
