from datetime import UTC, date, datetime

import httpx
import pytest

from alerts.archive import Archive
from alerts.editions import Edition, write_edition
from geofence.instants import instant
from service.database import Pool
from tests.service.http.conftest import Callers

HORIZON = instant(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
DUE = instant(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))


@pytest.fixture
async def issued(desk: Pool, archive: Archive) -> Archive:
    """Friday's report of MPS with a supplement, and GMP's of the day before."""
    async with desk.acquire() as connection:
        for force, day, number in (("MPS", 20, 1), ("MPS", 20, 2), ("GMP", 19, 1)):
            files = {
                suffix: archive.put(f"{force} {day} edition {number} as {suffix}".encode())
                for suffix in ("pdf", "json", "csv", "geojson")
            }
            when = date(2026, 11, day)
            await write_edition(connection, Edition(force, when, number, HORIZON, DUE, HORIZON, files))
    return archive


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(
    ("path", "media_type", "content"),
    [
        ("2026-11-20", "application/json", "MPS 20 edition 2 as json"),
        ("2026-11-20.pdf", "application/pdf", "MPS 20 edition 2 as pdf"),
        ("2026-11-20.csv", "text/csv", "MPS 20 edition 2 as csv"),
        ("2026-11-20.geojson", "application/geo+json", "MPS 20 edition 2 as geojson"),
        ("2026-11-20/editions/1", "application/json", "MPS 20 edition 1 as json"),
        ("2026-11-20/editions/1.pdf", "application/pdf", "MPS 20 edition 1 as pdf"),
    ],
)
async def test_an_edition_is_given_out_as_it_was_issued(
    callers: Callers, path: str, media_type: str, content: str
) -> None:
    answer = await callers["MPS"].get(f"/v1/reports/MPS/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert answer.text == content


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(
    "path",
    ["2026-11-21", "2026-11-20.gpx", "2026-11-20/editions/3", "2026-11-20/editions/3.pdf"],
)
async def test_what_was_not_issued_is_not_found(callers: Callers, path: str) -> None:
    answer = await callers["MPS"].get(f"/v1/reports/MPS/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("path", ["2026-11-20.exe", "2026-13-01", "2026-11-20/editions/0", "2026-11-20/editions/x"])
async def test_what_is_no_day_edition_or_format_is_refused(callers: Callers, path: str) -> None:
    assert (await callers["MPS"].get(f"/v1/reports/MPS/{path}")).status_code == 422


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("path", ["2026-11-20", "2026-11-20.pdf", "2026-11-20/editions/1.csv", "2026-11-01"])
async def test_another_forces_report_is_refused_whether_issued_or_not(callers: Callers, path: str) -> None:
    assert (await callers["GMP"].get(f"/v1/reports/MPS/{path}")).status_code == 403


def places(answer: httpx.Response) -> list[tuple[str, str, int]]:
    return [(item["force"], item["day"], item["edition"]) for item in answer.json()["items"]]


@pytest.mark.usefixtures("issued")
async def test_the_list_shows_the_newest_first_and_each_force_its_own(callers: Callers) -> None:
    assert places(await callers["MPS"].get("/v1/reports")) == [("MPS", "2026-11-20", 2), ("MPS", "2026-11-20", 1)]
    assert places(await callers["GMP"].get("/v1/reports")) == [("GMP", "2026-11-19", 1)]
    assert places(await callers["admin"].get("/v1/reports?force=GMP")) == [("GMP", "2026-11-19", 1)]


@pytest.mark.usefixtures("issued")
async def test_every_page_of_the_list_is_reached_and_every_file_is_there(callers: Callers) -> None:
    found = []
    place: str | None = "/v1/reports?limit=1"
    while place is not None:
        page = await callers["auditor"].get(place)
        found += places(page)
        for file in page.json()["items"][0]["files"].values():
            assert (await callers["auditor"].get(file)).status_code == 200
        place = page.json()["next"]
    assert found == [("MPS", "2026-11-20", 2), ("MPS", "2026-11-20", 1), ("GMP", "2026-11-19", 1)]


@pytest.mark.usefixtures("issued")
async def test_reading_a_report_is_written_down(callers: Callers, desk: Pool) -> None:
    await callers["MPS"].get("/v1/reports/MPS/2026-11-20.pdf")
    rows = await desk.fetch("SELECT actor, action, subject FROM audit")
    assert [tuple(row) for row in rows] == [("MPS", "consultation", "breach-report-MPS-2026-11-20-edition-2.pdf")]
