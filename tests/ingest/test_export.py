"""What was exported says what the ledger holds: read again, it is the same, and exported again, the same bytes."""

import asyncio
import base64
import json
import math
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from geofence.ids import TagId
from geofence.instants import YEAR_2000, Instant, instant
from geofence.tracks import Mechanism
from ingest.as_members import Unsaid, as_members
from ingest.batch import Batch
from ingest.connections import Pool
from ingest.event_file import read_events
from ingest.export import Exported, Paths, export, knows_tag
from ingest.exported_lines import Part
from ingest.files import read_fixes
from ingest.fix import Fix, Profile
from ingest.fix_files import FORMS, Form, form_of, writing_fixes
from ingest.ledger import append
from ingest.replay import replay
from ingest.reported import piece_of, reported
from tests.ingest.messages import RECEIVED, RECORDED, body, event_message, fix_message, mdss_message
from tests.servers.database import TestDatabase
from tests.trying import tried

EMPTY = "DELETE FROM fix; DELETE FROM tag; DELETE FROM rejection"

IDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
RADII = st.just(math.nan) | st.sampled_from([0.0, -3.0, 8.0]) | st.floats(0.1, 1e4)
CONFIDENCES = st.sampled_from([math.nan, 0.95, 0.68, 1.7, 0.0])
# Few, so that several fixes of a tag have one instant.
INSTANTS = st.sampled_from([RECORDED, Instant(RECORDED + 1), Instant(RECORDED + 250_000), YEAR_2000])
FIXES = st.builds(
    Fix,
    tag_id=(st.sampled_from(["T-1", "t-1", "É", "Z", "9", "10"]) | IDS).map(TagId),
    recorded_at=INSTANTS,
    latitude_deg=st.floats(-90, 90),
    longitude_deg=st.floats(0.5, 180),
    position_id=st.none() | st.sampled_from(["1", "10", "é", "a"]) | IDS,
    uploaded_at=st.none() | st.sampled_from([RECEIVED, Instant(-60_000_000_000_000_001)]),
    accuracy_m=RADII,
    accuracy_confidence=CONFIDENCES,
    mechanism=st.sampled_from(Mechanism),
    satellites=st.none() | st.integers(-(2**31) + 1, 2**31 - 1),
    hdop=NUMBERS,
    speed_kmh=NUMBERS,
    heading_deg=NUMBERS,
    person_id=st.none() | IDS,
)


def paths(folder: Path, form: Form) -> Paths:
    return Paths(folder / f"F{form}", folder / "F.events.jsonl", folder / "F.rejections.jsonl")


async def exported(
    pool: Pool, folder: Path, *, profile: Profile = "cordon", form: Form = ".jsonl", part: Part | None = None
) -> tuple[Exported, Paths]:
    to = paths(folder, form)
    async with pool.acquire() as connection:
        return await export(connection, part or Part(), profile, form, to, lambda count: None), to


@tried(25, HealthCheck.function_scoped_fixture)
@given(fixes=st.lists(FIXES, min_size=1, max_size=20), profile=st.sampled_from(["cordon", "mdss"]))
async def test_replayed_into_an_empty_ledger_it_is_exported_again_identically(
    pool: Pool, tmp_path: Path, fixes: list[Fix], profile: Profile
) -> None:
    await pool.execute(EMPTY)
    batch = Batch("file", None)
    with writing_fixes(tmp_path / "A.jsonl", ".jsonl", "cordon") as write:
        write([as_members(fix, "cordon") for fix in fixes])
    batch.add_objects((tmp_path / "A.jsonl").read_bytes().splitlines(), "cordon", str)
    assert not batch.quarantine
    # As they are, with what cordon's profile does not say.
    batch._fixes = reported([piece_of(fixes, range(len(fixes)), [-1] * len(fixes))])
    await append(pool, batch, RECEIVED)
    before: dict[Form, bytes] = {}
    for form in FORMS:
        done, to = await exported(pool, tmp_path, profile=profile, form=form)
        counts = read_fixes(to.fixes, profile, lambda count: None).counts
        assert (counts["fixes"], counts["lines"]) == (done.fixes, done.fixes), "judge reads each line"
        before[form] = to.fixes.read_bytes()
    for form in FORMS:
        await pool.execute(EMPTY)
        to = paths(tmp_path, form)
        await replay(pool, to.fixes, profile, lambda: RECEIVED, lambda count: None)
        await exported(pool, tmp_path, profile=profile, form=form)
        assert to.fixes.read_bytes() == before[form]


