"""Wearers with four zones each, some kilometres from home; one in twenty goes into one of them now and then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import msgspec
import numpy as np

from ingest.connections import Pool

TOPIC = "tag-fixes"
VISITOR = 20  # one in so many
DEGREES_A_KM = 0.009  # of latitude; of longitude some more

FORCE = "INSERT INTO force (code, name) VALUES ('MPS', 'Metropolitan Police Service')"
WEARERS = (
    "INSERT INTO wearer (wearer_id, name) SELECT 'W-' || n, 'A. Example' FROM generate_series(0, $1::int - 1) AS n"
)
FITTINGS = """
INSERT INTO fitting (tag_id, wearer_id, fitted_at)
SELECT 'T-' || n, 'W-' || n, $2 FROM generate_series(0, $1::int - 1) AS n"""
ORDERS = """
INSERT INTO court_order (order_id, kind, reference, force, wearer_id, made_on, effective_from, ends, monitoring_from,
                         monitoring_until, drawn_by, drawn_at, published_by, published_at)
SELECT 'O-' || n, 'DAPO', 'DAPO-' || n, 'MPS', 'W-' || n, $2::timestamptz::date, $2, '{"kind": "further_order"}', $2,
       $2::timestamptz + interval '300 days', 'one', $2, 'other', $2
FROM generate_series(0, $1::int - 1) AS n"""
PROHIBITIONS = """
INSERT INTO prohibition (prohibition_id, order_id, clause, wording, starts_at)
SELECT 'P-' || n, 'O-' || n, '1', 'Not to come near', $2 FROM generate_series(0, $1::int - 1) AS n"""
ZONES = """
INSERT INTO zone (zone_id, prohibition_id, label)
SELECT 'Z-' || n || '-' || z, 'P-' || n, 'Zone'
FROM generate_series(0, $1::int - 1) AS n, generate_series(0, $2) AS z"""
VERSIONS = """
INSERT INTO zone_version (zone_id, version, valid_from, footprint, distance_m, drawn_by, drawn_at, published_by,
                          published_at)
SELECT 'Z-' || n || '-' || z, 1, $3,
       json_build_object('type', 'Point', 'coordinates', json_build_array(
           -0.5 + (n % 300) * 0.003 + 0.06 * (z - 1), 51.2 + (n / 300 % 300) * 0.002 + 0.03 * (z % 2 + 1))),
       200, 'one', $3, 'other', $3
FROM generate_series(0, $1::int - 1) AS n, generate_series(0, $2) AS z"""


async def enter_people(pool: Pool, wearers: int, since: datetime, zones: int = 4) -> None:
    """Enter so many wearers, each with a tag, an order and some zones of 200 m."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(FORCE)
        await connection.execute(WEARERS, wearers)
        for statement in (FITTINGS, ORDERS, PROHIBITIONS):
            await connection.execute(statement, wearers, since)
        await connection.execute(ZONES, wearers, zones - 1)
        await connection.execute(VERSIONS, wearers, zones - 1, since)
    await pool.execute("ANALYZE")


def home(number: int) -> tuple[float, float]:
    """Return longitude and latitude of a wearer's home."""
    return -0.5 + number % 300 * 0.003, 51.2 + number // 300 % 300 * 0.002


def zone(number: int) -> tuple[float, float]:
    """Return longitude and latitude of the middle of a wearer's first zone: some five kilometres from home."""
    longitude, latitude = home(number)
    return longitude - 0.06, latitude + 0.03


def fix(number: int, at: datetime, share: float, position_id: int) -> bytes:
    """Return the message of a fix so far on the way from home to the first zone; recorded at `at`."""
    (west, south), (there, north) = home(number), zone(number)
    return msgspec.json.encode(
        {
            "position_id": position_id,
            "tag_id": f"T-{number}",
            "recorded_at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
            "uploaded_at": f"{at + timedelta(seconds=5):%Y-%m-%dT%H:%M:%S}Z",
            "latitude": south + (north - south) * share + position_id * 7 % 100 * 1e-6,
            "longitude": west + (there - west) * share,
            "accuracy_m": 8.0,
            "accuracy_confidence": 0.95,
            "mechanism": "gps",
            "satellites": 9,
            "hdop": 1.1,
            "speed_kmh": 3.5,
            "heading_deg": position_id % 360,
        }
    )


def minutes(fixes: int, tags: int, begin: datetime, duplicates: float = 0.0) -> Iterator[bytes]:
    """Yield so many messages: the fixes of all tags, minute after minute, each tag at a second of its own.

    duplicates: the share of messages that repeat one of the last thousand.
    """
    chance, lately = Random(1), list[bytes]()  # noqa: S311 - a walk, not a secret
    number = 0
    for _ in range(fixes):
        if lately and chance.random() < duplicates:
            yield chance.choice(lately)
            continue
        minute, tag = divmod(number, tags)
        message = fix(tag, begin + timedelta(minutes=minute, seconds=tag % 60), way(tag, minute), number)
        lately = [*lately[-999:], message] if duplicates else lately
        number += 1
        yield message


def way(tag: int, minute: int) -> float:
    """Return how far a wearer is on the way to his zone: most turn back early, one in twenty stays there a while."""
    most = 1.0 if tag % VISITOR == 0 else 0.3
    return float(np.interp((minute + tag * 7) % 90, [0, 30, 42, 52, 64, 90], [0, 0, most, most, 0, 0]))
