"""An hour of six tags: judging its second half adds, changes, merges, withdraws and renames incidents."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from geofence.instants import MINUTE_US, Instant, instant, printed
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC
from tests.chaos.messages import Message

BEGAN = instant(datetime(2026, 11, 20, 10, tzinfo=UTC))
# Between these two instants it is looked at: the last incident is still open.
NOW, JUDGED_AT = Instant(BEGAN + 61 * MINUTE_US), Instant(BEGAN + 66 * MINUTE_US)
RANGE = (Instant(BEGAN - 60 * MINUTE_US), Instant(BEGAN + 120 * MINUTE_US))

LONGITUDE_DEG, LATITUDE_DEG, DEGREES_A_KM = -0.1, 51.37, 0.01436
INSIDE_KM, OUTSIDE_KM, FAR_KM = 0.0, 1.0, 10.0
ORDER_BEGAN = "2026-10-01T12:00:00Z"


def register(tags: Iterable[str]) -> bytes:
    """Return a register file: a wearer for each tag, with a circle of 200 m of his own, all at one place."""
    names = list(tags)
    return json.dumps(
        {
            "forces": [{"code": "MPS", "name": "Metropolitan Police Service"}],
            "wearers": [{"wearer_id": f"W-{tag}", "name": "Alex Example"} for tag in names],
            "fittings": [{"tag_id": tag, "wearer_id": f"W-{tag}", "fitted_at": ORDER_BEGAN} for tag in names],
            "orders": [_order(tag) for tag in names],
        }
    ).encode()


def fix(tag: str, at: Instant, east_km: float, **members: object) -> Message:
    """Return a fix of a tag, so many kilometres east of its zone's centre."""
    value = {
        "position_id": f"{tag} {printed(at)}",
        "tag_id": tag,
        "recorded_at": printed(at),
        "latitude": LATITUDE_DEG,
        "longitude": LONGITUDE_DEG + east_km * DEGREES_A_KM,
        "accuracy_m": 8.0,
        "mechanism": "gps",
    }
    return Message(FIXES_TOPIC, tag.encode(), json.dumps(value | members).encode())


def doubtful_fix(tag: str, at: Instant) -> Message:
    """Return a fix far from every zone that names a person, as only an mdss feed does."""
    value = {
        "position_id": f"{tag} {printed(at)}",
        "device_id": tag,
        "person_id": 815,
        "position_gps_date": printed(at),
        "position_latitude": LATITUDE_DEG,
        "position_longitude": LONGITUDE_DEG + FAR_KM * DEGREES_A_KM,
        "position_precision": 8,
        "position_lbs": 1,
    }
    return Message(FIXES_TOPIC, tag.encode(), json.dumps(value).encode(), "mdss")


def _minutes(tag: str, east_km: float, *minutes: float) -> list[Message]:
    return [fix(tag, Instant(round(BEGAN + at * MINUTE_US)), east_km) for at in minutes]


def _inside(tag: str, *minutes: float) -> list[Message]:
    return _minutes(tag, INSIDE_KM, *minutes)


def _outside(tag: str, *minutes: float) -> list[Message]:
    return _minutes(tag, OUTSIDE_KM, *minutes)


TAGS = tuple(f"C-{number}" for number in range(1, 7))
ADDED, CHANGED, MERGED, WITHDRAWN, RENAMED, OPEN = TAGS
UNWORN = "C-7"
POISON = (b"\x00\xff", b"", b"[1, 2", b'{"tag_id": "C-1"}', b'{"latitude": NaN}')

FIRST_HALF = [
    *_outside(ADDED, *range(21)),
    *_outside(CHANGED, *range(10)),
    *_inside(CHANGED, *range(10, 21)),
    *_inside(MERGED, *range(11)),
    *_outside(MERGED, 14),
    *_inside(MERGED, *range(20, 31)),
    *_outside(MERGED, *range(31, 36)),
    *_minutes(WITHDRAWN, FAR_KM, 0, 15),
    *_inside(WITHDRAWN, 30),
    *_minutes(WITHDRAWN, FAR_KM, 45, 60),
    *_outside(RENAMED, *range(6)),
    *_inside(RENAMED, *range(20, 26)),
    *_outside(RENAMED, *range(26, 31)),
    *_outside(OPEN, *range(51)),
]
SECOND_HALF = [
    *_outside(ADDED, *range(21, 26)),
    *_inside(ADDED, *range(26, 41)),
    *_outside(ADDED, *range(41, 60)),
    *_inside(CHANGED, *range(21, 31)),
    *_outside(CHANGED, *range(31, 60)),
    *_inside(MERGED, 12, 16, 18),
    *_minutes(WITHDRAWN, FAR_KM, 29.5, 30.5),
    *_inside(RENAMED, *range(15, 20)),
    *_inside(OPEN, *range(51, 60)),
    *_outside(ADDED, 5, 6, 7),
    # A contradiction of a fix of the first half.
    fix(CHANGED, Instant(BEGAN + 12 * MINUTE_US), OUTSIDE_KM),
    # Of a tag that nobody wears: they name a person, and the clock of the second is far ahead.
    *(doubtful_fix(UNWORN, Instant(BEGAN + at * MINUTE_US)) for at in (50, 180)),
    *(Message(FIXES_TOPIC, b"", value) for value in POISON),
    *(
        Message(
            EVENTS_TOPIC,
            tag.encode(),
            json.dumps(
                {"event_id": f"e-{tag}", "tag_id": tag, "occurred_at": printed(BEGAN), "kind": "strap"}
            ).encode(),
        )
        for tag in (*TAGS, ADDED)
    ),
]


def _order(tag: str) -> dict[str, object]:
    version = {
        "version": 1,
        "valid_from": ORDER_BEGAN,
        "footprint": {"type": "Point", "coordinates": [LONGITUDE_DEG, LATITUDE_DEG]},
        "distance_m": 200,
    }
    zone = {"zone_id": f"Z-{tag}", "label": "Zone", "versions": [version]}
    prohibition = {
        "prohibition_id": f"P-{tag}",
        "clause": "1",
        "text": "Not to come within 200 metres",
        "from": ORDER_BEGAN,
        "zones": [zone],
    }
    contact = {"prohibition_id": f"Q-{tag}", "clause": "2", "text": "Not to contact her", "from": ORDER_BEGAN}
    return {
        "order_id": f"O-{tag}",
        "kind": "DAPO",
        "reference": f"DAPO {tag}",
        "force": "MPS",
        "wearer_id": f"W-{tag}",
        "made_on": "2026-10-01",
        "effective_from": ORDER_BEGAN,
        "ends": {"kind": "further_order"},
        "monitoring": {"from": ORDER_BEGAN, "until": "2027-09-30T23:00:00Z"},
        "prohibitions": [prohibition, contact],
    }
