"""How long data are kept, and what is held, as an operator says it."""

import re

from service.database import Pool
from tests.ingest.erasures import DAY_US, received
from tests.journeys.cordon import cordon
from tests.servers.database import TestDatabase


async def test_an_operator_sets_periods_holds_and_erases(pool: Pool, database: TestDatabase) -> None:
    settings = {"CORDON_DATABASE_URL": database.url}
    await received(pool, "T-1", DAY_US, 2 * DAY_US)
    await received(pool, "T-2", DAY_US)
    await pool.execute("UPDATE fix SET received_at = '2020-01-01Z'")

    asked = cordon("retention", "set", "rejections", "7", settings=settings)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert re.search(r"kept for 7 days instead of for 90 days, about 0 would be erased .* say --yes", asked.stderr)
    done = cordon("retention", "set", "rejections", "7", "--yes", "--by", "Kim", settings=settings)
    assert done.stdout == "rejections: kept for 7 days (before: for 90 days)\n", done.stderr
    listed = cordon("retention", "list", settings=settings).stdout
    assert re.search(r"rejections +for 7 days +Kim", listed)
    assert re.search(r"fixes +until a period is set +default", listed)
    assert re.search(r"unassigned +72 hours +fixed", listed)

    wrong = cordon("hold", "place", "--tag", "T-9", "--reason", "r", "--authority", "a", settings=settings)
    assert "neither ledger nor register has such a tag" in wrong.stderr
    held = cordon("hold", "place", "--tag", "T-2", "--reason", "claim", "--authority", "court", settings=settings)
    assert held.stdout == "hold 1 stands\n", held.stderr
    assert "1  tag T-2  placed " in cordon("hold", "list", settings=settings).stdout

    assert "unassigned_fixes: 2 erased" in cordon("retention", "run", settings=settings).stdout
    remains = cordon("retention", "erased", "--tag", "T-1", settings=settings).stdout
    assert re.fullmatch(r"(2026-11-1[89]  1 fixes  erased \S+  sha256 [0-9a-f]{64}\n){2}", remains)

    for long in ("99999999999", "9" * 5000):
        refused = cordon("retention", "set", "fixes", long, "--yes", settings=settings)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "more days than anything can be kept" in refused.stderr
    refused = cordon("hold", "place", "--tag", "\udcff", "--reason", "r", "--authority", "a", settings=settings)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "an argument holds bytes that are no UTF-8" in refused.stderr

    lifted = cordon("hold", "lift", "1", "--reason", "settled", settings=settings)
    assert lifted.stdout == "hold 1 is lifted\n", lifted.stderr
    assert "unassigned_fixes: 1 erased" in cordon("retention", "run", settings=settings).stdout

    written = await pool.fetch("SELECT actor, action, subject FROM audit WHERE action <> 'erasure' ORDER BY audit_id")
    assert [row["subject"] for row in written] == [
        "retention: rejections kept for 7 days",
        "hold 1: placed on tag T-2",
        "hold 1: lifted",
    ]
    assert (written[0]["actor"], written[0]["action"]) == ("Kim", "alteration")
