"""The design check on a real PostgreSQL: what is read of register, places and ledger, and that nothing waits for it."""

import json
import threading
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import shapely

from alerts.days import bounds_of
from alerts.particulars import Connection
from geofence.ids import ProhibitionId, WearerId, ZoneId
from geofence.instants import FOREVER, MINUTE_US, Instant, Interval, moment, printed
from geofence.judge import judge
from geofence.register import Order, Prohibition, Register, Zone, ZoneVersion
from geofence.rules import Rules
from geofence.tracks import Tracks
from ingest.files import read_fixes
from ingest.replay import replay
from service.access.actor import Actor, Role
from service.database import Pool
from service.register.design.answer import DesignCheck
from service.register.design.check import check_design
from service.register.design.findings import design_findings
from service.register.design.load_places import load_places
from service.register.design.read import READ_PLACES, read_surroundings
from service.register.document import read_register
from service.register.load import load
from service.register.store import PostgresRegister
from service.register.zones.drafts import draw_version, draw_zone
from service.register.zones.zone import NoSuchZone, read_zone
from service.simulation import simulate
from service.simulation.files import write
from tests.alerts.incident_values import minute
from tests.alerts.ledger import CIRCLE, LATITUDE_DEG, LONGITUDE_DEG, Place, append, enter_wearer, inside
from tests.service.register.design.test_load_places import collection, feature
from tests.service.register.design.values import left, text, warned

