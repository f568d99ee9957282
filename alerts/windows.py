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


async def sufficient_windows(
    connection: Connection, wanted: Sequence[Wanted], register: Register, rules: Rules, now: Instant, most_us: int
) -> dict[Fitting, Window]:
    """Return the fixes of different fittings that decide what may have changed; as many as are affordable.

    register: these fittings, and what binds their wearers. most_us: how much time up to `now` the windows may take
    together, the first fitting's not counted: its comes in any case. For what this does not suffice is left out.
    1. Read some time before each instant.
    2. Where that shows no settled instant: is there nothing before it? Then this is the whole track.
    3. Else read twice as much, or beyond the silence before it, and so on.
    """
    found: dict[Fitting, Window] = {}
    starts = {one: Instant(max(one.since - FIRST_CONTEXT_US, one.fitting.fitted_at)) for one in wanted}
    while starts:
        taken_us = sum(now - window.start for fitting, window in found.items() if fitting != wanted[0].fitting)
        starts = _affordable(starts, wanted[0], now, most_us - taken_us)
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
                found[one.fitting] = Window(fixes, one.fitting.fitted_at if at is None else starts[one], at)
        starts = further
    return found


def _stretch(one: Wanted, start: Instant) -> Stretch:
    return Stretch(one.fitting.tag_id, start, one.until)


def _affordable(starts: Mapping[Wanted, Instant], first: Wanted, now: Instant, most_us: int) -> dict[Wanted, Instant]:
    """Return as many of some windows, in their order, as `most_us` suffices for, and that of `first` besides."""
    costs = accumulate(0 if one == first else now - start for one, start in starts.items())
    return {one: start for (one, start), cost_us in zip(starts.items(), costs, strict=True) if cost_us <= most_us}


def _further(one: Wanted, start: Instant, last: Instant) -> Instant:
    """Return where a window begins that was too short: twice as long, and with something new in it.

    last: when the last fix before `start` was recorded.
    """
    return Instant(max(min(2 * start - one.since, last - FIRST_CONTEXT_US), one.fitting.fitted_at))


async def sufficient_window(connection: Connection, wanted: Wanted, register: Register, rules: Rules) -> Window:
    """Return the fixes of one fitting that decide what may have changed; `register` has no other fitting."""
    found = await sufficient_windows(connection, [wanted], register, rules, wanted.until, 0)
    return found[wanted.fitting]
