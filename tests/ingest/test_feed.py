"""What is counted of the feed while it is appended: when it came, how late, and which tags give cause for doubt."""

import pytest

from geofence.instants import MINUTE_US, SECOND_US, Instant, instant, moment, printed
from ingest.batch import Batch
from ingest.connections import Pool
from ingest.doubts import LATELY_US, forget_doubts
from ingest.fix import Origin, Profile
from ingest.freshness import SILENT_US, Freshness, read_freshness
from ingest.ledger import append
from tests.ingest.messages import RECEIVED, body, fix_message, mdss_message


async def arrive(
    pool: Pool, *messages: object, at: Instant = RECEIVED, origin: Origin = "https", profile: Profile = "cordon"
) -> None:
    batch = Batch(origin, at)
    for index, message in enumerate(messages):
        batch.add_message(body(message), profile, (index,))
    await append(pool, batch, at)


def late(recorded_s: float, uploaded_s: float | None = None, **changes: object) -> dict[str, object]:
    """Return a fix that was recorded, and uploaded, so many seconds before it was received."""
    uploaded_at = None if uploaded_s is None else before(uploaded_s)
    return fix_message(recorded_at=before(recorded_s), uploaded_at=uploaded_at, position_id=None, **changes)


def before(seconds: float) -> str:
    return printed(Instant(RECEIVED - round(seconds * SECOND_US)))


async def test_new_fixes_are_counted_by_how_late_they_came_and_repeated_ones_are_not(pool: Pool) -> None:
    early = [late(each) for each in (-30, 0, 59.999, 60, 299, 300, 899, 900, 3599, 3600, 21599, 21600, 86399, 86400)]
    await arrive(pool, *early, late(86403, 3599))
    await arrive(pool, *early, late(86401, 3600), late(86402, 0), {})
    await arrive(pool, late(10, 5), at=Instant(RECEIVED + 60 * MINUTE_US))
    rows = await pool.fetch("SELECT * FROM arrival ORDER BY hour")
    assert [row["recorded_late"] for row in rows] == [[3, 2, 2, 2, 2, 2, 4], [0, 0, 0, 0, 1, 0, 0]]
    assert [row["uploaded_late"] for row in rows] == [[1, 0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 0, 0]]
    assert [(row["messages"], row["fixes"], row["duplicates"], row["rejected"]) for row in rows] == [
        (32, 17, 14, 1),
        (1, 1, 0, 0),
    ]
    assert [instant(row["last_at"]) for row in rows] == [RECEIVED, RECEIVED + 60 * MINUTE_US]


async def test_whom_the_provider_names_is_noted_by_tag_and_only_where_it_names_somebody(pool: Pool) -> None:
    await arrive(pool, late(60), late(30, tag_id="T-2"))
    assert await pool.fetchval("SELECT count(*) FROM named_person") == 0
    named = [
        mdss_message(position_id=number, person_id=person, position_gps_date=before(seconds))
        for number, (person, seconds) in enumerate([(77, 50), (77, 20), (8, 40), (None, 10), (77, 35)])
    ]
    await arrive(pool, *named[1::-1], profile="mdss")
    await arrive(pool, *named, mdss_message(device_id="T-2"), profile="mdss")
    rows = await pool.fetch("SELECT * FROM named_person ORDER BY tag_id, person_id")
    assert [(row["tag_id"], row["person_id"], row["fixes"]) for row in rows] == [
        ("T-000123", "77", 3),
        ("T-000123", "8", 1),
        ("T-2", "77", 1),
    ]
    assert [(printed(instant(row["first_at"])), printed(instant(row["last_at"]))) for row in rows[:2]] == [
        (before(50), before(20)),
        (before(40), before(40)),
    ]


async def test_suspect_clocks_are_counted_and_doubts_that_do_not_recur_are_forgotten(pool: Pool) -> None:
    later = Instant(RECEIVED + LATELY_US)
    await arrive(pool, late(-300), late(-301), late(-302), late(-400, tag_id="T-2"), mdss_message(), profile="cordon")
    await arrive(pool, mdss_message(), profile="mdss")
    await arrive(pool, fix_message(recorded_at=printed(Instant(later + 301 * SECOND_US))), at=later)
    rows = await pool.fetch("SELECT tag_id, first_at, last_at, fixes FROM suspect_clock ORDER BY tag_id")
    received = moment(RECEIVED)
    assert [tuple(row) for row in rows] == [("T-000123", received, moment(later), 3), ("T-2", received, received, 1)]
    await forget_doubts(pool, Instant(RECEIVED + 60 * MINUTE_US))
    assert await pool.fetchval("SELECT count(*) FROM suspect_clock") == 2
    await forget_doubts(pool, later)
    assert [row["tag_id"] for row in await pool.fetch("SELECT tag_id FROM suspect_clock")] == ["T-000123"]
    assert await pool.fetchval("SELECT count(*) FROM named_person") == 0


async def test_what_is_refused_makes_a_feed_no_fresher(pool: Pool) -> None:
    await arrive(pool, {})
    assert all(one.last_at is None for one in await read_freshness(pool, RECEIVED))
    await arrive(pool, fix_message())
    await arrive(pool, {}, at=Instant(RECEIVED + SILENT_US))
    [https] = [one for one in await read_freshness(pool, Instant(RECEIVED + SILENT_US)) if one.origin == "https"]
    assert (https.last_at, https.silent) == (RECEIVED, True)


@pytest.mark.parametrize(("silent_us", "silent"), [(SILENT_US - 1, False), (SILENT_US, True), (-5, False)])
async def test_a_feed_that_once_brought_something_is_silent_after_a_quarter_of_an_hour(
    pool: Pool, silent_us: int, silent: bool
) -> None:
    for hours in (30, 5, 0.1, 0, 0.2):  # two processes need not write in the order in which they received
        await arrive(pool, fix_message(), at=Instant(RECEIVED - round(hours * 60 * MINUTE_US)))
    await arrive(pool, fix_message(), origin="file", at=Instant(RECEIVED - SILENT_US))
    assert await read_freshness(pool, Instant(RECEIVED + silent_us)) == [
        Freshness("kafka", None, None, True, False),
        Freshness("https", RECEIVED, max(silent_us, 0), True, silent),
        Freshness("file", Instant(RECEIVED - SILENT_US), silent_us + SILENT_US, False, False),
    ]
