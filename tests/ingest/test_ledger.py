"""The ledger: each fix once, whatever comes twice, at once, or in pieces."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from geofence.ids import TagId
from geofence.instants import MINUTE_US, Instant, moment, printed
from geofence.rules import Rules
from ingest.batch import Batch
from ingest.connections import Connection, Pool
from ingest.following import Watch
from ingest.ledger import Appended, append
from ingest.partitions import days_around, ensure_partitions
from ingest.positions import Advance, OwnershipLost
from ingest.tally import Tally
from ingest.watched import ZoneBoxes
from tests.ingest import ledger_rows
from tests.ingest.messages import RECEIVED, RECORDED, body, fix_message


def a_batch(*messages: object) -> Batch:
    batch = Batch("https", RECEIVED)
    for index, message in enumerate(messages):
        batch.add_message(message if isinstance(message, bytes) else body(message), "cordon", ("m", index))
    return batch


async def appended(pool: Pool, *messages: object) -> Tally:
    return (await append(pool, a_batch(*messages), RECEIVED)).tally


def at_minute(minute: float) -> str:
    return printed(Instant(RECORDED + round(minute * MINUTE_US)))


async def test_a_fix_is_stored_as_it_was_reported(pool: Pool) -> None:
    assert await appended(pool, fix_message()) == Tally(fixes=1)
    row = await pool.fetchrow("SELECT tag_id, fix.* FROM fix JOIN tag USING (tag_no)")
    assert row is not None
    assert dict(row) == {
        "tag_id": "T-000123",
        "tag_no": 1,
        "recorded_at": moment(RECORDED),
        "received_at": moment(RECEIVED),
        "uploaded_at": moment(Instant(RECORDED + 351_000_000)),
        "longitude_deg": -0.1021,
        "latitude_deg": 51.3712,
        "accuracy_m": 8.0,
        "accuracy_confidence": 0.95,
        "hdop": 1.1,
        "speed_kmh": 3.5,
        "heading_deg": 271.0,
        "satellites": 9,
        "mechanism": 1,
        "clock_suspect": False,
        "position_id": "8812345",
        "person_id": None,
    }


@pytest.mark.parametrize(
    "left_out",
    [
        "position_id",
        "uploaded_at",
        "accuracy_m",
        "accuracy_confidence",
        "satellites",
        "hdop",
        "speed_kmh",
        "heading_deg",
    ],
)
async def test_what_was_not_reported_is_null(pool: Pool, left_out: str) -> None:
    await appended(pool, fix_message(**{left_out: ...}, tag_id="T-é"))
    row = await pool.fetchrow("SELECT * FROM fix")
    assert row is not None
    assert [name for name, value in row.items() if value is None] == sorted(
        [left_out, "person_id"], key=list(row.keys()).index
    )


async def test_an_mdss_fix_keeps_whose_tag_the_provider_thought_it_was(pool: Pool) -> None:
    batch = Batch("https", RECEIVED)
    batch.add_message(
        b'{"device_id": 7, "person_id": 77, "position_gps_date": "2026-11-20 18:02:11", "position_latitude": 51,'
        b' "position_longitude": 0.1}',
        "mdss",
        (0,),
    )
    await append(pool, batch, RECEIVED)
    assert await pool.fetchval("SELECT person_id FROM fix") == "77"


async def test_a_fix_that_comes_again_is_a_duplicate_within_a_batch_and_across_batches(pool: Pool) -> None:
    again = fix_message(uploaded_at=None)
    assert await appended(pool, fix_message(), again, again) == Tally(fixes=1, duplicates=2)
    assert await appended(pool, again) == Tally(duplicates=1)
    assert await ledger_rows.identities(pool) == [("T-000123", RECORDED, "8812345", 1)]
    assert await ledger_rows.arrivals(pool) == {"https": (4, 1, 3, 0, 0)}


async def test_repetitions_are_found_before_the_index_has_to_refuse_them(pool: Pool) -> None:
    await pool.execute("DROP INDEX fix_identity")
    first, second, third = (fix_message(position_id=minute, recorded_at=at_minute(minute)) for minute in range(3))
    assert await appended(pool, first, second, second) == Tally(fixes=2, duplicates=1)
    assert await appended(pool, second, first, third, third) == Tally(fixes=1, duplicates=3)
    assert await appended(pool, third) == Tally(duplicates=1)


async def test_late_fixes_are_new_and_their_repetition_is_not(pool: Pool) -> None:
    messages = [fix_message(position_id=minute, recorded_at=at_minute(minute)) for minute in (5, 1, 3, 2, 4)]
    assert await appended(pool, *messages[:3]) == Tally(fixes=3)
    assert await appended(pool, *messages) == Tally(fixes=2, duplicates=3)
    assert [row[2] for row in await ledger_rows.identities(pool)] == ["1", "2", "3", "4", "5"]


async def test_a_contradiction_goes_to_quarantine_with_its_bytes_and_the_first_stays(pool: Pool) -> None:
    other = fix_message(latitude=51.5, hdop=None)
    assert await appended(pool, fix_message(), other) == Tally(fixes=1, contradictions=1, rejected=1)
    assert await pool.fetchval("SELECT latitude_deg FROM fix") == 51.3712
    row = await pool.fetchrow("SELECT * FROM rejection")
    assert row is not None
    assert (row["place"], row["body"], row["tag_id"]) == ("m/1", body(other), "T-000123")
    assert row["contradiction"] is True
    assert row["faults"] == [
        "latitude: differs from the first fix of this identity, already in the ledger",
        "hdop: differs from the first fix of this identity, already in the ledger",
    ]


async def test_a_contradiction_is_found_across_batches_and_kept_once(pool: Pool) -> None:
    await appended(pool, fix_message())
    for _ in range(2):
        assert await appended(pool, fix_message(latitude=51.5)) == Tally(contradictions=1, rejected=1)
    assert len(await ledger_rows.rejections(pool)) == 1
    assert await appended(pool, fix_message()) == Tally(duplicates=1)


async def test_a_contradiction_in_an_array_is_kept_as_its_element_alone(pool: Pool) -> None:
    other = fix_message(latitude=51.5)
    await appended(pool, [{}, fix_message(), other])
    row = await pool.fetchrow("SELECT place, body FROM rejection WHERE contradiction")
    assert row is not None
    assert (row["place"], row["body"]) == ("m/0/2", body(other))


async def test_without_a_position_id_the_mechanism_is_the_identity(pool: Pool) -> None:
    messages = [fix_message(position_id=None, mechanism=mechanism) for mechanism in ("gps", "cell", "gps")]
    assert await appended(pool, *messages) == Tally(fixes=2, duplicates=1)
    assert await appended(pool, *messages) == Tally(duplicates=3)
    assert await appended(pool, fix_message(mechanism="cell")) == Tally(fixes=1)


async def test_what_can_not_be_read_is_kept_with_every_fault(pool: Pool) -> None:
    assert await appended(pool, b"\x00nonsense", fix_message(latitude=91.2, longitude=None)) == Tally(rejected=2)
    assert await ledger_rows.rejections(pool) == [
        ("https", "m/0", False, ["message: not JSON: Expecting value at character 0"]),
        ("https", "m/1", False, ["latitude: 91.2 is over 90", "longitude: is missing"]),
    ]
    assert await pool.fetchval("SELECT body FROM rejection WHERE place = 'm/0'") == b"\x00nonsense"


async def test_an_index_that_knows_better_than_the_newest_instant_of_a_tag_is_believed(pool: Pool) -> None:
    messages = [fix_message(position_id=minute, recorded_at=at_minute(minute)) for minute in range(4)]
    await appended(pool, *messages[:3])
    await pool.execute("UPDATE tag SET newest_at = '-infinity'")
    messages[1]["latitude"] = 51.5
    assert await appended(pool, *messages, {}) == Tally(fixes=1, duplicates=2, contradictions=1, rejected=2)
    assert len(await ledger_rows.identities(pool)) == 4
    assert await pool.fetchval("SELECT newest_at FROM tag") == moment(Instant(RECORDED + 3 * MINUTE_US))


async def test_appends_at_once_of_the_same_fixes_keep_each_once(pool: Pool) -> None:
    tags = [f"T-{number}" for number in range(20)]
    messages = [
        fix_message(tag_id=tag, position_id=minute, recorded_at=at_minute(minute))
        for minute in range(5)
        for tag in tags
    ]
    batches = [a_batch(*messages), a_batch(*reversed(messages)), a_batch(*messages[50:], *messages[:50])] * 3
    done: list[Appended] = await asyncio.gather(*(append(pool, batch, RECEIVED) for batch in batches))
    assert sum((one.tally for one in done), Tally()) == Tally(fixes=100, duplicates=800)
    assert len(await ledger_rows.identities(pool)) == 100
    assert await ledger_rows.arrivals(pool) == {"https": (900, 100, 800, 0, 0)}


async def test_the_same_bytes_refused_for_another_reason_say_so(pool: Pool) -> None:
    message = fix_message(latitude=51.5)
    await appended(pool, {**message, "tag_id": 1}, message)
    await pool.execute("UPDATE rejection SET released_at = now()")
    again = Batch("https", RECEIVED)
    again.add_objects([body({**message, "tag_id": 1})], "mdss", lambda _: "m/0")
    await append(pool, again, RECEIVED)
    contradicting = Batch("https", RECEIVED)
    contradicting.add_message(body(fix_message(latitude=51.6)), "cordon", ("m", 9))
    await append(pool, contradicting, RECEIVED)
    rows = await pool.fetch("SELECT place, profile, released_at, contradiction FROM rejection ORDER BY place")
    assert [tuple(row) for row in rows] == [("m/0", "mdss", None, False), ("m/9", "cordon", None, True)]


async def test_a_fix_of_any_day_has_its_place(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await ensure_partitions(connection, days_around(RECEIVED))
    days = ("2000-01-01T00:00:00Z", "2026-11-20T23:59:59.999999Z", "2026-11-21T00:00:00Z", "2026-11-19T12:00:00Z")
    batch = Batch("file", None)
    messages = [
        fix_message(position_id=line, recorded_at=at) for line, at in enumerate([*days, "9998-12-31T23:59:59Z"])
    ]
    batch.add_objects([*map(body, messages)], "cordon", str)
    assert (await append(pool, batch, RECEIVED)).tally == Tally(fixes=5)
    tables = await pool.fetch("SELECT tableoid::regclass::text, position_id FROM fix ORDER BY position_id")
    expected = ["fix_other_days", "fix_20261120", "fix_20261121", "fix_20261119", "fix_other_days"]
    assert [row[0] for row in tables] == expected


async def test_a_new_fix_puts_its_fitting_on_the_work_list_and_a_duplicate_does_not(pool: Pool) -> None:
    before = await ledger_rows.fit(pool, "T-1", Instant(RECORDED - 1), Instant(RECORDED + MINUTE_US))
    after = await ledger_rows.fit(pool, "T-1", Instant(RECORDED + MINUTE_US))
    other = await ledger_rows.fit(pool, "T-2", RECORDED)
    messages = [fix_message(tag_id="T-1", recorded_at=at_minute(minute)) for minute in (0.5, 0)]
    await appended(pool, *messages, fix_message(tag_id="T-9"))
    assert await ledger_rows.work(pool) == [(before, RECORDED, RECEIVED, "fixes")]
    await appended(pool, *messages)
    assert len(await ledger_rows.work(pool)) == 1
    await appended(pool, fix_message(tag_id="T-1", recorded_at=at_minute(1)), fix_message(tag_id="T-2"))
    assert await ledger_rows.work(pool) == [
        (before, RECORDED, RECEIVED, "fixes"),
        (after, RECORDED + MINUTE_US, RECEIVED, "fixes"),
        (other, RECORDED, RECEIVED, "fixes"),
    ]


async def test_a_fix_recorded_in_the_future_is_judged_just_after_its_instant(pool: Pool) -> None:
    fitting = await ledger_rows.fit(pool, "T-1", RECORDED)
    future = Instant(RECEIVED + MINUTE_US)
    messages = [fix_message(tag_id="T-1", recorded_at=at) for at in (at_minute(2), at_minute(14), printed(future))]
    await appended(pool, *messages)
    assert await ledger_rows.work(pool) == [
        (fitting, RECORDED + 2 * MINUTE_US, RECEIVED, "fixes"),
        (fitting, future, future + 1, "fixes"),
    ]


class FarAway:
    """Zones that are far from every fix."""

    async def zones_of(self, connection: Connection, tag_ids: Sequence[TagId]) -> ZoneBoxes | None:
        return ZoneBoxes(np.zeros(len(tag_ids), np.int64), np.ones(len(tag_ids), np.int64), np.full((4, 1), 30.0))


@pytest.mark.parametrize(
    ("minutes", "judged"),
    [
        ((1, 2, 3), False),
        # Of two at one instant their identity says which comes first, and not the batch: where the track ends is open.
        ((1, 2, 2), True),
    ],
)
async def test_where_two_new_fixes_have_one_instant_their_track_is_judged_and_its_end_not_known(
    pool: Pool, minutes: tuple[int, ...], judged: bool
) -> None:
    await ledger_rows.fit(pool, "T-1", RECORDED)
    for some in ((0,), minutes, (4,)):
        batch = a_batch(
            *(
                fix_message(tag_id="T-1", position_id=f"{some}/{index}", recorded_at=at_minute(at))
                for index, at in enumerate(some)
            )
        )
        await pool.execute("DELETE FROM to_judge")
        await append(pool, batch, RECEIVED, watch=Watch(FarAway(), Rules()))
        assert len(await ledger_rows.work(pool)) == (judged and some != (0,))


async def test_a_position_moves_with_the_fixes_or_not_at_all(pool: Pool) -> None:
    await pool.execute("INSERT INTO kafka_position (topic, partition, next_offset, epoch) VALUES ('t', 0, 5, 3)")
    mine = Advance("t", 0, epoch=3, start=5, until=8)
    await append(pool, a_batch(fix_message()), RECEIVED, [mine])
    assert await pool.fetchval("SELECT next_offset FROM kafka_position") == 8
    for stale in (mine, Advance("t", 0, epoch=2, start=8, until=9), Advance("t", 1, epoch=3, start=8, until=9)):
        with pytest.raises(OwnershipLost):
            await append(pool, a_batch(fix_message(position_id="new"), {}), RECEIVED, [stale])
    assert await pool.fetchval("SELECT next_offset FROM kafka_position") == 8
    assert len(await ledger_rows.identities(pool)) == 1
    assert await ledger_rows.rejections(pool) == []


async def test_an_empty_batch_leaves_nothing(pool: Pool) -> None:
    assert await appended(pool) == Tally()
    assert await ledger_rows.arrivals(pool) == {}
