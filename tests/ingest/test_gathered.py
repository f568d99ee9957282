"""Records that are gathered for one append: how far they move the positions, together and alone."""

import hashlib
from dataclasses import replace

import pytest

from geofence.instants import SECOND_US, Instant
from ingest.gathered import Gathered
from ingest.positions import Advance
from ingest.records import BEGINNING_BYTES, LARGEST_BYTES
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC, Partition
from tests.ingest.fake_log import FakeRecord
from tests.ingest.messages import RECEIVED, body, event_message, fix_message

FIXES, EVENTS = Partition(FIXES_TOPIC, 3), Partition(EVENTS_TOPIC, 0)


def gathered() -> Gathered:
    """Two spoonfuls of fixes, with a hole in the log between, and one of events."""
    found = Gathered(RECEIVED)
    records = [FakeRecord(offset, body(fix_message(position_id=offset))) for offset in (10, 11, 14, 15)]
    found.add(FIXES, records[:2], Advance(FIXES_TOPIC, 3, 7, 8, 12))
    found.add(EVENTS, [FakeRecord(0, body(event_message()))], Advance(EVENTS_TOPIC, 0, 9, 0, 1))
    found.add(FIXES, records[2:], Advance(FIXES_TOPIC, 3, 7, 12, 16))
    return found


def test_a_partition_moves_once_past_all_that_was_gathered_of_it() -> None:
    assert gathered().advances == [Advance(FIXES_TOPIC, 3, 7, 8, 16), Advance(EVENTS_TOPIC, 0, 9, 0, 1)]
    assert len(gathered().batch.fixes) == 4
    assert len(gathered().batch.events) == 1


def alone(several: Gathered) -> list[Gathered]:
    """Halves of halves, down to single records."""
    return [several] if len(several) == 1 else [one for half in several.halves() for one in alone(half)]


def test_halves_of_halves_move_a_partition_one_from_the_end_of_the_other() -> None:
    moves = [advance for one in alone(gathered()) for advance in one.advances]
    assert [(one.topic, one.epoch, one.start, one.until) for one in moves] == [
        (FIXES_TOPIC, 7, 8, 11),
        (FIXES_TOPIC, 7, 11, 12),
        (FIXES_TOPIC, 7, 12, 15),
        (FIXES_TOPIC, 7, 15, 16),
        (EVENTS_TOPIC, 9, 0, 1),
    ]
    assert [len(one.batch.fixes) + len(one.batch.events) for one in alone(gathered())] == [1] * 5


def test_a_refused_record_is_a_rejection_with_its_place_and_bytes() -> None:
    one = alone(gathered())[-1]
    one.refuse("the ledger is moody")
    (rejected,) = one.batch.quarantine
    assert (rejected.profile, rejected.rejection.place) == ("event", "tag-events/0/0")
    assert rejected.rejection.body == body(event_message())
    assert not one.batch.events


def first(offset: int, until: int | None = None) -> Advance:
    return Advance(FIXES_TOPIC, 3, 7, offset, until or offset + 1)


def test_it_takes_no_more_when_it_has_many_records_or_their_bytes() -> None:
    few, large, many = Gathered(RECEIVED), Gathered(RECEIVED), Gathered(RECEIVED)
    few.add(FIXES, [FakeRecord(0, b"{}")], first(0))
    large.add(FIXES, [FakeRecord(0, b"x" * 16 * 1024 * 1024)], first(0))
    many.add(FIXES, [FakeRecord(number, None) for number in range(20_000)], first(0, 20_000))
    assert [one.takes_more(RECEIVED) for one in (few, large, many)] == [True, False, False]


EIGHTH = 2 * 1024 * 1024  # of what a gathering takes


@pytest.mark.parametrize(
    "record",
    [
        FakeRecord(0, b"x" * EIGHTH),
        FakeRecord(0, None, key=b"x" * EIGHTH),
        FakeRecord(0, None, [("name", b"x" * EIGHTH)]),
        FakeRecord(0, None, [("x" * (EIGHTH // 4), b"")]),
        FakeRecord(0, None, [("", b"")] * (EIGHTH // 150 + 1)),
    ],
    ids=["value", "key", "value of a header", "name of a header", "many headers"],
)
def test_whatever_a_record_takes_adds_up(record: FakeRecord) -> None:
    several = Gathered(RECEIVED)
    for offset in range(7):
        several.add(FIXES, [replace(record, offset=offset)], first(offset))
        assert several.takes_more(RECEIVED)
    several.add(FIXES, [replace(record, offset=7)], first(7))
    assert not several.takes_more(RECEIVED)


def test_it_takes_nothing_that_comes_a_second_later() -> None:
    one = gathered()
    assert one.takes_more(Instant(RECEIVED + SECOND_US - 1))
    assert not one.takes_more(Instant(RECEIVED + SECOND_US))


def test_of_a_value_that_is_too_large_only_the_beginning_is_kept() -> None:
    value = b"[" + b" " * LARGEST_BYTES
    mdss = [("content-type", b"application/vnd.mdss.position+json")]
    one = Gathered(RECEIVED)
    one.add(FIXES, [FakeRecord(0, value, mdss), FakeRecord(1, value[:-1])], first(0, 2))
    one.add(EVENTS, [FakeRecord(0, value)], Advance(EVENTS_TOPIC, 0, 9, 0, 1))
    fault = (
        f"message: 67108865 bytes is over 67108864; its first 1048576 are kept,"
        f" and the SHA-256 of all is {hashlib.sha256(value).hexdigest()}"
    )
    told = {found.rejection.place: (found.profile, found.rejection.faults) for found in one.batch.quarantine}
    assert told.pop("tag-fixes/3/1") == (
        "cordon",
        ("message: 67108864 bytes is over 16777216; send smaller arrays",),
    )
    assert told == {"tag-fixes/3/0": ("mdss", (fault,)), "tag-events/0/0": ("event", (fault,))}
    assert {len(record.value or b"") for record in (one.records[FIXES][0], *one.records[EVENTS])} == {BEGINNING_BYTES}
    halved = alone(one)
    for half in (halved[0], halved[2]):
        half.refuse("the ledger is moody")
        (rejected,) = half.batch.quarantine
        assert rejected.rejection.body == value[:BEGINNING_BYTES]
        assert rejected.rejection.faults == (fault, "message: the ledger is moody")