@given(fix=FIXES, profile=st.sampled_from(["cordon", "mdss"]))
def test_a_fix_that_is_said_and_read_again_is_the_same_but_for_what_is_counted(fix: Fix, profile: Profile) -> None:
    unsaid, batch = Unsaid(profile), Batch("file", None)
    unsaid.note([fix])
    batch.add_objects([json.dumps(_members(fix, profile)).encode()], profile, str)
    assert not batch.quarantine
    [read] = batch.fixes
    lost = {
        "person_id": (read.person_id, fix.person_id),
        "accuracy_confidence": (read.accuracy_confidence, fix.accuracy_confidence),
        "accuracy_m": (read.accuracy_m, fix.accuracy_m),
    }
    differs = {name for name, pair in lost.items() if not _same(*pair)}
    allowed = {"person_id"} if unsaid.persons else set()
    allowed |= {"accuracy_confidence"} if unsaid.assumed else set()
    allowed |= {"accuracy_confidence", "accuracy_m"} if unsaid.restated else set()
    assert differs <= allowed
    assert bool(differs & {"person_id"}) == bool(unsaid.persons)
    assert bool(differs & {"accuracy_confidence"}) == bool(unsaid.assumed or unsaid.restated)
    assert len(list(unsaid.told())) == bool(unsaid.persons) + bool(unsaid.restated) + bool(unsaid.assumed)
    kept = [name for name in Fix.__struct_fields__ if name not in lost]
    assert [getattr(read, name) for name in kept] == [getattr(fix, name) for name in kept]


def test_a_radius_at_another_confidence_is_said_as_what_it_is_at_95_per_cent() -> None:
    for confidence, said in ((0.68, 8.0 * math.sqrt(math.log(0.05) / math.log(0.32))), (1.7, None), (math.nan, 8.0)):
        fix = Fix(TagId("T"), RECORDED, 51.3, -0.1, accuracy_m=8.0, accuracy_confidence=confidence)
        assert as_members(fix, "mdss").accuracy_m == (said if said is None else pytest.approx(said, rel=1e-12))


async def test_what_is_appended_meanwhile_is_in_none_of_the_files(
    pool: Pool, database: TestDatabase, tmp_path: Path
) -> None:
    async def add(number: int) -> None:
        batch = Batch("kafka", RECEIVED)
        batch.add_message(body([fix_message(position_id=number), {}]), "cordon", ("t/0", number))
        batch.add_event(body(event_message(event_id=f"e-{number}")), ("e/0", number))
        async with asyncpg.create_pool(database.url, min_size=1, max_size=1) as own:
            await append(own, batch, RECEIVED)

    def meanwhile(_count: int) -> None:
        somebody = Thread(target=lambda: asyncio.run(add(2)))
        somebody.start()
        somebody.join()

    await add(1)
    async with pool.acquire() as connection:
        done = await export(connection, Part(), "cordon", ".jsonl", paths(tmp_path, ".jsonl"), meanwhile)
    assert (done.fixes, done.events, done.rejections) == (1, 1, 1)
    assert await pool.fetchval("SELECT count(*) FROM fix") == 2


