"""Publishing zone versions: what follows what, what one person alone may do, and what comes back afterwards."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from geofence.ids import OrderId, ZoneId
from geofence.instants import moment
from service.database import Pool
from service.register.clocks.emergencies import count_unconfirmed
from service.register.orders.drafts import edit_draft
from service.register.orders.order import read_order
from service.register.refusals import Conflict, Faulty, ReasonNeeded, SamePerson, Stale
from service.register.zones.publishing import publish
from service.register.zones.zone import read_zone
from tests.alerts.ledger import LATITUDE_DEG, LONGITUDE_DEG, enter_wearer
from tests.service.register.office import Office, actor, at, hour
from tests.service.register.test_order_operations import order

ORDER_BEGAN = -720.0
FIRST = (ORDER_BEGAN, None, 200.0)


@pytest.fixture
async def office(pool: Pool) -> AsyncIterator[Office]:
    """A zone of 200 metres holds since thirty days ago."""
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        yield Office(connection)


async def in_emergency(office: Office, distance_m: float = 300, start: float = 0, until: float | None = None) -> int:
    version = await office.draw(distance_m, start, until)
    await office.publish_alone(version)
    return version


async def kept(office: Office) -> tuple[object, ...]:
    """Return what a refusal must leave alone."""
    rows = await office.connection.fetch("SELECT zone_version::text FROM zone_version ORDER BY zone_id, version")
    version = await office.connection.fetchval("SELECT version FROM register_state")
    return (version, *(row[0] for row in rows))


async def test_a_version_ends_the_one_that_it_follows(office: Office) -> None:
    await office.publish(await office.draw(300, 10))
    assert await office.held() == [(ORDER_BEGAN, 10, 200), (10, None, 300)]


async def test_who_drew_a_version_never_publishes_it(office: Office) -> None:
    version = await office.draw(300, 10)
    before = await kept(office)
    with pytest.raises(SamePerson):
        await office.publish(version, by="ann")
    assert await kept(office) == before


async def test_a_version_may_begin_long_ago(office: Office) -> None:
    await office.publish(await office.draw(300, -500))
    assert await office.held() == [(ORDER_BEGAN, -500, 200), (-500, None, 300)]
    since = await office.connection.fetchval("SELECT since FROM to_judge WHERE reason = 'zone published'")
    assert since == moment(hour(-500))


async def test_a_later_version_stands_in_the_way_and_is_named(office: Office) -> None:
    await office.publish(await office.draw(300, 10))
    early = await office.draw(400, 5)
    with pytest.raises(Conflict, match="version 2 begins at 2026-11-20T10:00:00Z"):
        await office.publish(early)
    await office.publish(await office.draw(400, 5, 10))
    assert await office.held() == [(ORDER_BEGAN, 5, 200), (5, 10, 400), (10, None, 300)]
    same = await office.draw(400, 10)
    with pytest.raises(Conflict, match="version 2 begins"):
        await office.publish(same)


async def test_a_gap_wants_a_reason(office: Office) -> None:
    version = await office.draw(300, 5, 10)
    with pytest.raises(ReasonNeeded, match="version 1, which it replaces, would have gone on"):
        await office.publish(version)
    done = await office.publish(version, reason="she moves on that day")
    assert len(done.warnings) == 1
    assert await office.held() == [(ORDER_BEGAN, 5, 200), (5, 10, 300)]


async def test_a_published_version_is_not_published_again(office: Office) -> None:
    await office.publish(await office.draw(300, 10))
    for version in (1, 2):
        with pytest.raises(Conflict, match="is published"):
            await office.publish(version, by="cat")
    with pytest.raises(Conflict, match="is published"):
        await office.publish_alone(2)


async def test_of_two_publishers_at_once_the_second_is_told_to_look_again(pool: Pool, office: Office) -> None:
    version = await office.draw(300, 10)
    asked = await office._asked(version, "ben")
    async with pool.acquire() as early, pool.acquire() as late:
        first = early.transaction()
        await first.start()
        await publish(early, asked, hour(0))

        async def publish_too() -> None:
            async with late.transaction():
                await publish(late, asked, hour(0))

        second = asyncio.create_task(publish_too())
        while not await office.connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
            assert not second.done()
        await first.commit()
        with pytest.raises(Stale):
            await second
    assert await office.held() == [(ORDER_BEGAN, 10, 200), (10, None, 300)]
    assert await office.connection.fetchval("SELECT count(*) FROM to_judge WHERE reason = 'zone published'") == 1


# --- one person alone


@pytest.mark.parametrize(
    ("distance_m", "allowed"), [(300, True), (200, True), (199.6, True), (199, False), (100, False)]
)
async def test_one_person_alone_publishes_what_leaves_nothing_out(
    office: Office, distance_m: float, allowed: bool
) -> None:
    version = await office.draw(distance_m, 0)
    before = await kept(office)
    if allowed:
        await office.publish_alone(version)
        assert await office.held() == [(ORDER_BEGAN, 0, 200), (0, 24, distance_m), (24, None, 200)]
    else:
        with pytest.raises(Conflict, match="leaves out a part of version 1"):
            await office.publish_alone(version)
        assert await kept(office) == before


async def test_as_large_a_zone_elsewhere_leaves_something_out(office: Office) -> None:
    version = await office.draw(200, 0, longitude_deg=-0.11)
    with pytest.raises(Conflict, match="leaves out"):
        await office.publish_alone(version)


@pytest.mark.parametrize(("start", "allowed"), [(-1.1, False), (-1, True), (0, True), (23.9, True), (24, False)])
async def test_an_emergency_is_now(office: Office, start: float, allowed: bool) -> None:
    version = await office.draw(300, start)
    if allowed:
        await office.publish_alone(version)
        assert await office.held() == [(ORDER_BEGAN, start, 200), (start, 24, 300), (24, None, 200)]
    else:
        with pytest.raises(Conflict, match="an emergency begins"):
            await office.publish_alone(version)


@pytest.mark.parametrize("late", [1, 30])
async def test_confirmed_within_its_day_or_after_it_holds_from_its_beginning_on(office: Office, late: float) -> None:
    version = await in_emergency(office)
    office.now = late
    with pytest.raises(SamePerson):
        await office.publish(version, by="ann")
    await office.publish(version)
    assert await office.held() == [(ORDER_BEGAN, 0, 200), (0, None, 300)]
    since = await office.connection.fetchval("SELECT max(since) FROM to_judge WHERE reason = 'zone published'")
    assert since == moment(hour(0))


async def test_refused_what_was_there_before_holds_again_from_then_on(office: Office) -> None:
    version = await in_emergency(office)
    office.now = 2
    with pytest.raises(SamePerson):
        await office.refuse(version, by="ann")
    await office.refuse(version)
    assert await office.held() == [(ORDER_BEGAN, 0, 200), (0, 2, 300), (2, None, 200)]
    with pytest.raises(Conflict, match="not in force in an emergency"):
        await office.refuse(version)


async def test_refused_before_it_began_it_never_holds(office: Office) -> None:
    version = await in_emergency(office, start=5)
    office.now = 2
    await office.refuse(version)
    assert await office.held() == [(ORDER_BEGAN, 5, 200), (5, None, 200)]


async def test_a_day_later_there_is_nothing_left_to_refuse(office: Office) -> None:
    version = await in_emergency(office)
    office.now = 24
    with pytest.raises(Conflict, match="not in force in an emergency"):
        await office.refuse(version)


async def test_refused_what_was_there_before_holds_again_though_it_was_to_end_within_the_day(office: Office) -> None:
    await office.publish(await office.draw(250, -10, 20), reason="she moves at eight")
    version = await in_emergency(office)
    assert await office.held() == [(ORDER_BEGAN, -10, 200), (-10, 0, 250), (0, 24, 300)]
    office.now = 2
    await office.refuse(version)
    assert await office.held() == [(ORDER_BEGAN, -10, 200), (-10, 0, 250), (0, 2, 300), (2, 20, 250)]


async def test_what_is_confirmed_with_an_end_of_its_own_gives_way_to_what_was_there_before(office: Office) -> None:
    for until, start in ((10.0, 0.0), (50.0, 11.0)):
        office.now = start
        version = await in_emergency(office, start=start, until=until)
        await office.publish(version)
    assert await office.held() == [(ORDER_BEGAN, 0, 200), (0, 10, 300), (10, 11, 200), (11, 50, 300), (50, None, 200)]


async def test_an_emergency_before_a_planned_version_can_be_confirmed(office: Office) -> None:
    await office.publish(await office.draw(400, 48))
    version = await in_emergency(office)
    assert await office.held() == [(ORDER_BEGAN, 0, 200), (0, 24, 300), (24, 48, 200), (48, None, 400)]
    await office.publish(version)
    assert await office.held() == [(ORDER_BEGAN, 0, 200), (0, 48, 300), (48, None, 400)]


async def test_one_person_alone_never_makes_two_emergencies_into_a_zone_for_good(office: Office) -> None:
    await office.draw_zone("Z-2", "P-1", 200, 0, by="ann")
    await office.publish_alone(1, zone_id="Z-2")
    larger = await office.draw(300, 0.5, zone_id="Z-2")
    with pytest.raises(Conflict, match="version 1 was put in force in an emergency"):
        await office.publish_alone(larger, zone_id="Z-2")
    assert await office.held("Z-2") == [(0, 24, 200)]
    # Nor when the first one's day is just over, and the second is said to have begun before.
    office.now = 24.5
    later = await office.draw(300, 23.9, zone_id="Z-2")
    with pytest.raises(Conflict, match="version 1 was put in force in an emergency"):
        await office.publish_alone(later, zone_id="Z-2")
    # A day that nobody confirmed is over, and there is another emergency: another day, but not of the same person.
    again = await office.draw(300, 24.5, zone_id="Z-2")
    with pytest.raises(Conflict, match="version 1 was put in force in an emergency"):
        await office.publish_alone(again, zone_id="Z-2")
    await office.publish_alone(again, by="ben", zone_id="Z-2")
    assert await office.held("Z-2") == [(0, 24, 200), (24.5, 48.5, 300)]


async def test_what_one_person_put_in_force_is_answered_before_another_version_follows_it(office: Office) -> None:
    alone = await in_emergency(office)
    other = await office.draw(400, 4, 24)
    before = await kept(office)
    with pytest.raises(Conflict, match="confirm or refuse it first"):
        await office.publish(other)
    with pytest.raises(Conflict, match="confirm or refuse it first"):
        await office.publish_alone(await office.draw(400, 4, 24))
    assert (await kept(office))[2:4] == before[2:4]
    office.now = 2
    await office.refuse(alone)
    await office.publish(other, reason="for that day")
    assert await office.held() == [(ORDER_BEGAN, 0, 200), (0, 2, 300), (2, 4, 200), (4, 24, 400)]


async def test_a_version_for_another_time_is_no_answer_to_an_emergency(office: Office) -> None:
    await in_emergency(office)
    await office.publish(await office.draw(100, 1000))
    assert await count_unconfirmed(office.connection) == 1


async def test_a_withdrawn_emergency_is_not_refused_as_well(office: Office) -> None:
    version = await in_emergency(office)
    await office.do("zone_withdrawal", "Z-1", {"version": version})
    assert await office.held() == [FIRST]
    with pytest.raises(Conflict, match="not in force in an emergency"):
        await office.refuse(version, by="cat")


async def test_the_order_is_open_to_proposals_while_an_emergency_stands(office: Office) -> None:
    await in_emergency(office)
    await office.do("discharge", "O-1", {"at": at(100)})
    office.now = 30  # nobody confirmed
    await office.do("suspension", "O-1", {"from": at(31), "until": at(32), "reason": "funeral", "authority": "court"})


# --- one person alone on a draft of an order


async def draft(office: Office) -> None:
    await office.enter_order(order("O-9", "P-9"))
    await office.draw_zone("Z-9", "P-9", 200, 0, by="ann")


async def test_alone_on_her_own_draft_the_order_too_holds_for_a_day(office: Office) -> None:
    await draft(office)
    await office.publish_alone(1, zone_id="Z-9")
    row = await office.connection.fetchrow(
        "SELECT published_by, emergency_until FROM court_order WHERE order_id = 'O-9'"
    )
    assert row is not None
    assert (row["published_by"], row["emergency_until"]) == ("ann", moment(hour(24)))
    await office.publish(1, zone_id="Z-9")
    assert await office.connection.fetchval("SELECT emergency_until FROM court_order WHERE order_id = 'O-9'") is None


async def test_alone_on_the_draft_of_another_the_order_has_its_second_person(office: Office) -> None:
    await draft(office)
    await office.publish_alone(1, by="ben", zone_id="Z-9")
    assert await office.connection.fetchval("SELECT emergency_until FROM court_order WHERE order_id = 'O-9'") is None
    assert await office.held("Z-9") == [(0, 24, 200)]
    with pytest.raises(SamePerson):
        await office.publish(1, by="ben", zone_id="Z-9")


async def test_alone_on_the_draft_of_another_that_warns_a_reason_is_wanted_for_it(office: Office) -> None:
    abroad = {**order("O-9", "P-9"), "without_notice": True}
    await office.enter_order(abroad)
    await office.draw_zone("Z-9", "P-9", 200, 0, by="ann")
    with pytest.raises(ReasonNeeded, match="in the wearer's absence"):
        await office.publish_alone(1, by="ben", zone_id="Z-9")
    await office.publish_alone(1, by="ben", zone_id="Z-9", reason="the court made it so")
    change = await office.connection.fetchrow("SELECT * FROM register_change ORDER BY register_version DESC LIMIT 1")
    assert change is not None
    assert (change["reason"], len(change["warnings"])) == ("the court made it so", 1)


async def test_who_wrote_any_part_of_a_draft_is_no_second_person(office: Office) -> None:
    drafted = await office.enter_order(order("O-9", "P-9"), by="ann")
    changed = {**order("O-9", "P-9"), "reference": "another"}
    async with office.connection.transaction():
        etag = drafted.record.etag
        await edit_draft(
            office.connection, OrderId("O-9"), changed, if_match=etag, actor=actor("ben"), now=hour(office.now)
        )
    for name in ("ann", "ben"):
        with pytest.raises(SamePerson):
            await office.publish_order("O-9", by=name)
    await office.publish_order("O-9", by="cat")


@pytest.mark.parametrize("alone", [False, True])
async def test_who_publishes_a_zone_has_seen_the_draft_of_its_order_too(office: Office, alone: bool) -> None:
    await draft(office)
    seen = (await read_zone(office.connection, ZoneId("Z-9"))).etag
    absence = {"from": at(0), "until": at(1000), "reason": "holiday", "authority": "nobody"}
    changed = {**order("O-9", "P-9"), "suspensions": [absence]}
    async with office.connection.transaction():
        etag = (await read_order(office.connection, OrderId("O-9"))).etag
        await edit_draft(office.connection, OrderId("O-9"), changed, if_match=etag, actor=actor("ann"), now=hour(0.1))
    publish_it = office.publish_alone if alone else office.publish
    with pytest.raises(Stale):
        await publish_it(1, by="ben", zone_id="Z-9", if_match=seen)
    await publish_it(1, by="ben", zone_id="Z-9")


async def test_refused_the_order_that_she_put_in_force_with_it_ends_too(office: Office) -> None:
    await draft(office)
    await office.publish_alone(1, zone_id="Z-9")
    office.now = 2
    await office.refuse(1, zone_id="Z-9")
    assert await office.connection.fetchval("SELECT emergency_until FROM court_order WHERE order_id = 'O-9'") == moment(
        hour(2)
    )


async def test_refusing_one_zone_leaves_the_order_to_the_other(office: Office) -> None:
    await draft(office)
    await office.draw_zone("Z-8", "P-9", 100, 0, by="ann")
    await office.publish_alone(1, zone_id="Z-9")
    await office.publish_alone(1, zone_id="Z-8")
    until = "SELECT emergency_until FROM court_order WHERE order_id = 'O-9'"
    await office.refuse(1, zone_id="Z-8")
    assert await office.connection.fetchval(until) == moment(hour(24))
    office.now = 2
    await office.refuse(1, zone_id="Z-9")
    assert await office.connection.fetchval(until) == moment(hour(2))


async def test_an_order_whose_day_is_over_wants_a_second_person(office: Office) -> None:
    await draft(office)
    await office.publish_alone(1, zone_id="Z-9")
    office.now = 25
    again = await office.draw(300, 25, zone_id="Z-9")
    with pytest.raises(Conflict, match="the 24 hours of order O-9 are over"):
        await office.publish_alone(again, zone_id="Z-9")
    await office.publish(again, zone_id="Z-9")
    assert await office.connection.fetchval("SELECT emergency_until FROM court_order WHERE order_id = 'O-9'") is None


async def test_an_order_without_a_clause_is_not_published(office: Office) -> None:
    await office.enter_order({**order("O-9", "P-9"), "prohibitions": []})
    with pytest.raises(Faulty, match="has no prohibition"):
        await office.publish_order("O-9")


async def test_a_zone_whose_numbers_a_file_used_up_can_be_drawn_anew(office: Office) -> None:
    last = {"version": 2**31 - 1, "valid_from": at(0), "distance_m": 200}
    last["footprint"] = {"type": "Point", "coordinates": [LONGITUDE_DEG, LATITUDE_DEG]}
    members = order("O-9", "P-9")
    members["prohibitions"][0]["zones"] = [{"zone_id": "Z-9", "versions": [last]}]
    await office.enter_order(members)
    await office.publish(2**31 - 1, zone_id="Z-9")
    assert await office.draw(300, 0, zone_id="Z-9") == 1
    with pytest.raises(Conflict):  # it begins with the other one
        await office.publish_alone(1, zone_id="Z-9")
    office.now = 2
    assert await office.draw(300, 2, zone_id="Z-9") == 2
    await office.publish_alone(2, zone_id="Z-9")
    assert await office.held("Z-9") == [(0, 2, 200), (2, 26, 300), (26, None, 200)]


# --- what the database itself forbids


async def test_the_database_wants_a_second_person_for_every_version(office: Office) -> None:
    version = await office.draw(300, 10)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await office.connection.execute(
            "UPDATE zone_version SET published_by = drawn_by, published_at = now() WHERE version = $1", version
        )
    assert refused.value.constraint_name == "zone_version_second_person"


async def test_the_database_wants_a_second_person_for_every_order(office: Office) -> None:
    await office.enter_order(order("O-9", "P-9"))
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await office.connection.execute(
            "UPDATE court_order SET published_by = drawn_by, published_at = now() WHERE order_id = 'O-9'"
        )
    assert refused.value.constraint_name == "court_order_second_person"


@pytest.mark.parametrize("table", ["zone_version", "court_order"])
async def test_the_database_allows_one_person_no_more_than_a_day(office: Office, table: str) -> None:
    await draft(office)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await office.connection.execute(
            f"UPDATE {table} SET published_by = drawn_by, published_at = $1, emergency_until = $2"  # noqa: S608
            f" WHERE {'zone_id' if table == 'zone_version' else 'order_id'} LIKE '_-9'",
            moment(hour(0)),
            moment(hour(24.01)),
        )
    assert refused.value.constraint_name == f"{table}_emergency_is_short"


@pytest.mark.parametrize(
    "changed",
    [
        "footprint = jsonb_set(footprint, '{coordinates}', '[0, 51]')",
        "distance_m = 1",
        "version = 7",
        "drawn_by = 'nobody'",
        "published_by = NULL, published_at = NULL",
    ],
)
async def test_a_published_version_never_changes(office: Office, changed: str) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="draw another"):
        await office.connection.execute(f"UPDATE zone_version SET {changed} WHERE zone_id = 'Z-1'")  # noqa: S608
    with pytest.raises(asyncpg.RestrictViolationError, match="withdraw it"):
        await office.connection.execute("DELETE FROM zone_version WHERE zone_id = 'Z-1'")


async def test_published_versions_never_overlap(office: Office) -> None:
    version = await office.draw(300, 10)
    with pytest.raises(asyncpg.ExclusionViolationError) as refused:
        await office.connection.execute(
            "UPDATE zone_version SET published_by = 'ben', published_at = now() WHERE version = $1", version
        )
    assert refused.value.constraint_name == "zone_version_published_do_not_overlap"
    assert (await read_zone(office.connection, ZoneId("Z-1"))).version(version).state == "draft"
