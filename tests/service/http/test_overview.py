"""The counts that a force publishes."""

from datetime import timedelta
from typing import Any

from service.database import Pool
from tests.service.http.conftest import Callers
from tests.service.http.desk import CLOSED, DAY, INCIDENT
from tests.service.http.test_clocks import NOTICE, in_emergency, proposed, published

NONE = {"confirmed": 0, "probable": 0, "inferred": 0, "possible": 0}


async def counts(callers: Callers, caller: str = "admin", force: str = "MPS") -> dict[str, Any]:
    answer = await callers[caller].get("/v1/overview")
    assert answer.status_code == 200, answer.text
    (found,) = [item for item in answer.json()["items"] if item["force"] == force]
    return dict(found)


async def test_it_counts_for_each_force_and_the_police_see_their_own(callers: Callers) -> None:
    answer = (await callers["admin"].get("/v1/overview")).json()
    assert answer["at"] == "2026-11-21T09:30:00Z"
    assert [item["force"] for item in answer["items"]] == ["GMP", "MPS"]
    for force in ("MPS", "GMP"):
        (own,) = (await callers[force].get("/v1/overview")).json()["items"]
        assert own == await counts(callers, "auditor", force)
    assert (await callers["GMP"].get("/v1/overview", params={"force": "MPS"})).status_code == 403
    assert (await callers["MPS"].get("/v1/overview", params={"as_of": "2026-11-21T09:30:00Z"})).status_code == 422


async def test_a_quiet_force_has_what_the_desk_found_and_nothing_else(callers: Callers) -> None:
    found = await counts(callers)
    kinds = ("DAPN", "DAPO", "DVPN", "DVPO", "non-molestation", "restraining", "other")
    assert found["orders_in_force"] == {**dict.fromkeys(kinds, 0), "DAPO": 1}
    assert found["notices_issued"] == {"DAPN": 0, "DVPN": 0}
    assert (found["wearers_tagged"], found["awaiting_hearing"]) == (1, 0)
    assert (found["open_proposals"], found["emergencies_unconfirmed"]) == (0, 0)
    # One withdrawn and one merged are not among them.
    counted = {**NONE, "confirmed": 1, "probable": 1}
    assert found["possible_breaches"] == {
        "last_day": {
            "first_day": "2026-11-20",
            "last_day": "2026-11-20",
            "counted": counted,
            "suspended": NONE,
            "before_aware": NONE,
        },
        "last_30_days": {
            "first_day": "2026-10-22",
            "last_day": "2026-11-20",
            "counted": counted,
            "suspended": NONE,
            "before_aware": NONE,
        },
    }
    assert "pursued" not in str(found)


async def test_possible_breaches_are_counted_by_the_day_on_which_they_are_listed(callers: Callers, desk: Pool) -> None:
    begins = {
        "0000000000000001": (-30 * 24 + 0.5, "inferred"),  # at 00:30 on 21 October: the day before the 30
        "0000000000000002": (-28 * 24 - 23, "inferred"),  # at 01:00 BST on 22 October: their first
        "0000000000000003": (-0.5, "possible"),  # at 23:30 the day before the last
        "0000000000000004": (24, "possible"),  # at midnight: today
    }
    async with desk.acquire() as connection:
        for incident_id, (hours, grade) in begins.items():
            at = DAY + timedelta(hours=hours)
            await connection.execute(
                INCIDENT,
                *(incident_id, "O-1", "P-1", "Z-1", "MPS", grade, "closed", at, at, True, None, "W-1"),
            )
        await connection.execute("UPDATE incident SET suspended = true WHERE incident_id = $1", CLOSED)
        await connection.execute("UPDATE incident SET before_aware = true WHERE grade IN ('probable', 'possible')")
    found = (await counts(callers))["possible_breaches"]
    assert found["last_day"]["counted"] == NONE
    assert found["last_day"]["suspended"] == {**NONE, "confirmed": 1}
    assert found["last_day"]["before_aware"] == {**NONE, "probable": 1}
    assert found["last_30_days"]["counted"] == {**NONE, "inferred": 1}
    assert found["last_30_days"]["suspended"] == {**NONE, "confirmed": 1}
    assert found["last_30_days"]["before_aware"] == {**NONE, "probable": 1, "possible": 1}
    # The list of the day has the same.
    listed = (await callers["MPS"].get("/v1/incidents", params={"day": "2026-11-20"})).json()["items"]
    assert sorted(incident["grade"] for incident in listed) == ["confirmed", "probable"]


async def test_notices_proposals_and_emergencies_are_counted(callers: Callers, desk: Pool, now: Any) -> None:
    notice = {**NOTICE, "order_id": "O-8"}
    notice["prohibitions"] = [{**NOTICE["prohibitions"][0], "prohibition_id": "P-8"}]
    path = await published(callers, **notice)
    await proposed(callers, f"{path}/event", at="2026-11-21T09:00:00Z")
    await in_emergency(callers, desk, now)
    found = await counts(callers, "MPS")
    assert found["notices_issued"] == {"DAPN": 1, "DVPN": 0}
    assert (found["orders_in_force"]["DAPN"], found["orders_in_force"]["DAPO"]) == (1, 2)
    assert (found["awaiting_hearing"], found["open_proposals"], found["emergencies_unconfirmed"]) == (1, 1, 2)
    assert found["wearers_tagged"] == 1, "one wearer, whatever his orders"
    other = await counts(callers, "GMP", "GMP")
    assert (other["awaiting_hearing"], other["open_proposals"], other["emergencies_unconfirmed"]) == (0, 0, 0)


async def test_a_tag_that_was_taken_off_or_an_order_that_is_over_counts_no_wearer(callers: Callers, desk: Pool) -> None:
    await desk.execute("UPDATE fitting SET removed_at = '2026-11-21 09:30Z' WHERE wearer_id = 'W-1'")
    await desk.execute("UPDATE court_order SET discharged_at = '2026-11-21 09:30Z' WHERE order_id = 'O-2'")
    assert (await counts(callers))["wearers_tagged"] == 0
    other = await counts(callers, "GMP", "GMP")
    assert (other["wearers_tagged"], other["orders_in_force"]["DAPO"]) == (0, 0)
