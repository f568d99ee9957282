"""What one person asks for and another approves: never the same, never twice, never what he has not seen."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from geofence.ids import ZoneId
from service.database import Pool
from service.http.proposals.kinds import PROPOSALS
from service.register.refusals import Conflict, NoSuch, SamePerson, Stale
from service.register.zones.drafts import discard_version
from service.register.zones.zone import read_zone
from tests.alerts.ledger import enter_wearer
from tests.service.register.office import Held, Office, actor, at, hour

BEGAN = -720.0


@pytest.fixture
async def office(pool: Pool) -> AsyncIterator[Office]:
    """A zone of 200 metres holds since thirty days ago."""
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        yield Office(connection)


async def test_nobody_approves_what_he_asked_for(office: Office) -> None:
    asked = await office.ask("discharge", "O-1", {"at": at(5)})
    version = await office.connection.fetchval("SELECT version FROM register_state")
    with pytest.raises(SamePerson):
        await office.approve(asked, by="ann")
    assert await office.connection.fetchval("SELECT version FROM register_state") == version
    assert (await office.look_again(asked)).record.decision is None


async def test_the_database_wants_a_second_person_too(office: Office) -> None:
    asked = await office.ask("discharge", "O-1", {"at": at(5)})
    await office.do("zone_end", "Z-1", {"at": at(50)})  # makes a change to point at
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await office.connection.execute(
            "UPDATE proposal SET decision = 'approved', decided_by = proposed_by, decided_at = now(),"
            " register_version = (SELECT max(register_version) FROM register_change) WHERE proposal_id = $1",
            asked.record.proposal_id,
        )
    assert refused.value.constraint_name == "proposal_second_person"


async def test_what_was_decided_is_not_decided_again(office: Office) -> None:
    asked = await office.ask("discharge", "O-1", {"at": at(5)})
    done = await office.approve(asked)
    assert (done.record.decision, done.record.decided_by) == ("approved", "ben")
    made = await office.connection.fetchrow(
        "SELECT actor, proposed_by, reason, what FROM register_change WHERE register_version = $1",
        done.record.register_version,
    )
    assert made is not None
    assert tuple(made) == ("ben", "ann", "it is so", "order O-1: discharge approved")
    with pytest.raises(Conflict, match="was approved"):
        await office.approve(asked, by="cat")


@pytest.mark.parametrize(("by", "decision"), [("ann", "withdrawn"), ("ben", "rejected")])
async def test_turned_down_it_changes_nothing(office: Office, by: str, decision: str) -> None:
    asked = await office.ask("zone_end", "Z-1", {"at": at(5)})
    async with office.connection.transaction():
        done = await PROPOSALS.reject(
            office.connection,
            asked.record.proposal_id,
            if_match=asked.etag,
            actor=actor(by),
            reason="no",
            now=hour(1),
        )
    assert done.record.decision == decision
    with pytest.raises(Conflict, match=f"was {decision}"):
        await office.approve(asked)
    assert await office.held() == [(BEGAN, None, 200)]


async def test_what_would_do_something_else_by_now_is_looked_at_again(office: Office) -> None:
    asked = await office.ask("zone_end", "Z-1", {"at": at(50)})
    await office.publish(await office.draw(300, 10))
    with pytest.raises(Stale) as stale:
        await office.approve(asked)
    again = await office.look_again(asked)
    assert again.etag == stale.value.etag != asked.etag
    assert again.effect is not None
    assert again.effect.after == {
        "zone_id": "Z-1",
        "versions": [
            {"version": 1, "valid_from": at(BEGAN), "valid_until": at(10)},
            {"version": 2, "valid_from": at(10), "valid_until": at(50)},
        ],
    }
    await office.approve(again)
    assert await office.held() == [(BEGAN, 10, 200), (10, 50, 300)]


async def test_what_can_not_be_done_any_more_says_why_to_who_looks_again(office: Office) -> None:
    first, second = [await office.ask("discharge", "O-1", {"at": at(when)}) for when in (5, 6)]
    await office.approve(first)
    with pytest.raises(Stale):
        await office.approve(second)
    again = await office.look_again(second)
    assert again.effect is None
    assert "discharged already" in str(again.hindrance)
    with pytest.raises(Conflict, match="discharged already"):
        await office.approve(again)


async def test_what_nobody_asked_for_is_not_found(office: Office) -> None:
    for number in (0, 77, 2**63):
        with pytest.raises(NoSuch):
            await PROPOSALS.read(office.connection, number)


# --- the end of a zone

ENDS: dict[str, tuple[float, Held]] = {
    "in the past": (-5, [(BEGAN, -5, 200)]),
    "in the future": (5, [(BEGAN, 5, 200)]),
    "between two versions": (10, [(BEGAN, 10, 200)]),
    "within the second": (20, [(BEGAN, 10, 200), (10, 20, 300)]),
    "with its first version": (BEGAN, []),
    "before its first version": (BEGAN - 1, []),
}


@pytest.mark.parametrize(("when", "left"), ENDS.values(), ids=ENDS)
async def test_a_zone_ends(office: Office, when: float, left: Held) -> None:
    await office.publish(await office.draw(300, 10))
    await office.do("zone_end", "Z-1", {"at": at(when)})
    assert await office.held() == left
    with pytest.raises(Conflict, match="no version of zone Z-1 holds after that"):
        await office.ask("zone_end", "Z-1", {"at": at(when)})


async def test_a_zone_that_was_ended_is_not_begun_again_by_confirming(office: Office) -> None:
    version = await office.draw(300, 0)
    await office.publish_alone(version)
    await office.do("zone_end", "Z-1", {"at": at(30)})
    assert await office.held() == [(BEGAN, 0, 200), (0, 24, 300), (24, 30, 200)]
    office.now = 26
    await office.publish(version)
    assert await office.held() == [(BEGAN, 0, 200), (0, 30, 300)]


async def test_an_emergency_refused_after_the_zone_was_ended_leaves_what_was_there_up_to_that_end(
    office: Office,
) -> None:
    version = await office.draw(300, 0)
    await office.publish_alone(version)
    await office.do("zone_end", "Z-1", {"at": at(10)})
    assert await office.held() == [(BEGAN, 0, 200), (0, 10, 300)]
    office.now = 2
    await office.refuse(version)
    assert await office.held() == [(BEGAN, 0, 200), (0, 2, 300), (2, 10, 200)]


# --- the withdrawal of a version


async def withdraw(office: Office, version: int) -> None:
    await office.do("zone_withdrawal", "Z-1", {"version": version})


async def test_withdrawn_the_earlier_version_holds_again(office: Office) -> None:
    await office.publish(await office.draw(300, 10))
    await withdraw(office, 2)
    assert await office.held() == [(BEGAN, None, 200)]
    with pytest.raises(Conflict, match="withdrawn already"):
        await office.ask("zone_withdrawal", "Z-1", {"version": 2})


async def test_withdrawn_the_earlier_version_holds_again_up_to_its_own_end(office: Office) -> None:
    await office.publish(await office.draw(250, -10, 30), reason="she moves")
    await office.publish(await office.draw(300, 10, 30))
    await withdraw(office, 3)
    assert await office.held() == [(BEGAN, -10, 200), (-10, 30, 250)]


async def test_withdrawn_the_earlier_version_holds_again_up_to_the_later_one(office: Office) -> None:
    await office.publish(await office.draw(300, 10))
    await office.publish(await office.draw(400, 20))
    await withdraw(office, 2)
    assert await office.held() == [(BEGAN, 20, 200), (20, None, 400)]
    await withdraw(office, 3)
    assert await office.held() == [(BEGAN, None, 200)]


async def test_in_whatever_order_two_are_withdrawn_the_first_holds_without_end(office: Office) -> None:
    await office.publish(await office.draw(300, 10))
    await office.publish(await office.draw(400, 5, 10))
    assert await office.held() == [(BEGAN, 5, 200), (5, 10, 400), (10, None, 300)]
    await withdraw(office, 2)
    await withdraw(office, 3)
    assert await office.held() == [(BEGAN, None, 200)]


async def test_withdrawn_the_first_version_leaves_nothing_and_says_so(office: Office) -> None:
    asked = await office.ask("zone_withdrawal", "Z-1", {"version": 1})
    assert asked.effect is not None
    assert [warning.text[:32] for warning in asked.effect.warnings] == ["nothing takes the version's plac"]
    await office.approve(asked)
    assert await office.held() == []


async def test_a_zone_that_was_ended_is_not_begun_again_by_withdrawing(office: Office) -> None:
    await office.publish(await office.draw(300, 10))
    await office.do("zone_end", "Z-1", {"at": at(20)})
    await withdraw(office, 2)
    assert await office.held() == [(BEGAN, 20, 200)]
    # What was drawn for the time after the end has cut nothing short.
    await office.publish(await office.draw(300, 20))
    await withdraw(office, 3)
    assert await office.held() == [(BEGAN, 20, 200)]


async def test_an_emergency_withdrawn_is_as_if_it_had_never_been(office: Office) -> None:
    version = await office.draw(300, 0)
    await office.publish_alone(version)
    office.now = 26
    await withdraw(office, version)
    assert await office.held() == [(BEGAN, None, 200)]
    await office.publish(await office.draw(300, 20))
    assert await office.held() == [(BEGAN, 20, 200), (20, None, 300)]


async def test_what_was_put_aside_by_an_emergency_has_lost_a_later_version_and_goes_on(office: Office) -> None:
    await office.publish(await office.draw(400, 48))
    version = await office.draw(300, 0)
    await office.publish_alone(version)
    assert await office.held() == [(BEGAN, 0, 200), (0, 24, 300), (24, 48, 200), (48, None, 400)]
    await withdraw(office, 2)
    assert await office.held() == [(BEGAN, 0, 200), (0, 24, 300), (24, None, 200)]


async def test_what_returned_after_an_emergency_can_be_withdrawn_itself(office: Office) -> None:
    version = await office.draw(300, 0)
    await office.publish_alone(version)
    office.now = 2
    await office.refuse(version)
    asked = await office.ask("zone_withdrawal", "Z-1", {"version": version + 1})
    assert asked.effect is not None
    assert len(asked.effect.warnings) == 1
    await office.approve(asked)
    assert await office.held() == [(BEGAN, 0, 200), (0, 2, 300)]


async def test_who_withdraws_what_an_emergency_put_aside_is_told_that_its_shape_comes_back(office: Office) -> None:
    await office.publish_alone(await office.draw(300, 0))
    asked = await office.ask("zone_withdrawal", "Z-1", {"version": 1})
    assert asked.effect is not None
    assert [warning.place for warning in asked.effect.warnings] == ["zone Z-1", "zone Z-1, version 3"]
    await office.approve(asked)
    assert await office.held() == [(0, 24, 300), (24, None, 200)]


@pytest.mark.parametrize("asked", [{"version": 1}, {"at": at(1)}, {"label": "Zone B"}], ids=str)
async def test_of_a_zone_that_has_drafts_only_nothing_is_asked_so_that_they_can_be_discarded(
    office: Office, asked: dict[str, object]
) -> None:
    kind = {"version": "zone_withdrawal", "at": "zone_end", "label": "zone_details"}[next(iter(asked))]
    await office.draw_zone("Z-2", "P-1", 100, 0, by="ann")
    with pytest.raises(Conflict):
        await office.ask(kind, "Z-2", asked)
    async with office.connection.transaction():
        zone = await read_zone(office.connection, ZoneId("Z-2"))
        await discard_version(office.connection, zone.zone_id, 1, if_match=zone.etag, actor=actor("ann"), now=hour(0))


async def test_a_zone_is_named_otherwise(office: Office) -> None:
    await office.do("zone_details", "Z-1", {"label": "Zone B"})
    assert (await read_zone(office.connection, ZoneId("Z-1"))).label == "Zone B"
    with pytest.raises(Conflict, match="already"):
        await office.ask("zone_details", "Z-1", {"label": "Zone B"})
