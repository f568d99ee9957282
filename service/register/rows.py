"""A register file's entries as rows of the tables that hold them: column by column, in the database's types."""

import json
from collections.abc import Mapping
from datetime import datetime

from geofence.instants import FOREVER, Instant, instant, moment, printed
from service.register import schedule
from service.register.content import (
    Ends,
    FittingEntry,
    ForceEntry,
    OrderEntry,
    ProhibitionEntry,
    SuspensionEntry,
    VersionEntry,
    WearerEntry,
    ZoneEntry,
)
from service.register.written_times import read_instant

Row = Mapping[str, object]

# These hold JSON: equal documents may be written differently.
JSON_COLUMNS = frozenset({"ends", "immediate_alert", "schedule", "footprint", "home", "premises"})

# What a register file calls the columns that are named otherwise.
MEMBER_OF_COLUMN: Mapping[str, str] = {
    "wording": "text",
    "starts_at": "from",
    "ends_at": "until",
    "monitoring_from": "monitoring.from",
    "monitoring_until": "monitoring.until",
    "monitoring_extended_by": "monitoring.extended_by",
}


def force_row(entry: ForceEntry) -> Row:
    """Return a force without its recipients."""
    return {"code": entry.code, "name": entry.name}


def recipient_rows(entry: ForceEntry) -> list[Row]:
    """Return a force's recipients in their order."""
    return [
        {"force": entry.code, "position": position, "kind": recipient.kind, "address": recipient.address}
        for position, recipient in enumerate(entry.recipients, start=1)
    ]


def wearer_row(entry: WearerEntry) -> Row:
    """Return a wearer."""
    return {
        "wearer_id": entry.wearer_id,
        "name": entry.name,
        "date_of_birth": entry.date_of_birth,
        "pnc_id": entry.pnc_id,
        "provider_person_id": entry.provider_person_id,
        "home_area": entry.home_area,
        "home": entry.home,
    }


def fitting_row(entry: FittingEntry) -> Row:
    """Return a fitting."""
    return {
        "tag_id": entry.tag_id,
        "wearer_id": entry.wearer_id,
        "fitted_at": moment(entry.fitted_at),
        "removed_at": optional_moment(entry.removed_at),
    }


def order_row(entry: OrderEntry) -> Row:
    """Return an order without what belongs to it."""
    monitoring = entry.monitoring
    return {
        "order_id": entry.order_id,
        "kind": entry.kind,
        "reference": entry.reference,
        "court": entry.court,
        "force": entry.force,
        "wearer_id": entry.wearer_id,
        "made_on": entry.made_on,
        "without_notice": entry.without_notice,
        "aware_from": optional_moment(entry.aware_from),
        "effective_from": moment(entry.effective_from),
        "ends": json.dumps(_ends(entry.ends)),
        "monitoring_from": None if monitoring is None else moment(monitoring.start),
        "monitoring_until": None if monitoring is None else moment(monitoring.until),
        "monitoring_extended_by": None if monitoring is None else monitoring.extended_by,
        "immediate_alert": entry.immediate_alert,
        "discharged_at": optional_moment(entry.discharged_at),
    }


def suspension_row(entry: SuspensionEntry, order: OrderEntry) -> Row:
    """Return a suspension of an order."""
    return {
        "order_id": order.order_id,
        "starts_at": moment(entry.start),
        "ends_at": moment(entry.until),
        "reason": entry.reason,
        "authority": entry.authority,
    }


def prohibition_row(entry: ProhibitionEntry, order: OrderEntry) -> Row:
    """Return a prohibition of an order."""
    windows = schedule.stored(entry.schedule)
    return {
        "prohibition_id": entry.prohibition_id,
        "order_id": order.order_id,
        "clause": entry.clause,
        "wording": entry.text,
        "starts_at": moment(entry.start),
        "ends_at": optional_moment(entry.until),
        "needs_zone": entry.needs_zone,
        "address_protected": entry.address_protected,
        "schedule": None if windows is None else json.dumps(windows),
    }


def zone_row(entry: ZoneEntry, prohibition: ProhibitionEntry) -> Row:
    """Return a zone of a prohibition."""
    return {
        "zone_id": entry.zone_id,
        "prohibition_id": prohibition.prohibition_id,
        "label": entry.label,
        "responding_force": entry.responding_force,
        "premises": entry.premises,
    }


def version_row(entry: VersionEntry, zone: ZoneEntry) -> Row:
    """Return a version of a zone, without who drew and published it."""
    return {
        "zone_id": zone.zone_id,
        "version": entry.version,
        "valid_from": moment(entry.valid_from),
        "valid_until": optional_moment(entry.valid_until),
        "footprint": entry.geojson,
        "distance_m": entry.distance_m,
    }


def differing(wanted: Row, existing: Mapping[str, object]) -> list[str]:
    """Return what a register file calls the columns in which an existing row is not as wanted."""
    return [MEMBER_OF_COLUMN.get(column, column) for column in differing_columns(wanted, existing)]


def differing_columns(wanted: Row, existing: Mapping[str, object]) -> list[str]:
    """Return the columns in which an existing row is not as wanted."""
    return [
        column
        for column, value in wanted.items()
        if _comparable(column, value) != _comparable(column, existing[column])
    ]


def _comparable(column: str, value: object) -> object:
    # PostgreSQL writes 1e300 as a whole number of 301 digits.
    return json.loads(value, parse_int=float) if column in JSON_COLUMNS and isinstance(value, str) else value


def end_of(ends: str) -> Instant:
    """Return when an order ends by its own terms (the column `ends`), FOREVER as long as nobody knows."""
    written = json.loads(ends)
    return read_instant(written["at"]) if "at" in written else FOREVER


def _ends(ends: Ends) -> dict[str, str]:
    match ends.kind:
        case "date" if ends.at is not None:
            return {"kind": "date", "at": printed(ends.at)}
        case "event":
            came = {} if ends.at is None else {"at": printed(ends.at)}
            return {"kind": "event", "event": ends.event or "", **came}
        case _:
            return {"kind": "further_order"}


def optional_moment(at: Instant | None) -> datetime | None:
    """Return an instant as a column holds it."""
    return None if at is None else moment(at)


def optional_instant(at: datetime | None) -> Instant | None:
    """Return the instant that a column holds."""
    return None if at is None else instant(at)
