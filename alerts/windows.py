"""How much of a track decides every incident from an instant on? Read more and more of it until it is enough."""

import asyncio
from dataclasses import dataclass

from alerts.particulars import Connection
from alerts.tracks import Stretch, read_fixes
from geofence.instants import MINUTE_US, Instant
from geofence.locality import settled_before
from geofence.register import Fitting, Register
from geofence.rules import Rules
from geofence.tracks import Tracks

CONTEXT_US = 120 * MINUTE_US  # how much before the instant is read at first; then twice as much each time


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A track from `start` on: it decides every incident whose last fix or exit is at or after `settled`.

    settled None: this is the whole track, and decides all there is.
    """

    tracks: Tracks
    start: Instant
    settled: Instant | None


async def sufficient_window(
    connection: Connection, fitting: Fitting, register: Register, rules: Rules, *, since: Instant, until: Instant
) -> Window:
    """Return the fixes of a fitting recorded before `until` that decide what may have changed from `since` on."""
    back_us = CONTEXT_US
    while True:
        start = Instant(max(since - back_us, fitting.fitted_at))
        tracks = (await read_fixes(connection, [Stretch(fitting.tag_id, start, until)])).tracks
        if start == fitting.fitted_at:
            return Window(tracks, start, None)
        settled = await asyncio.to_thread(settled_before, tracks, register, rules, since)
        if settled is not None:
            return Window(tracks, start, settled)
        back_us *= 2
