"""The register out of the database is the register of the file."""

from datetime import UTC, datetime

import pytest
import shapely
from hypothesis import HealthCheck, given

from geofence.ids import WearerId
from geofence.instants import instant
from service.database import Pool
from service.register.load import load
from service.register.store import PostgresRegister
from tests.alerts.ledger import spoil_versions
from tests.service.register.registers import registers
from tests.service.register.samples import Json, document, sample
from tests.trying import tried

NOW = instant(datetime(2026, 11, 20, 9, tzinfo=UTC))
STORE = PostgresRegister()


@tried(40, HealthCheck.function_scoped_fixture)
@given(register=registers())
async def test_what_is_loaded_is_read_back_the_same(pool: Pool, register: Json) -> None:
    read = document(register)
    async with pool.acquire() as connection:
        trial = connection.transaction()
        await trial.start()
        try:
            await load(connection, read, actor="A", reason="a trial", now=NOW)
            again = await load(connection, read, actor="A", reason="a trial", now=NOW)
            assert set(again.added.values()) <= {0}
            assert await STORE.register(connection) == read.register()
            for force in read.content.forces:
                assert await STORE.particulars(connection, force.code) == read.particulars(force.code)
            assert await STORE.unreadable(connection) == []
        finally:
            await trial.rollback()


async def test_what_lies_at_the_edge_of_the_possible_is_read_back_the_same(pool: Pool) -> None:
    register = sample()
    version = register["orders"][0]["prohibitions"][0]["zones"][0]["versions"][0]
    version.update(footprint={"type": "Point", "coordinates": [-0.0, 5e-324]}, distance_m=1e300)
    register["fittings"][0]["fitted_at"] = "1000-01-01T00:00:00Z"
    register["fittings"][2]["removed_at"] = "9999-12-31T23:59:59.999998Z"
    register["orders"][2].update(
        effective_from="1000-01-01T00:00:00.000001Z", ends={"kind": "date", "at": "9999-12-31T23:59:59.999998Z"}
    )
    register["orders"][0]["immediate_alert"] = {"a": [1e308, {"b": None}], "c": 10**300, "d": 2**60 + 1}
    async with pool.acquire() as connection:
        for _ in range(2):
            await load(connection, document(register), actor="A", reason="a trial", now=NOW)
        assert await STORE.register(connection) == document(register).register()


async def test_some_wearers_are_read_without_the_others(pool: Pool) -> None:
    whole = document().register()
    one = WearerId("W-2")
    async with pool.acquire() as connection:
        await load(connection, document(), actor="A", reason=None, now=NOW)
        some = await STORE.register(connection, [one])
        nobody = await STORE.register(connection, [])
    assert some.orders == tuple(order for order in whole.orders if order.wearer_id == one)
    assert some.fittings == tuple(fitting for fitting in whole.fittings if fitting.wearer_id == one)
    assert (len(some.orders), len(some.fittings), some.provider_person_ids) == (2, 1, {})
    assert (nobody.orders, nobody.fittings, nobody.provider_person_ids) == ((), (), {})


async def test_a_suspension_on_two_authorities_is_one(pool: Pool) -> None:
    register = sample()
    (suspension,) = register["orders"][0]["suspensions"]
    register["orders"][0]["suspensions"] = [suspension, {**suspension, "authority": "Family Court"}]
    async with pool.acquire() as connection:
        report = await load(connection, document(register), actor="A", reason=None, now=NOW)
        assert report.added["suspension"] == 2
        assert await STORE.register(connection) == document(register).register() == document().register()


async def test_a_force_knows_its_wearers_and_no_other_force(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await load(connection, document(), actor="A", reason=None, now=NOW)
        assert await STORE.wearers_of_force(connection, "MPS") == ["W-1", "W-2"]
        assert await STORE.wearers_of_force(connection, "SUR") == ["W-2"]
        assert await STORE.wearers_of_force(connection, "XXX") == []
        with pytest.raises(LookupError):
            await STORE.particulars(connection, "XXX")


BROKEN = {
    "no GeoJSON": '"somewhere"',
    "no geometry": '{"type": "Feature"}',
    "an open ring": '{"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [1, 52]]]}',
    "half a position": '{"type": "Point", "coordinates": [0]}',
    "a ring that crosses itself": '{"type": "Polygon", "coordinates": [[[0, 51], [1, 52], [1, 51], [0, 52], [0, 51]]]}',
    "nothing": '{"type": "Polygon", "coordinates": []}',
}


@pytest.mark.parametrize("footprint", BROKEN.values(), ids=BROKEN)
async def test_a_stored_shape_that_can_not_be_judged_is_never_left_out(pool: Pool, footprint: str) -> None:
    async with pool.acquire() as connection:
        await load(connection, document(), actor="A", reason=None, now=NOW)
        await spoil_versions(connection, "footprint = $1 WHERE zone_id = 'Z-2'", footprint)
        register = await STORE.register(connection)
        (version,) = register.orders[1].prohibitions[0].zones[0].versions
        assert shapely.is_empty(version.footprint) or not shapely.is_valid(version.footprint)
        (unreadable,) = await STORE.unreadable(connection)
        assert (unreadable.zone_id, unreadable.version) == ("Z-2", 1)
        assert unreadable.faults
        assert await STORE.unreadable(connection, [WearerId("W-1")]) == []
        # Everyone else's zones are there as before.
        assert register.orders[0] == document().register().orders[0]
