"""What remains of erased fixes: a hash by which it can be shown later what they were, and nothing that they said."""

import hashlib
import json
import math
from collections.abc import Iterable

from geofence.instants import printed
from ingest.fix import Fix

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def content_sha256(fixes: Iterable[Fix]) -> bytes:
    """Return the SHA-256 of the fixes of one tag's day, in whatever order they are given.

    Each is a line of JSON, with every member that was reported or null where it was not; lines are in track order:
    by `recorded_at`, `position_id` with none first, mechanism by name.
    """
    digest = hashlib.sha256()
    for fix in sorted(fixes, key=_place):
        digest.update(_line(fix))
    return digest.digest()


def _place(fix: Fix) -> tuple[int, bool, str, int]:
    # Codes of mechanisms sort as their names do.
    return fix.recorded_at, fix.position_id is not None, fix.position_id or "", fix.mechanism


def _line(fix: Fix) -> bytes:
    members = {
        "position_id": fix.position_id,
        "tag_id": fix.tag_id,
        "recorded_at": printed(fix.recorded_at),
        "uploaded_at": None if fix.uploaded_at is None else printed(fix.uploaded_at),
        "latitude": _number(fix.latitude_deg),
        "longitude": _number(fix.longitude_deg),
        "accuracy_m": _number(fix.accuracy_m),
        "accuracy_confidence": _number(fix.accuracy_confidence),
        "mechanism": fix.mechanism.name.lower(),
        "satellites": fix.satellites,
        "hdop": _number(fix.hdop),
        "speed_kmh": _number(fix.speed_kmh),
        "heading_deg": _number(fix.heading_deg),
        "person_id": fix.person_id,
    }
    return _encode(members).encode() + b"\n"


def _number(value: float | None) -> float | None:
    """Return a number as the ledger holds it: a double, and nothing where nothing usable was said."""
    return None if value is None or not math.isfinite(value) else float(value)
