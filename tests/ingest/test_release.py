"""What lies in quarantine is read again: what is good in it is in the ledger then, once, as received now."""

import asyncio

import pytest

from geofence.instants import Instant, moment, printed
from ingest.batch import Batch, place_text
from ingest.connections import Pool
from ingest.fix import Profile
from ingest.ledger import append
from ingest.quarantine import Wanted, list_rejections
from ingest.release import NoSuchRejection, Released, ReleasedAlready, StillFaulty, release
from ingest.tally import Tally
from tests.ingest import ledger_rows
from tests.ingest.messages import RECEIVED, RECORDED, body, event_message, fix_message, mdss_message
from tests.ingest.reading import eventually

HOUR_US = 3_600_000_000
LATER = Instant(RECEIVED + 48 * HOUR_US)
PLACE = ("tag-fixes/0", 7)


async def quarantined(pool: Pool, message: bytes, *, profile: Profile = "cordon", origin: str = "kafka") -> int:
    """Put a message into quarantine, as it arrived whole, and return its id."""
    batch = Batch("kafka", RECEIVED) if origin == "kafka" else Batch("file", None)
    batch.add_objects([message], profile, lambda _: place_text(PLACE))
    assert len(batch.quarantine) == 1, "it can be read"
    await append(pool, batch, RECEIVED)
    return int(await pool.fetchval("SELECT max(rejection_id) FROM rejection"))


async def released(pool: Pool, rejection_id: int, profile: Profile | None = None, now: Instant = LATER) -> Released:
    async with pool.acquire() as connection:
        return await release(connection, rejection_id, profile, now)


async def waiting(pool: Pool) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.place, one.faults) for one in await list_rejections(pool, 100, None, Wanted(released=False))]


async def test_under_the_profile_that_was_meant_a_message_is_a_fix_received_now(pool: Pool) -> None:
    fitting = await ledger_rows.fit(pool, "T-000123", Instant(RECORDED - HOUR_US))
    number = await quarantined(pool, body(mdss_message()))
    before = await ledger_rows.arrivals(pool)
    done = await released(pool, number, "mdss")
    assert (done.tally, done.profile, done.rejections) == (Tally(fixes=1), "mdss", [])
    row = await pool.fetchrow("SELECT received_at, recorded_at, person_id, clock_suspect FROM fix")
    assert row is not None
    assert tuple(row) == (moment(LATER), moment(RECORDED), "77", False)
    assert await ledger_rows.work(pool) == [(fitting, RECORDED, LATER, "fixes")]
    [one] = await list_rejections(pool, 10)
    assert (one.released_at, one.received_at, one.profile) == (LATER, RECEIVED, "cordon")
    assert await ledger_rows.arrivals(pool) == before, "it arrived once"
    with pytest.raises(ReleasedAlready) as again:
        await released(pool, number, "mdss")
    assert again.value.released_at == LATER


async def test_what_still_can_not_be_read_stays_as_it_is_and_its_faults_are_told(pool: Pool) -> None:
    number = await quarantined(pool, body(fix_message(latitude=91)))
    [before] = await list_rejections(pool, 10)
    tried: list[tuple[Profile | None, str]] = [(None, "latitude: 91 is over 90"), ("mdss", "device_id: is missing")]
    for profile, fault in tried:
        with pytest.raises(StillFaulty) as refused:
            await released(pool, number, profile)
        assert refused.value.faults[0] == fault
        assert not refused.value.contradiction
    assert await list_rejections(pool, 10) == [before]
    with pytest.raises(NoSuchRejection):
        await released(pool, number + 1)


async def test_the_limits_of_time_are_those_of_its_first_receipt_and_a_file_has_none(pool: Pool) -> None:
    def ahead(hours: int) -> bytes:
        return body(mdss_message(position_gps_date=printed(Instant(RECEIVED + hours * HOUR_US))))

    number = await quarantined(pool, ahead(25))
    with pytest.raises(StillFaulty) as refused:
        await released(pool, number, "mdss")
    assert "over 24 h after it was received" in refused.value.faults[0]
    await released(pool, await quarantined(pool, ahead(23)), "mdss")
    assert await pool.fetchval("SELECT clock_suspect FROM fix") is True
    number = await quarantined(pool, ahead(10_000), origin="file")
    assert (await released(pool, number, "mdss")).tally == Tally(fixes=1)


async def test_an_array_is_taken_apart_and_what_is_faulty_in_it_is_kept_by_itself(pool: Pool) -> None:
    far = fix_message(position_id=4, recorded_at=printed(Instant(RECEIVED + 30 * HOUR_US)))
    elements = [fix_message(), {}, fix_message(latitude=51.5), fix_message(), fix_message(position_id=3), far]
    number = await quarantined(pool, body(elements))
    done = await released(pool, number)
    assert done.tally == Tally(fixes=2, duplicates=1, contradictions=1, rejected=3)
    assert {one.rejection.place for one in done.rejections} == {f"tag-fixes/0/7/{index}" for index in (1, 2, 5)}
    assert [place for place, _ in await waiting(pool)] == ["tag-fixes/0/7/2", "tag-fixes/0/7/5", "tag-fixes/0/7/1"]
    element = await pool.fetchval("SELECT rejection_id FROM rejection WHERE place = 'tag-fixes/0/7/5'")
    with pytest.raises(StillFaulty, match="can't be read"):  # its time is still that of the array
        await released(pool, element, now=Instant(LATER + 48 * HOUR_US))


