"""Zones as an administrator reads and draws them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from alerts.particulars import Connection
from geofence.ids import ProhibitionId, ZoneId
from geofence.instants import instant, printed
from service.access.actor import Actor, Role
from service.database import Pool
from service.register.drawing.draft_faults import DraftRefused
from service.register.load import load
from service.register.refusals import Stale
from service.register.store import PostgresRegister
from service.register.zones.drafts import Drawn, draw_version, draw_zone
from service.register.zones.zone import NoSuchZone, ZoneRecord, list_zones, read_zone
from tests.service.register.samples import document

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
P_1, P_2, P_3 = ProhibitionId("P-1"), ProhibitionId("P-2"), ProhibitionId("P-3")
CIRCLE: dict[str, object] = {
    "footprint": {"type": "Point", "coordinates": [-0.1, 51.37, 3.0]},
    "distance_m": 150,
    "valid_from": printed(instant(NOW)),
}
DRAWER = Actor(Role.ADMIN, None, "B. Drawer")


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.acquire() as made:
        await load(made, document(), actor="A", reason=None, now=instant(NOW))
        yield made


async def draw(
    connection: Connection,
    prohibition_id: ProhibitionId,
    zone_id: str,
    drawing: dict[str, object] = CIRCLE,
    *,
    label: str = "",
    force: str | None = None,
) -> Drawn:
    asked = {**drawing, "zone_id": zone_id, "label": label, "responding_force": force}
    async with connection.transaction():
        return await draw_zone(connection, prohibition_id, asked, actor=DRAWER, now=instant(NOW))


async def draw_again(connection: Connection, zone: ZoneRecord, drawing: dict[str, object] = CIRCLE) -> Drawn:
    async with connection.transaction():
        return await draw_version(connection, zone.zone_id, drawing, if_match=zone.etag, actor=DRAWER, now=instant(NOW))


async def test_a_zone_is_read_with_its_versions_its_order_and_its_force(connection: Connection) -> None:
    zone = await read_zone(connection, ZoneId("Z-1"))
    assert (zone.prohibition_id, zone.order_id, zone.force, zone.wearer_id) == ("P-1", "O-1", "MPS", "W-1")
    assert (zone.label, zone.responding_force, zone.address_protected) == ("Zone A", "SUR", False)
    assert [version.version for version in zone.versions] == [1, 2]
    assert zone.versions[0].footprint == {"type": "Point", "coordinates": [-0.1, 51.37]}
    assert zone.versions[0].published_by is not None


async def test_a_drawn_zone_is_a_draft_that_judges_nothing(connection: Connection) -> None:
    before = await PostgresRegister().register(connection)
    work = await connection.fetchval("SELECT count(*) FROM to_judge")
    drawn = await draw(connection, P_2, "Z-9", label="Zone B", force="SUR")
    assert drawn.version == 1
    assert drawn.warnings == ()
    (draft,) = drawn.zone.versions
    assert (draft.footprint, draft.distance_m) == ({"type": "Point", "coordinates": [-0.1, 51.37]}, 150.0)
    assert (draft.drawn_by, draft.published_by, draft.published_at) == ("B. Drawer", None, None)
    assert drawn.zone == await read_zone(connection, ZoneId("Z-9"))
    assert await PostgresRegister().register(connection) == before
    assert await connection.fetchval("SELECT count(*) FROM to_judge") == work
    last = await connection.fetchval("SELECT what FROM register_change ORDER BY register_version DESC LIMIT 1")
    assert last == "zone Z-9: version 1 drawn"


async def test_a_new_version_is_drawn_only_upon_what_its_drawer_has_read(connection: Connection) -> None:
    read = await read_zone(connection, ZoneId("Z-1"))
    drawn = await draw_again(connection, read)
    assert drawn.version == 3
    assert drawn.zone.etag != read.etag
    with pytest.raises(Stale) as stale:
        await draw_again(connection, read)
    assert stale.value.etag == drawn.zone.etag
    assert await read_zone(connection, read.zone_id) == drawn.zone


async def test_who_draws_while_another_draws_is_told_that_the_zone_has_changed(
    pool: Pool, connection: Connection
) -> None:
    read = await read_zone(connection, ZoneId("Z-1"))

    async def draw_third(own: Connection) -> Drawn:
        return await draw_again(own, read)

    async with pool.acquire() as early, pool.acquire() as late:
        first = early.transaction()
        await first.start()
        await draw_third(early)
        second = asyncio.create_task(draw_third(late))
        while not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
            assert not second.done()
        await first.commit()
        with pytest.raises(Stale):
            await second


async def test_every_fault_of_a_drawing_is_named_by_its_member(connection: Connection) -> None:
    bad = {**CIRCLE, "footprint": {"type": "Point"}, "valid_until": CIRCLE["valid_from"], "valid_form": None}
    with pytest.raises(DraftRefused) as refused:
        await draw(connection, P_1, " ", bad)
    members = {fault.member for fault in refused.value.faults}
    assert members == {"zone_id", "valid_until", "valid_form", "footprint"}
    with pytest.raises(DraftRefused, match="distance_m"):
        await draw(connection, P_1, "Z-9", {**CIRCLE, "distance_m": float("nan")})
    with pytest.raises(DraftRefused) as refused:
        await draw(connection, P_1, "Z-2", force="XXX")
    assert {fault.member for fault in refused.value.faults} == {"zone_id", "responding_force"}
    with pytest.raises(DraftRefused, match="zone_id: is taken"):
        await draw(connection, P_1, "Z-2")
    assert len((await list_zones(connection, P_1)).items) == 1


async def test_a_protected_address_is_not_in_the_faults_of_its_drawing(connection: Connection) -> None:
    crossing = {
        "type": "Polygon",
        "coordinates": [[[-0.2, 51.1], [-0.1, 51.2], [-0.1, 51.1], [-0.2, 51.2], [-0.2, 51.1]]],
    }
    with pytest.raises(DraftRefused) as refused:
        await draw(connection, P_3, "Z-9", {**CIRCLE, "footprint": crossing, "distance_m": 0})
    assert "51.1" not in str(refused.value)
    zone = await read_zone(connection, ZoneId("Z-2"))
    with pytest.raises(DraftRefused) as refused:
        await draw_again(connection, zone, {**CIRCLE, "footprint": crossing, "distance_m": 0})
    assert "51.1" not in str(refused.value)


async def test_zones_of_a_prohibition_come_in_pages_without_gap_or_repetition(connection: Connection) -> None:
    for zone_id in ("a", "é", "Z", "z", "zz"):
        await draw(connection, P_2, zone_id)
    found: list[str] = []
    after: str | None = None
    pages = 0
    while pages == 0 or after is not None:
        page = await list_zones(connection, P_2, after=after, limit=2)
        found += [zone.zone_id for zone in page.items]
        after, pages = page.next_after, pages + 1
    assert found == sorted(("a", "é", "Z", "z", "zz"))
    assert pages == 3
    assert (await list_zones(connection, P_2, limit=5)).next_after is None


@pytest.mark.parametrize("nowhere", ["P-9", "", "\x00", "\ud800"])
async def test_what_is_not_in_the_register_is_not_found(connection: Connection, nowhere: str) -> None:
    with pytest.raises(NoSuchZone):
        await list_zones(connection, ProhibitionId(nowhere))
    with pytest.raises(NoSuchZone):
        await read_zone(connection, ZoneId(nowhere))
    with pytest.raises(NoSuchZone):
        await draw(connection, ProhibitionId(nowhere), "Z-9")
    with pytest.raises(NoSuchZone):
        await draw_version(connection, ZoneId(nowhere), CIRCLE, if_match="", actor=DRAWER, now=instant(NOW))


async def test_the_etag_of_a_zone_tells_a_version_of_it_was_published(connection: Connection) -> None:
    drawn = await draw(connection, P_2, "Z-9")
    await connection.execute(
        "UPDATE zone_version SET published_by = 'C', published_at = $1 WHERE zone_id = 'Z-9'", NOW + timedelta(hours=1)
    )
    published = await read_zone(connection, ZoneId("Z-9"))
    assert published.etag != drawn.zone.etag
    assert published.etag == (await read_zone(connection, ZoneId("Z-9"))).etag
