"""Messages as a provider sends them."""

import json
from datetime import UTC, datetime

from geofence.instants import Instant, instant

# Twelve minutes after the example fix was recorded.
RECEIVED = instant(datetime(2026, 11, 20, 18, 14, 11, tzinfo=UTC))
RECORDED = Instant(RECEIVED - 12 * 60_000_000)


def fix_message(**changes: object) -> dict[str, object]:
    """Return an example fix with some members changed; `...` leaves a member out."""
    message: dict[str, object] = {
        "position_id": "8812345",
        "tag_id": "T-000123",
        "recorded_at": "2026-11-20T18:02:11Z",
        "uploaded_at": "2026-11-20T18:08:02Z",
        "latitude": 51.3712,
        "longitude": -0.1021,
        "accuracy_m": 8.0,
        "accuracy_confidence": 0.95,
        "mechanism": "gps",
        "satellites": 9,
        "hdop": 1.1,
        "speed_kmh": 3.5,
        "heading_deg": 271,
    }
    return _changed(message, changes)


def mdss_message(**changes: object) -> dict[str, object]:
    """Return the same position as an mdss feed has it."""
    message: dict[str, object] = {
        "position_id": 8812345,
        "device_id": "T-000123",
        "person_id": 77,
        "position_gps_date": "2026-11-20 18:02:11",
        "position_recorded_date": "2026-11-20 18:03:00",
        "position_uploaded_date": "2026-11-20 18:08:02",
        "position_latitude": 51.3712,
        "position_longitude": -0.1021,
        "position_precision": 8,
        "position_speed": 3.5,
        "position_direction": 271,
        "position_satellite": 9,
        "position_hdop": 1.1,
        "position_lbs": 1,
        "position_geometry": "0101000020E6100000",
    }
    return _changed(message, changes)


def event_message(**changes: object) -> dict[str, object]:
    """Return an example tag event with some members changed."""
    message: dict[str, object] = {
        "event_id": "e-1",
        "tag_id": "T-000123",
        "occurred_at": "2026-11-20T18:02:11Z",
        "ended_at": None,
        "kind": "strap",
        "detail": "",
    }
    return _changed(message, changes)


def body(message: object) -> bytes:
    """Return a message as bytes."""
    return json.dumps(message).encode()


def _changed(message: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in (message | changes).items() if value is not ...}