async def test_an_array_in_which_nothing_is_good_stays_whole(pool: Pool) -> None:
    for message, fault in (
        (b"[]", "message: an empty array"),
        (b'[{}, {"tag_id": 1}]', "0: tag_id: is missing"),
        (b"[1", "message: not JSON: expected a comma or the array's end at character 2"),
        (b"[" + b"1," * 10_000 + b"1]", "message: more than 10000 elements; send smaller arrays"),
    ):
        number = await quarantined(pool, message)
        with pytest.raises(StillFaulty) as refused:
            await released(pool, number)
        assert refused.value.faults[0] == fault
    assert len(await waiting(pool)) == 4


async def test_a_contradiction_stays_while_the_ledger_holds_the_other_fix(pool: Pool) -> None:
    batch = Batch("kafka", RECEIVED)
    for offset, latitude in enumerate((51.3, 51.4)):
        batch.add_message(body(fix_message(latitude=latitude)), "cordon", ("tag-fixes/0", offset))
    await append(pool, batch, RECEIVED)
    number = await pool.fetchval("SELECT rejection_id FROM rejection")
    with pytest.raises(StillFaulty, match="the ledger holds another report") as refused:
        await released(pool, number)
    assert refused.value.contradiction
    assert refused.value.faults == ("latitude: differs from the first fix of this identity, already in the ledger",)
    assert [place for place, _ in await waiting(pool)] == ["tag-fixes/0/1"]
    await pool.execute("DELETE FROM fix")  # as an erasure does
    assert (await released(pool, number)).tally == Tally(fixes=1)


async def test_what_is_in_the_ledger_already_is_released_as_a_duplicate(pool: Pool) -> None:
    number = await quarantined(pool, body(mdss_message()))
    batch = Batch("file", None)
    batch.add_message(body(mdss_message()), "mdss", ("line 1",))
    await append(pool, batch, RECEIVED)
    assert (await released(pool, number, "mdss")).tally == Tally(duplicates=1)


async def test_tag_events_are_read_as_events_and_a_fix_among_them_as_a_fix(pool: Pool) -> None:
    batch = Batch("kafka", RECEIVED)
    batch.add_event(body([event_message(), {}]), ("tag-events/0", 1))
    batch.add_event(body(fix_message()), ("tag-events/0", 2))
    await append(pool, batch, RECEIVED)
    first, second = [row[0] for row in await pool.fetch("SELECT rejection_id FROM rejection ORDER BY 1")]
    assert (await released(pool, first)).tally == Tally(events=1, rejected=1)
    with pytest.raises(StillFaulty):
        await released(pool, second)
    assert (await released(pool, second, "cordon")).tally == Tally(fixes=1)


async def test_what_the_ledger_refuses_stays_and_nothing_of_it_is_done(pool: Pool) -> None:
    await pool.execute("ALTER TABLE fix ADD CONSTRAINT moody CHECK (position_id <> '7')")
    number = await quarantined(pool, body([fix_message(), fix_message(position_id=7)]))
    with pytest.raises(StillFaulty) as refused:
        await released(pool, number)
    assert refused.value.faults == ("message: the ledger refuses it (CheckViolationError)",)
    assert await ledger_rows.identities(pool) == []
    await pool.execute("ALTER TABLE fix DROP CONSTRAINT moody")
    assert (await released(pool, number)).tally == Tally(fixes=2)


async def test_a_release_and_an_append_of_the_same_bytes_do_not_wait_in_a_ring(pool: Pool) -> None:
    first, other = fix_message(), fix_message(latitude=51.5)
    again = Batch("kafka", RECEIVED)
    again.add_objects([body(first)], "cordon", str)
    await append(pool, again, RECEIVED)
    again = Batch("kafka", RECEIVED)
    again.add_objects([body(other), body(fix_message(position_id=2))], "cordon", str)
    await append(pool, again, RECEIVED)
    number = await pool.fetchval("SELECT rejection_id FROM rejection")
    await pool.execute("UPDATE rejection SET received_at = received_at - interval '2 days'")

    async def released() -> None:
        async with pool.acquire() as connection:
            await release(connection, number, None, LATER)

    async with pool.acquire() as holder, holder.transaction():
        # Both get as far as to the fixes, whatever they have locked before.
        await holder.execute("LOCK TABLE fix IN ACCESS EXCLUSIVE MODE")
        appending = asyncio.create_task(append(pool, again, LATER))
        await eventually(lambda: _waiting(pool, 1))
        releasing = asyncio.create_task(released())
        await eventually(lambda: _waiting(pool, 2))
    assert (await appending).tally == Tally(duplicates=1, contradictions=1, rejected=1)
    with pytest.raises(StillFaulty):
        await releasing


async def _waiting(pool: Pool, count: int) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return int(await pool.fetchval(query)) == count


async def test_of_many_releases_at_once_one_wins(pool: Pool) -> None:
    number = await quarantined(pool, body(mdss_message()))
    outcomes = await asyncio.gather(*(released(pool, number, "mdss") for _ in range(8)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Released"] + 7 * ["ReleasedAlready"]
    assert len(await ledger_rows.identities(pool)) == 1
