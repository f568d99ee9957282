from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from alerts.archive import Archive
from geofence.instants import Instant
from service.access.actor import Role
from service.access.links import create_link, path_of
from service.database import Pool
from service.http.app import create_app
from service.register.store import PostgresRegister
from tests.service.http.desk import CLOSED, NAME, OPEN, WITHDRAWN

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTML = {"Accept": "text/html"}


async def link_for(desk: Pool, now: Instant, role: Role = Role.POLICE, force: str | None = "MPS") -> str:
    async with desk.acquire() as connection:
        return await create_link(connection, role, force, "sergeant", now)


async def post(
    client: httpx.AsyncClient, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> httpx.Response:
    return await client.post(path, content=urlencode(fields), headers=FORM | HTML | dict(headers or {}))


@pytest.fixture
async def officer(stranger: httpx.AsyncClient, desk: Pool, now: Instant) -> httpx.AsyncClient:
    """A police officer of MPS who has signed in."""
    await post(stranger, "/sign-in", {"link": await link_for(desk, now)})
    return stranger


def form_key_in(page: str) -> str:
    return page.partition('name="key" value="')[2].partition('"')[0]


async def test_the_page_of_a_link_asks_before_it_uses_it_up(
    stranger: httpx.AsyncClient, desk: Pool, now: Instant
) -> None:
    link = await link_for(desk, now)
    page = await stranger.get(path_of(link))
    assert link in page.text
    assert await desk.fetchval("SELECT used_at FROM sign_in_link") is None
    assert "set-cookie" not in page.headers


async def test_signing_in_gives_a_cookie_that_only_https_carries(
    stranger: httpx.AsyncClient, desk: Pool, now: Instant
) -> None:
    answer = await post(stranger, "/sign-in", {"link": await link_for(desk, now)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-cordon_session=cordon_")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


async def test_on_this_machine_itself_the_cookie_works_without_https(
    stranger: httpx.AsyncClient, desk: Pool, now: Instant
) -> None:
    answer = await post(stranger, "http://127.0.0.1:8000/sign-in", {"link": await link_for(desk, now)})
    assert answer.headers["set-cookie"].startswith("cordon_session=")
    assert "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize("wrong", ["used", "unknown", "absent", "expired"])
async def test_a_link_that_is_no_longer_good_signs_nobody_in(
    stranger: httpx.AsyncClient, desk: Pool, now: Instant, wrong: str
) -> None:
    early = Instant(now - timedelta(hours=1) // timedelta(microseconds=1))
    link = await link_for(desk, early if wrong == "expired" else now)
    if wrong == "used":
        await post(stranger, "/sign-in", {"link": link})
    fields = {"unknown": {"link": "cordon_x"}, "absent": {}}.get(wrong, {"link": link})
    answer = await post(stranger, "/sign-in", fields)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "Ask for a new one" in answer.text


async def test_another_sites_form_signs_nobody_in_and_leaves_the_link(
    stranger: httpx.AsyncClient, desk: Pool, now: Instant
) -> None:
    answer = await post(stranger, "/sign-in", {"link": await link_for(desk, now)}, {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert await desk.fetchval("SELECT used_at FROM sign_in_link") is None


@pytest.mark.parametrize("key", ["", "0" * 64, "é"])
async def test_signing_out_needs_the_key_of_the_session(officer: httpx.AsyncClient, key: str) -> None:
    assert (await post(officer, "/sign-out", {"key": key})).status_code == 403
    assert (await officer.get("/")).status_code == 200


async def test_signing_out_ends_the_session(officer: httpx.AsyncClient, desk: Pool) -> None:
    key = form_key_in((await officer.get("/")).text)
    answer = await post(officer, "/sign-out", {"key": key})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert await desk.fetchval("SELECT count(*) FROM web_session") == 0
    assert (await officer.get("/")).status_code == 303


@pytest.mark.parametrize(
    ("content", "status"), [(b"link=" + b"a" * 9000, 413), (b"\xff", 422), (b"&".join([b"a=1"] * 30), 422)]
)
async def test_a_form_that_is_none_is_refused(stranger: httpx.AsyncClient, content: bytes, status: int) -> None:
    assert (await stranger.post("/sign-in", content=content, headers=FORM)).status_code == status


async def test_the_first_page_shows_only_the_viewers_force(officer: httpx.AsyncClient) -> None:
    page = (await officer.get("/")).text
    assert "Metropolitan Police Service" in page
    assert page.count(NAME) >= 3
    assert "Robin Weaver" not in page
    assert (await officer.get("/?force=GMP")).status_code == 403


async def test_a_day_without_incidents_says_so(officer: httpx.AsyncClient) -> None:
    page = (await officer.get("/?day=2026-11-02")).text
    assert "Monday 2 November 2026" in page
    assert "No incident is known of this day." in page


async def test_whoever_was_lost_inside_stays_on_the_first_page_until_his_tag_is_heard_of(
    officer: httpx.AsyncClient, desk: Pool
) -> None:
    await desk.execute("UPDATE incident SET state = 'track_lost' WHERE incident_id = $1", OPEN)
    assert "cordon-tag--now" in (await officer.get("/?day=2026-11-02")).text
    await desk.execute(
        "INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, mechanism, clock_suspect)"
        " SELECT tag_no, '2026-11-21 07:00Z', '2026-11-21 07:01Z', 0, 51, 1, false FROM tag WHERE tag_id = 'T-1'"
    )
    assert "cordon-tag--now" not in (await officer.get("/?day=2026-11-02")).text


async def test_a_fix_whose_clock_runs_ahead_does_not_hide_that_its_tag_is_silent(
    officer: httpx.AsyncClient, desk: Pool
) -> None:
    await desk.execute("UPDATE incident SET state = 'track_lost' WHERE incident_id = $1", OPEN)
    await desk.execute(
        "INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, mechanism, clock_suspect)"
        " SELECT tag_no, '2026-11-22 07:00Z', '2026-11-21 09:00Z', 0, 51, 1, true FROM tag WHERE tag_id = 'T-1'"
    )
    await desk.execute("UPDATE tag SET newest_at = '2026-11-22 07:00Z' WHERE tag_id = 'T-1'")
    page = (await officer.get("/?day=2026-11-02")).text
    assert "<strong>0 of 1</strong> tag heard of" in page
    assert "Last fix 20 Nov 23:50:00" in page
    assert "cordon-tag--now" in page


async def test_what_is_listed_apart_is_not_counted(officer: httpx.AsyncClient, desk: Pool) -> None:
    assert "<dt>Confirmed</dt><dd>1</dd>" in (await officer.get("/")).text
    await desk.execute("UPDATE incident SET suspended = true WHERE incident_id = $1", CLOSED)
    page = (await officer.get("/")).text
    assert "<dt>Confirmed</dt><dd>0</dd>" in page
    assert "suspended: not counted" in page


async def test_a_late_report_is_told(officer: httpx.AsyncClient, desk: Pool) -> None:
    await desk.execute(
        "INSERT INTO report_due (force, day, seal_at, due_at, not_before)"
        " VALUES ('MPS', '2026-11-19', '2026-11-20 09:00Z', '2026-11-20 10:00Z', '2026-11-20 09:00Z'),"
        " ('MPS', '2026-11-20', '2026-11-21 09:00Z', '2026-11-21 10:00Z', '2026-11-21 09:00Z')"
    )
    page = (await officer.get("/")).text
    assert "Thursday 19 November 2026 <strong>is late</strong>: it was due 20 Nov 10:00" in page
    assert "Friday 20 November 2026 is due 21 Nov 10:00" in page


async def test_text_of_others_stays_text(officer: httpx.AsyncClient, desk: Pool) -> None:
    await desk.execute("UPDATE wearer SET name = '<script>alert(1)</script>' WHERE wearer_id = 'W-1'")
    await desk.execute("UPDATE zone SET label = '\"><img src=x>' WHERE zone_id = 'Z-1'")
    for path in ("/", f"/incidents/{CLOSED}", f"/incidents/{CLOSED}/map.svg"):
        page = (await officer.get(path)).text
        assert "<script>" not in page
        assert "<img src=x" not in page


async def test_an_incidents_page_shows_its_fixes_and_those_around_it(officer: httpx.AsyncClient) -> None:
    page = (await officer.get(f"/incidents/{CLOSED}")).text
    assert page.count("cordon-own") == 4
    assert page.count('<tr class="govuk-table__row">') == 1 + 3
    assert "Not to come within 200 metres" in page


async def test_a_withdrawn_incident_says_so_and_has_no_map(officer: httpx.AsyncClient) -> None:
    assert "was withdrawn" in (await officer.get(f"/incidents/{WITHDRAWN}")).text
    assert (await officer.get(f"/incidents/{WITHDRAWN}/map.svg")).status_code == 404


async def test_another_forces_incident_has_no_page(stranger: httpx.AsyncClient, desk: Pool, now: Instant) -> None:
    await post(stranger, "/sign-in", {"link": await link_for(desk, now, Role.POLICE, "GMP")})
    for path in (f"/incidents/{CLOSED}", f"/incidents/{CLOSED}/map.svg"):
        answer = await stranger.get(path, headers=HTML)
        assert answer.status_code == 404
        assert "<h1" in answer.text
        assert NAME not in answer.text


async def test_an_administrator_of_an_empty_register_is_told_what_to_do(
    pool: Pool, archive: Archive, now: Instant
) -> None:
    transport = httpx.ASGITransport(create_app(pool, PostgresRegister(), archive, clock=lambda: now))
    async with httpx.AsyncClient(transport=transport, base_url="https://cordon.example") as client:
        await post(client, "/sign-in", {"link": await link_for(pool, now, Role.ADMIN, None)})
        assert "cordon register load" in (await client.get("/")).text


async def test_a_failure_behind_a_page_is_told_as_a_page(app: FastAPI, stranger: httpx.AsyncClient, desk: Pool) -> None:
    await desk.close()
    stranger.cookies.set("__Host-cordon_session", "cordon_x")
    answer = await stranger.get("/", headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert answer.headers["retry-after"] == "5"
