"""What options and rules files may hold, and in which words the rest is refused."""

from datetime import date
from pathlib import Path

import pytest

from geofence.instants import printed
from geofence.rules import Rules
from service.commands.inputs import read_day, read_instant, read_rules_file
from service.refusal import Refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T01:00:00+01:00", "2026-11-20T00:00:00Z"),
        ("1000-01-01T00:00:00Z", "1000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_an_instant_is_read_that_can_be_printed(text: str, expected: str) -> None:
    assert printed(read_instant(text, "--from")) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"--from \(empty\): not an instant; write it like 2026"),
        ("2026-11-20T00:00:00", "--from 2026-11-20T00:00:00: not an instant; write it like 2026"),
        ("0001-01-01T00:00:00+14:00", "not within the years 1000 to 9999 of UTC; name one that is"),
        ("0999-12-31T23:59:59Z", "not within the years 1000 to 9999 of UTC; name one that is"),
        ("9999-12-31T23:59:59.999999-14:00", "not within the years 1000 to 9999 of UTC; name one that is"),
    ],
)
def test_an_instant_that_could_not_be_printed_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_instant(text, "--from")


@pytest.mark.parametrize("text", ["", "0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_day_without_bounds_in_london_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=text or "empty"):
        read_day(text)
    assert read_day("2999-01-01") == date(2999, 1, 1)


def test_rules_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_bytes(b'\xef\xbb\xbf{"join_s": 60}')
    assert read_rules_file(tmp_path / "rules.json") == Rules(join_s=60)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"join_s": 60, "join_s": 61}', 'rules: member "join_s" is named twice; keep one of the two'),
        (b'{"join_s": NaN}', "rules: join_s: is not a finite number"),
        (b'{"join_s": 1e999}', "rules: join_s: is not a finite number"),
        (b'{"join_s": [' + b"[" * 100 + b"]" * 100 + b"]}", "nested too deep"),
        (b"[" * 200_000, "rules: is nested without end"),
        (b'{"join_s": "\xff"}', "rules: byte 13 is not UTF-8; save the file as UTF-8"),
        (b"", "line 1, column 1: not JSON"),
        (b"null", "rules: is null; give one object with thresholds"),
    ],
)
def test_rules_are_read_as_strictly_as_a_register(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "rules.json").write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_rules_file(tmp_path / "rules.json")
    assert str(refused.value).startswith(f"{tmp_path / 'rules.json'}: ")
    assert said in str(refused.value)
