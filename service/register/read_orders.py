"""Reading orders: the court's document with its period, monitoring requirement, suspensions and clauses."""

import json

from geofence.ids import OrderId, WearerId
from service.register.content import KINDS, Ends, Monitoring, OrderEntry, SuspensionEntry
from service.register.entry import UNREAD, Entry
from service.register.read_prohibitions import read_prohibition

_UNREAD_ENDS = Ends("date", at=UNREAD)


def read_order(entry: Entry) -> OrderEntry:
    """Read an order and everything within it."""
    order = OrderEntry(
        order_id=OrderId(entry.identity("order_id")),
        kind=entry.choice("kind", KINDS),
        reference=entry.text("reference"),
        court=entry.optional_text("court"),
        force=entry.identity("force"),
        wearer_id=WearerId(entry.identity("wearer_id")),
        made_on=entry.day("made_on"),
        without_notice=entry.flag("without_notice"),
        aware_from=entry.optional_instant("aware_from"),
        effective_from=entry.instant("effective_from"),
        ends=_ends(entry.child("ends", required=True)),
        monitoring=_monitoring(entry.child("monitoring")),
        immediate_alert=_kept(entry.value("immediate_alert")),
        suspensions=tuple(_suspension(inner) for inner in entry.entries("suspensions")),
        prohibitions=tuple(read_prohibition(inner) for inner in entry.entries("prohibitions")),
        discharged_at=entry.optional_instant("discharged_at"),
        place=entry.place,
    )
    entry.close()
    return order


def _ends(entry: Entry | None) -> Ends:
    if entry is None:
        return _UNREAD_ENDS
    kind = entry.choice("kind", ("date", "further_order", "event"))
    match kind:
        case "date":
            ends = Ends("date", at=entry.instant("at"))
        case "event":
            ends = Ends("event", event=entry.text("event"), at=entry.optional_instant("at"))
        case "further_order":
            ends = Ends("further_order")
        case _:
            return _UNREAD_ENDS
    entry.close()
    return ends


def _monitoring(entry: Entry | None) -> Monitoring | None:
    if entry is None:
        return None
    monitoring = Monitoring(
        start=entry.instant("from"),
        until=entry.instant("until"),
        extended_by=entry.optional_text("extended_by"),
        place=entry.place,
    )
    entry.close()
    return monitoring


def _suspension(entry: Entry) -> SuspensionEntry:
    suspension = SuspensionEntry(
        start=entry.instant("from"),
        until=entry.instant("until"),
        reason=entry.text("reason"),
        authority=entry.text("authority"),
        place=entry.place,
    )
    entry.close()
    return suspension


def _kept(value: object) -> str | None:
    return None if value is None else json.dumps(value, sort_keys=True)
