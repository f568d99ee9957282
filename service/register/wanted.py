"""Which rows does a register file ask for, and from when on could each change a judgement?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from geofence.ids import WearerId
from geofence.instants import Instant
from service.register import rows
from service.register.content import Content, OrderEntry, ProhibitionEntry
from service.register.rows import Row

TableName = Literal["force", "wearer", "fitting", "court_order", "suspension", "prohibition", "zone", "zone_version"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row that a file asks for.

    place: what messages call it. wearer_id, since: whose tracks it concerns, from when on; None where it concerns none.
    """

    table: TableName
    row: Row
    place: str
    wearer_id: WearerId | None = None
    since: Instant | None = None


def wanted_rows(content: Content) -> Iterator[Wanted]:
    """Yield every row that a file asks for, recipients apart; what is referred to before what refers to it."""
    for force in content.forces:
        yield Wanted("force", rows.force_row(force), force.place)
    for wearer in content.wearers:
        yield Wanted("wearer", rows.wearer_row(wearer), wearer.place)
    for fitting in content.fittings:
        yield Wanted("fitting", rows.fitting_row(fitting), fitting.place, fitting.wearer_id, fitting.fitted_at)
    for order in content.orders:
        yield from _order_rows(order)


def _order_rows(order: OrderEntry) -> Iterator[Wanted]:
    whose, since = order.wearer_id, order.effective_from
    yield Wanted("court_order", rows.order_row(order), order.place, whose, since)
    for suspension in order.suspensions:
        yield Wanted(
            "suspension", rows.suspension_row(suspension, order), suspension.place, whose, max(since, suspension.start)
        )
    for prohibition in order.prohibitions:
        yield from _prohibition_rows(prohibition, order)


def _prohibition_rows(prohibition: ProhibitionEntry, order: OrderEntry) -> Iterator[Wanted]:
    whose, since = order.wearer_id, max(order.effective_from, prohibition.start)
    yield Wanted("prohibition", rows.prohibition_row(prohibition, order), prohibition.place, whose, since)
    for zone in prohibition.zones:
        yield Wanted("zone", rows.zone_row(zone, prohibition), zone.place, whose, since)
        for version in zone.versions:
            valid = max(since, version.valid_from)
            yield Wanted("zone_version", rows.version_row(version, zone), version.place, whose, valid)
