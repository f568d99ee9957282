"""Rows of the register as a register file writes them: what is read back is what was entered."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from asyncpg import Record as Row

from geofence.instants import instant, printed

Json = dict[str, Any]


def force_json(row: Row, recipients: Iterable[Row]) -> Json:
    """Return a force with its recipients."""
    return {
        "code": row["code"],
        "name": row["name"],
        "recipients": [{"kind": each["kind"], "address": each["address"]} for each in recipients],
    }


def wearer_json(row: Row) -> Json:
    """Return a wearer."""
    return {
        "wearer_id": row["wearer_id"],
        "name": row["name"],
        "date_of_birth": None if row["date_of_birth"] is None else row["date_of_birth"].isoformat(),
        "pnc_id": row["pnc_id"],
        "provider_person_id": row["provider_person_id"],
        "home_area": row["home_area"],
        "home": parsed(row["home"]),
    }


def fitting_json(row: Row) -> Json:
    """Return a fitting."""
    return {
        "tag_id": row["tag_id"],
        "wearer_id": row["wearer_id"],
        "fitted_at": at(row["fitted_at"]),
        "removed_at": at(row["removed_at"]),
    }


def order_json(row: Row, suspensions: Iterable[Row], prohibitions: Iterable[Json]) -> Json:
    """Return an order with its suspensions and its prohibitions, which are written already."""
    monitoring = None
    if row["monitoring_from"] is not None:
        monitoring = {"from": at(row["monitoring_from"]), "until": at(row["monitoring_until"])}
        monitoring["extended_by"] = row["monitoring_extended_by"]
    return {
        "order_id": row["order_id"],
        "kind": row["kind"],
        "reference": row["reference"],
        "court": row["court"],
        "force": row["force"],
        "wearer_id": row["wearer_id"],
        "made_on": row["made_on"].isoformat(),
        "without_notice": row["without_notice"],
        "aware_from": at(row["aware_from"]),
        "effective_from": at(row["effective_from"]),
        "ends": parsed(row["ends"]),
        "discharged_at": at(row["discharged_at"]),
        "monitoring": monitoring,
        "immediate_alert": parsed(row["immediate_alert"]),
        "suspensions": [suspension_json(each) for each in suspensions],
        "prohibitions": list(prohibitions),
    }


def suspension_json(row: Row) -> Json:
    """Return a suspension."""
    return {
        "from": at(row["starts_at"]),
        "until": at(row["ends_at"]),
        "reason": row["reason"],
        "authority": row["authority"],
    }


def prohibition_json(row: Row, zones: Iterable[Json]) -> Json:
    """Return a prohibition with its zones, which are written already."""
    return {
        "prohibition_id": row["prohibition_id"],
        "clause": row["clause"],
        "text": row["wording"],
        "from": at(row["starts_at"]),
        "until": at(row["ends_at"]),
        "needs_zone": row["needs_zone"],
        "address_protected": row["address_protected"],
        "schedule": parsed(row["schedule"]),
        "zones": list(zones),
    }


def zone_json(row: Row, versions: Iterable[Row]) -> Json:
    """Return a zone with its versions."""
    return {
        "zone_id": row["zone_id"],
        "label": row["label"],
        "responding_force": row["responding_force"],
        "premises": parsed(row["premises"]),
        "versions": [version_json(each) for each in versions],
    }


def version_json(row: Row) -> Json:
    """Return a version of a zone."""
    return {
        "version": row["version"],
        "valid_from": at(row["valid_from"]),
        "valid_until": at(row["valid_until"]),
        "footprint": parsed(row["footprint"]),
        "distance_m": row["distance_m"],
    }


def at(moment: datetime | None) -> str | None:
    """Return an instant as it is printed everywhere."""
    return None if moment is None else printed(instant(moment))


def parsed(text: str | None) -> Any:
    """Return what a column of JSON holds."""
    return None if text is None else json.loads(text)