RULES, REGISTERS = Rules(), PostgresRegister()
NOW = minute(0)
Z_1 = ZoneId("Z-1")
DRAWER = Actor(Role.ADMIN, None, "one")
RADIUS_M = 80.0
DAY = date(2026, 11, 19)


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A wearer with a tag, an order and a published circle of 200 m; version 2 is a draft, the same from now on."""
    async with pool.acquire() as made:
        await enter_wearer(made, 1)
        await draw(made)
        yield made


async def draw(connection: Connection, distance_m: float = 200.0, start: Instant = NOW) -> int:
    zone = await read_zone(connection, Z_1)
    drawing = {"footprint": json.loads(CIRCLE), "distance_m": distance_m, "valid_from": printed(start)}
    async with connection.transaction():
        drawn = await draw_version(connection, Z_1, drawing, if_match=zone.etag, actor=DRAWER, now=NOW)
    return drawn.version


async def check(connection: Connection, version: int = 2, now: Instant = NOW, zone_id: ZoneId = Z_1) -> DesignCheck:
    return await check_design(connection, REGISTERS, RULES, zone_id, version, now=now)


async def test_a_draft_of_which_nothing_is_known_says_so(connection: Connection) -> None:
    found = await check(connection)
    assert (found.zone_id, found.version, found.warnings) == ("Z-1", 2, ())
    assert {one.check: one.text for one in found.not_checked} == {
        "home": "the wearer's home is not recorded",
        "named-place": "no named places are loaded",
        "replay": "no fixes of the wearer in the 30 days before 2026-11-20T00:00:00Z",
    }


@pytest.mark.parametrize(("zone_id", "version"), [("Z-1", 3), ("Z-1", 0), ("Z-1", 2**40), ("Z-9", 1), ("\x00", 1)])
async def test_what_is_not_there_is_not_checked(connection: Connection, zone_id: str, version: int) -> None:
    with pytest.raises(NoSuchZone):
        await check(connection, version, zone_id=ZoneId(zone_id))


@pytest.mark.parametrize(
    ("home", "said", "unknown"),
    [
        (CIRCLE, "lies in the zone", ""),
        ('{"type": "Point", "coordinates": [-0.1, 51.3721]}', "within 50 m", ""),
        ('{"type": "Point", "coordinates": [-0.1, 51.3724]}', "", ""),
        ('{"type": "Polygon", "coordinates": [[[0, 51], [1, 52], [1, 51], [0, 52], [0, 51]]]}', "", "can't be read"),
        ('"somewhere"', "", "can't be read"),
        ("null", "", "can't be read"),
    ],
)
async def test_the_home_that_is_recorded_is_looked_at(
    connection: Connection, home: str, said: str, unknown: str
) -> None:
    await connection.execute("UPDATE wearer SET home = $1", home)
    found = await check(connection)
    assert said in text(found, "home")
    assert (warned(found, "home") is None) == (said == "")
    assert unknown in left(found, "home")
    assert (left(found, "home") == "") == (unknown == "")


async def test_the_premises_that_are_recorded_are_looked_at(connection: Connection) -> None:
    await connection.execute("UPDATE prohibition SET address_protected = true")
    square = {
        "type": "Polygon",
        "coordinates": [[[-0.104, 51.367], [-0.096, 51.367], [-0.096, 51.373], [-0.104, 51.367]]],
    }
    zone = await read_zone(connection, Z_1)
    drawing = {"footprint": square, "distance_m": 0, "valid_from": printed(NOW)}
    async with connection.transaction():
        await draw_version(connection, Z_1, drawing, if_match=zone.etag, actor=DRAWER, now=NOW)
    assert left(await check(connection, 3), "protected-address") != ""
    middle = shapely.to_geojson(shapely.centroid(shapely.from_geojson(json.dumps(square))))
    await connection.execute("UPDATE zone SET premises = $1", middle)
    assert "centred on a protected address" in text(await check(connection, 3), "protected-address")
    await connection.execute("UPDATE zone SET premises = $1", CIRCLE)
    found = await check(connection, 3)
    assert warned(found, "protected-address") is None
    assert left(found, "protected-address") == ""


# Degrees of latitude: 200 m are 0.0018, the margin of 50 m ends at 0.00225.
@pytest.mark.parametrize(("north_deg", "said"), [(0.0017, "in it"), (0.0022, "near its edge"), (0.0024, "")])
async def test_named_places_are_read_as_far_as_the_margin_reaches(
    connection: Connection, north_deg: float, said: str
) -> None:
    latitude = LATITUDE_DEG + north_deg
    road = {"type": "LineString", "coordinates": [[LONGITUDE_DEG - 0.01, latitude], [LONGITUDE_DEG + 0.01, latitude]]}
    await load_places(connection, collection(feature("Long Road", "road", road)), source="roads")
    found = await check(connection)
    assert left(found, "named-place") == ""
    assert text(found, "through-route").endswith(f": Long Road (road, {said})") == (said != "")
    assert (warned(found, "through-route") is None) == (said == "")


async def bounded(connection: Connection, **most: int) -> DesignCheck:
    async with connection.transaction():
        return design_findings(*await read_surroundings(connection, REGISTERS, Z_1, 2, NOW, **most), RULES)


async def test_more_places_than_can_be_read_are_told_and_through_routes_come_first(connection: Connection) -> None:
    spot = json.loads(CIRCLE)
    places = [feature(name, kind, spot) for name, kind in (("A", "street"), ("B", "street"), ("C", "road"))]
    await load_places(connection, collection(*places), source="roads")
    found = await bounded(connection, most_places=2)
    assert "only 2 were looked at" in left(found, "named-place")
    assert "C (road" in text(found, "through-route")
    assert text(found, "named-place").endswith(": A (street, in it)")


async def test_what_lies_about_a_zone_is_found_by_its_box(connection: Connection) -> None:
    """Of 10,000 streets those about a zone are found without looking at the others."""
    streets = [
        feature(f"{east} {north}", "street", {"type": "Point", "coordinates": [east / 100 - 2, 51 + north / 100]})
        for east in range(100)
        for north in range(100)
    ]
    await load_places(connection, collection(*streets), source="streets")
    asked = (-1.505, 51.495, -1.485, 51.505, ["road"], 10)
    assert {row["name"] for row in await connection.fetch(READ_PLACES, *asked)} == {"50 50", "51 50"}
    plan = await connection.fetch(f"EXPLAIN {READ_PLACES}", *asked)
    assert any("named_place_box" in row[0] for row in plan)


async def test_another_zone_of_the_wearer_is_told_and_that_of_another_is_not(connection: Connection) -> None:
    await enter_wearer(connection, 2)
    assert warned(await check(connection), "overlap") is None
    await connection.execute("INSERT INTO zone (zone_id, prohibition_id) VALUES ('Z-7', 'P-1')")
    await connection.execute(
        "INSERT INTO zone_version SELECT 'Z-7', version, valid_from, valid_until, footprint, distance_m, drawn_by,"
        " drawn_at, published_by, published_at FROM zone_version WHERE zone_id = 'Z-1' AND version = 1"
    )
    assert "zone Z-7 covers the whole of it" in text(await check(connection), "overlap")
    await connection.execute("UPDATE zone_version SET withdrawn_at = now() WHERE zone_id = 'Z-7'")
    assert warned(await check(connection), "overlap") is None


async def test_a_draft_that_leaves_a_gap_behind_it_is_told(connection: Connection) -> None:
    assert warned(await check(connection), "gap") is None
    await connection.execute("UPDATE zone_version SET withdrawn_at = now() WHERE version = 1")
    earlier = await check(connection, now=minute(-60))
    assert "from 2026-11-19T23:00:00Z until 2026-11-20T00:00:00Z" in text(earlier, "gap")
    assert warned(await check(connection), "gap") is None


async def test_a_stored_shape_that_can_not_be_read_is_warned_of(connection: Connection) -> None:
    await load_places(connection, collection(feature()), source="roads")
    await connection.execute("UPDATE zone_version SET footprint = '\"somewhere\"' WHERE version = 2")
    assert "can't be judged" in text(await check(connection), "shape")


async def test_fixes_of_the_last_30_days_are_replayed_and_no_others(connection: Connection) -> None:
    await connection.execute("UPDATE fitting SET fitted_at = '2026-01-01'")
    month = 30 * 24 * 60
    await append(connection, inside(-month - 1, -month, -month + 1, -1, 0, 1))
    replayed = (await check(connection)).replay
    assert replayed is not None
    assert (replayed.fixes, replayed.days) == (3, 2)
    assert (replayed.since, replayed.until) == (minute(-month), NOW)


async def test_only_fixes_of_the_tags_that_the_wearer_wore_then_are_replayed(connection: Connection) -> None:
    """Tags are passed on: what another wearer did with this one is not looked at."""
    await connection.execute("INSERT INTO wearer (wearer_id, name) VALUES ('W-2', 'B')")
    await connection.execute(
        "UPDATE fitting SET fitted_at = $1, removed_at = $2", moment(minute(-90)), moment(minute(-60))
    )
    await connection.execute(
        "INSERT INTO fitting (tag_id, wearer_id, fitted_at) VALUES ('T-1', 'W-2', $1), ('T-9', 'W-1', $1)",
        moment(minute(-60)),
    )
    await append(connection, inside(-91, -90, -61, -60, -59))
    await append(connection, inside(-61, -60, -30), "T-9")
    async with connection.transaction():
        _, surroundings = await read_surroundings(connection, REGISTERS, Z_1, 2, NOW)
    assert len(surroundings.tracks) == 4


async def test_a_burst_of_fixes_is_cut_to_the_newest_and_told(connection: Connection) -> None:
    await append(connection, [Place(-number, 0.0) for number in range(1, 21)])
    assert left(await bounded(connection, most_fixes=20), "replay") == ""
    found = await bounded(connection, most_fixes=5)
    assert found.replay is not None
    assert (found.replay.fixes, found.replay.since) == (5, Instant(minute(-6) + 1))
    assert "those before" in left(found, "replay")


class Noted(Rules):
    """The rules, noting in which threads they are asked."""

    __slots__ = ()
    threads: ClassVar[set[int]] = set()

    def __getattribute__(self, name: str) -> Any:
        Noted.threads.add(threading.get_ident())
        return super().__getattribute__(name)


async def test_it_is_judged_in_a_thread_so_that_nothing_else_waits(connection: Connection) -> None:
    await append(connection, inside(-5, -4))
    await check_design(connection, REGISTERS, Noted(), Z_1, 2, now=NOW)
    assert len(Noted.threads) >= 1
    assert threading.get_ident() not in Noted.threads


async def test_it_reads_within_the_callers_transaction_and_writes_nothing(connection: Connection) -> None:
    await append(connection, inside(-5, -4))
    before = await connection.fetchval("SELECT count(*) FROM to_judge")
    for isolation in ("read_committed", "repeatable_read"):
        async with connection.transaction(isolation=isolation, readonly=True):
            assert (await check(connection)).replay is not None
    assert await connection.fetchval("SELECT count(*) FROM to_judge") == before
    assert not connection.is_in_transaction()


async def test_a_simulated_wearers_day_is_replayed_as_the_rules_judge_it(pool: Pool, tmp_path: Path) -> None:
    """Register and fixes come as in a deployment; against them stands a plain judgement with a register by hand."""
    files = write(simulate(12, DAY), tmp_path / "day.jsonl")
    now = bounds_of(DAY).end
    document = read_register(files.register.read_bytes()).document
    assert document is not None
    async with pool.acquire() as connection:
        await load(connection, document, actor="A", reason="simulated", now=now)
    await replay(pool, files.fixes, "cordon", lambda: Instant(now + 600 * MINUTE_US), lambda _: None)
    tracks = read_fixes(files.fixes, "cordon", lambda _: None).tracks
    register = document.register()
    grades: Counter[str] = Counter()
    async with pool.acquire() as connection:
        for order in register.orders:
            clause = order.prohibitions[0]
            for number, where in enumerate(whereabouts(tracks, register, order.wearer_id)):
                zone_id = await draw_new(connection, f"{order.order_id}-{number}", clause.prohibition_id, where, now)
                found = (await check(connection, 1, now, zone_id)).replay
                by_hand = alone(register, order, clause, zone_id, where, now)
                plain = judge(tracks, by_hand, RULES, thirty_days(now), now)
                assert found is not None
                assert found.by_grade == Counter(incident.grade for incident in plain.incidents)
                grades += Counter(found.by_grade)
    assert len(grades) >= 3


async def draw_new(
    connection: Connection, name: str, prohibition_id: ProhibitionId, where: list[float], now: Instant
) -> ZoneId:
    circle = {"footprint": {"type": "Point", "coordinates": where}, "distance_m": RADIUS_M}
    asked = {**circle, "zone_id": name, "valid_from": printed(now)}
    async with connection.transaction():
        return (await draw_zone(connection, prohibition_id, asked, actor=DRAWER, now=now)).zone.zone_id


def whereabouts(tracks: Tracks, register: Register, wearer_id: WearerId) -> list[list[float]]:
    """Return places at or near which the wearer was in the course of the day, up to 80 m off; none if none is known."""
    tags = [fitting.tag_id for fitting in register.fittings if fitting.wearer_id == wearer_id]
    own = np.isin(tracks.tag, [tracks.tag_ids.index(tag_id) for tag_id in tags if tag_id in tracks.tag_ids])
    rows = np.flatnonzero(own & (tracks.accuracy_m < 30))
    rows = rows[np.argsort(tracks.recorded_at[rows], kind="stable")]
    chosen = rows[len(rows) * np.arange(1, 7) // 7] if len(rows) else rows
    north_deg = 0.00036 * (np.arange(len(chosen)) % 3)
    spots = zip(tracks.longitude_deg[chosen], tracks.latitude_deg[chosen] + north_deg, strict=True)
    return [[float(longitude), float(latitude)] for longitude, latitude in spots]


def thirty_days(now: Instant) -> Interval:
    return Interval(Instant(now - 30 * 24 * 60 * MINUTE_US), now)


def alone(
    register: Register, order: Order, clause: Prohibition, zone_id: ZoneId, where: list[float], now: Instant
) -> Register:
    """Return the wearer with one order of one clause of one zone, in force for 30 days; the schedule stays."""
    whole = Interval(thirty_days(now).start, FOREVER)
    version = ZoneVersion(1, whole.start, whole.end, shapely.Point(where), RADIUS_M)
    only = Prohibition(clause.prohibition_id, whole, (Zone(zone_id, (version,)),), clause.schedule)
    return replace(register, orders=(Order(order.order_id, order.wearer_id, whole, whole, (only,)),))


async def test_a_draft_of_an_order_that_is_a_draft_itself_is_checked_too(connection: Connection) -> None:
    before = await check(connection)
    await connection.execute("UPDATE court_order SET published_by = NULL, published_at = NULL")
    found = await check(connection)
    assert (found.area_m2, found.not_checked, found.replay) == (before.area_m2, before.not_checked, before.replay)


async def test_what_it_reads_is_of_this_wearer_alone(connection: Connection) -> None:
    await enter_wearer(connection, 2)
    await append(connection, inside(-5), "T-2")
    async with connection.transaction():
        design, surroundings = await read_surroundings(connection, REGISTERS, Z_1, 2, NOW)
    assert [order.wearer_id for order in surroundings.register.orders] == ["W-1"]
    assert len(surroundings.tracks) == 0
    assert (design.drawn.valid_from, design.drawn.valid_until) == (NOW, FOREVER)
