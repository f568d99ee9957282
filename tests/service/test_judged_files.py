"""What is said of a file of fixes, or a range, that leaves nothing to judge."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geofence.instants import SECOND_US, Instant
from geofence.rules import Rules
from service.judged_files import Files, JudgedFiles, judge_files
from service.refusal import Refused
from service.register.document import read_register
from tests.ingest.messages import RECORDED, body, fix_message

LATER = Instant(RECORDED + SECOND_US)
LATEST = Instant(RECORDED + 2 * SECOND_US)
EARLIER = Instant(RECORDED - SECOND_US)


def judged(fixes: Path, start: Instant | None = None, until: Instant | None = None) -> JudgedFiles:
    """Judge a file by a register that holds nobody."""
    document = read_register(b"{}").document
    assert document is not None
    named = Files(
        register_file=Path("register.json"),
        register=document.register(),
        register_warnings=document.warnings,
        fixes=fixes,
        profile="cordon",
        events=None,
        start=start,
        until=until,
        in_memory=10,
    )
    return judge_files(named, [Rules()])


@pytest.fixture
def two_fixes(tmp_path: Path) -> Path:
    """A file of two fixes, a second apart."""
    lines = [body(fix_message()), body(fix_message(recorded_at="2026-11-20T18:02:12Z", position_id=2))]
    (tmp_path / "F.jsonl").write_bytes(b"\n".join(lines))
    return tmp_path / "F.jsonl"


@pytest.mark.parametrize(
    ("start", "until", "said"),
    [
        (
            None,
            Instant(RECORDED),
            "the first fix (2026-11-20T18:02:11Z) is not before --until 2026-11-20T18:02:11Z; give a later one",
        ),
        (
            LATEST,
            None,
            "the last fix (2026-11-20T18:02:12Z) is before --from 2026-11-20T18:02:13Z; give an earlier one",
        ),
        (
            LATER,
            LATER,
            "--from 2026-11-20T18:02:12Z is not before --until 2026-11-20T18:02:12Z; give an earlier one",
        ),
        (
            LATEST,
            EARLIER,
            "--from 2026-11-20T18:02:13Z is not before --until 2026-11-20T18:02:10Z; give an earlier one",
        ),
    ],
)
def test_a_range_that_is_none_is_told_by_what_the_user_gave(
    two_fixes: Path, start: Instant | None, until: Instant | None, said: str
) -> None:
    with pytest.raises(Refused) as raised:
        judged(two_fixes, start, until)
    assert str(raised.value) == said


@pytest.mark.parametrize(("start", "until"), [(None, LATER), (LATER, None), (EARLIER, LATEST)])
def test_a_range_that_holds_one_of_the_fixes_is_judged(
    two_fixes: Path, start: Instant | None, until: Instant | None
) -> None:
    assert judged(two_fixes, start, until).counts["fixes"] == 2


def test_rows_are_called_rows_and_lines_lines(tmp_path: Path) -> None:
    message = fix_message(latitude=91.5)
    (tmp_path / "F.jsonl").write_bytes(body(message))
    pq.write_table(pa.table({name: [value] for name, value in message.items()}), tmp_path / "F.parquet")
    for name, unit in (("F.jsonl", "line"), ("F.parquet", "row")):
        with pytest.raises(Refused, match=rf"none of its 1 {unit}s is a fix \({unit} 1: latitude: 91.5 is over 90\)"):
            judged(tmp_path / name)
