"""All clocks of one kind or of many, in order and in pages."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from alerts.particulars import Connection
from geofence.instants import Instant
from service.register.clocks.awaiting import drafts, proposals
from service.register.clocks.clock import Clock, Kind, Place
from service.register.clocks.emergencies import emergencies
from service.register.clocks.endings import monitoring_ending, orders_ending
from service.register.clocks.hearings import hearings
from service.register.clocks.notified import notifications_due
from service.register.clocks.suspended import suspensions
from service.register.clocks.zones_awaited import zones_awaited

# Given a connection, the present instant, and a force or None for all.
Reading = Callable[[Connection, Instant, str | None], Awaitable[list[Clock]]]

READINGS: Mapping[Kind, Reading] = {
    "hearing": hearings,
    "notification": notifications_due,
    "monitoring_ends": monitoring_ending,
    "order_ends": orders_ending,
    "zone_awaited": zones_awaited,
    "suspension": suspensions,
    "emergency": emergencies,
    "proposal": proposals,
    "draft": drafts,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clocks. overdue: only those, or only the others. after: the place of the last one that was shown."""

    kinds: Collection[Kind]
    force: str | None = None
    overdue: bool | None = None
    after: Place | None = None
    limit: int = 100


async def list_clocks(connection: Connection, now: Instant, wanted: Wanted) -> tuple[list[Clock], Place | None]:
    """Return up to `limit` clocks by their places, and the place after which the next page begins (None: no more).

    All are read for each page: when a hearing is due no database can tell, and few clocks run at a time.
    """
    found = []
    for kind in wanted.kinds:
        found += await READINGS[kind](connection, now, wanted.force)
    shown = sorted(
        (
            clock
            for clock in found
            if (wanted.overdue is None or (clock.state == "overdue") == wanted.overdue)
            and (wanted.after is None or clock.place > wanted.after)
        ),
        key=lambda clock: clock.place,
    )
    more = len(shown) > wanted.limit
    return shown[: wanted.limit], shown[wanted.limit - 1].place if more else None
