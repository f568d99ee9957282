"""Tag events: decoded with every fault named; a file of them is read whole or not at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.instants import Instant
from geofence.tracks import TagEvent
from ingest.event_file import read_events
from ingest.events import decode_events
from ingest.lines import FileUnreadable
from tests.ingest.messages import RECORDED, body, event_message


def test_the_example_of_the_contract_is_read() -> None:
    (reported,) = decode_events(body(event_message(detail="cut"))).events
    assert (reported.event_id, reported.detail) == ("e-1", "cut")
    assert reported.event == TagEvent("T-000123", RECORDED, None, "strap")  # type: ignore[arg-type] # an id is text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tag_id": ...}, ["tag_id: is missing"]),
        ({"occurred_at": "2026-11-20T18:02:11"}, ["occurred_at: has no offset from UTC; write it with Z or +00:00"]),
        ({"ended_at": 5}, ["ended_at: expected a time like 2026-11-20T18:02:11Z, got a number"]),
        ({"ended_at": "2026-11-20T18:02:10Z"}, ["ended_at: is before occurred_at"]),
        ({"kind": None}, ["kind: is missing"]),
        ({"detail": 7}, ["detail: expected text, got a number"]),
        ({"event_id": "\0"}, ["event_id: holds a character that can't be stored (NUL or half a surrogate pair)"]),
        ({"tag_id": 1, "kind": 2}, ["tag_id: expected text, got a number", "kind: expected text, got a number"]),
    ],
)
def test_every_fault_of_an_event_is_named(changes: dict[str, object], expected: list[str]) -> None:
    (rejection,) = decode_events(body(event_message(**changes)), "p").rejections
    assert list(rejection.faults) == expected
    assert (rejection.place, rejection.body) == ("p", body(event_message(**changes)))


def test_an_unknown_kind_is_refused_and_the_known_ones_are_named() -> None:
    (rejection,) = decode_events(body(event_message(kind="asleep"))).rejections
    assert rejection.faults[0].startswith("kind: expected one of strap, case, battery_low,")


def test_an_array_of_events_keeps_the_good_ones() -> None:
    decoded = decode_events(
        body([event_message(), {}, event_message(event_id=2, ended_at="2026-11-20T18:02:12Z")]), "p"
    )
    assert [one.event_id for one in decoded.events] == ["e-1", "2"]
    assert decoded.events[1].event.ended_at == Instant(RECORDED + 1_000_000)
    assert [one.place for one in decoded.rejections] == ["p/1"]


@given(st.binary(max_size=200) | st.sampled_from([b"[" * 20_000, b"[1" + b",1" * 10_000 + b"]", body([{}, 1])]))
def test_any_bytes_are_events_or_rejections(message: bytes) -> None:
    decoded = decode_events(message)
    assert all(one.faults for one in decoded.rejections)
    assert decoded.elements == len(decoded.events) + len(decoded.rejections)
    assert decoded.elements > 0 or message.strip(b" \t\r\n").startswith(b"[")


def test_a_file_of_events_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "E.jsonl"
    path.write_bytes(body(event_message()) + b"\n\n" + body(event_message(event_id=None, kind="jamming")))
    assert [event.kind for event in read_events(path)] == ["strap", "jamming"]


def test_an_event_line_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "E.jsonl"
    path.write_bytes(body(event_message()) + b"\n\n" + body(event_message(kind="jamming", tag_id=None)))
    with pytest.raises(FileUnreadable) as raised:
        read_events(path)
    assert str(raised.value) == f"{path}: line 3: tag_id: is missing; correct that event"


def test_an_event_told_by_several_lines_of_a_file_is_one_with_its_end(tmp_path: Path) -> None:
    path = tmp_path / "E.jsonl"
    ended = event_message(ended_at="2026-11-20T18:02:12Z")
    path.write_bytes(b"\n".join(map(body, [event_message(), ended, event_message(), ended])))
    assert [event.ended_at for event in read_events(path)] == [RECORDED + 1_000_000]


def test_an_event_line_that_contradicts_another_is_named(tmp_path: Path) -> None:
    path = tmp_path / "E.jsonl"
    path.write_bytes(
        b"\n".join(map(body, [{**event_message(), "event_id": 1}, event_message(), event_message(detail="cut")]))
    )
    with pytest.raises(FileUnreadable) as raised:
        read_events(path)
    wrong = "detail: differs from what line 2 says of this event; correct or remove one of them"
    assert str(raised.value) == f"{path}: line 3: {wrong}"