async def test_fixes_stand_in_track_order_tag_by_tag(pool: Pool, tmp_path: Path) -> None:
    batch = Batch("file", None)
    rows = [("b", 2, None), ("b", 1, "9"), ("b", 1, "10"), ("b", 1, None), ("É", 0, "1"), ("B", 5, "1"), ("b", 1, "é")]
    for tag, second, position in rows:
        message = fix_message(tag_id=tag, position_id=position, recorded_at=f"2026-11-20T18:00:0{second}Z")
        batch.add_message(body(message), "cordon", ("x",))
    await append(pool, batch, RECEIVED)
    _, to = await exported(pool, tmp_path)
    found = [json.loads(line) for line in to.fixes.read_bytes().splitlines()]
    assert [(one["tag_id"], int(one["recorded_at"][18]), one.get("position_id")) for one in found] == [
        *(("B", 5, "1"), ("b", 1, None), ("b", 1, "10"), ("b", 1, "9"), ("b", 1, "é"), ("b", 2, None), ("É", 0, "1")),
    ]


async def test_a_part_is_what_was_recorded_occurred_or_received_in_it(pool: Pool, tmp_path: Path) -> None:
    batch = Batch("kafka", RECEIVED)
    for minute in ("01", "02", "03"):
        for tag in ("T-1", "T-2"):
            at = f"2026-11-20T18:{minute}:00Z"
            batch.add_message(body(fix_message(tag_id=tag, recorded_at=at)), "cordon", ("t/0", 1))
            batch.add_event(body(event_message(event_id=at, tag_id=tag, occurred_at=at, detail='é"\n')), ("e/0", 1))
    batch.add_message(body({"tag_id": "T-1"}), "cordon", ("t/0", 2))
    batch.add_message(b"\xff", "cordon", ("t/0", 3))
    await append(pool, batch, RECEIVED)
    whole, to = await exported(pool, tmp_path)
    assert (whole.fixes, whole.events, whole.rejections) == (6, 6, 2)
    assert [event.tag_id for event in read_events(to.events)] == 3 * ["T-1"] + 3 * ["T-2"]
    start, until = (instant_of(f"2026-11-20T18:0{minute}:00") for minute in (2, 3))
    part, to = await exported(pool, tmp_path, part=Part(start, until, "T-2"))
    assert (part.fixes, part.events, part.rejections) == (1, 1, 0)
    named, to = await exported(pool, tmp_path, part=Part(None, Instant(RECEIVED + 1), "T-1"))
    assert (named.fixes, named.events, named.rejections) == (3, 3, 1)
    async with pool.acquire() as connection:
        assert [await knows_tag(connection, tag) for tag in ("T-1", "T-3")] == [True, False]


async def test_a_rejection_is_written_with_its_bytes_and_all_that_is_known_of_it(pool: Pool, tmp_path: Path) -> None:
    batch = Batch("kafka", RECEIVED)
    for offset, message in enumerate((b"\xff\0", b"\0 \xc3\xa9", body(mdss_message()))):
        batch.add_message(message, "cordon", ("tag-fixes/0", offset))
    await append(pool, batch, RECEIVED)
    done, to = await exported(pool, tmp_path)
    first, second, third = (json.loads(line) for line in to.rejections.read_bytes().splitlines())
    assert (done.fixes, done.rejections, to.fixes.read_bytes()) == (0, 3, b"")
    assert base64.b64decode(first.pop("body_base64")) == b"\xff\0"
    assert first == {
        "rejection_id": 1,
        "origin": "kafka",
        "place": "tag-fixes/0/0",
        "profile": "cordon",
        "received_at": "2026-11-20T18:14:11Z",
        "faults": ["message: not JSON: not UTF-8 at byte 0"],
        "contradiction": False,
        "tag_id": None,
        "released_at": None,
    }
    assert (second["body"], third["body"]) == ("\0 é", body(mdss_message()).decode())


def test_the_end_of_a_name_says_the_form() -> None:
    assert [form_of(Path(name)) for name in ("a.jsonl", "a.JSONL.GZ", "b/a.b.parquet", "a.gz", ".jsonl", "a")] == [
        *(".jsonl", ".jsonl.gz", ".parquet", None, None, None)
    ]


def instant_of(text: str) -> Instant:
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


def _members(fix: Fix, profile: Profile) -> dict[str, object]:
    written: dict[str, object] = json.loads(msgspec.json.encode(as_members(fix, profile)))
    return written


def _same(one: object, other: object) -> bool:
    nothing = isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
    return nothing or one == other
