"""What a duty officer does in a browser: sign in, see what matters, open an incident."""

import re
from datetime import UTC, date, datetime

import pytest
from playwright.async_api import expect

from alerts.editions import Edition, write_edition
from geofence.instants import instant
from service.access.actor import Role
from tests.browser.conftest import Site, Visitor
from tests.service.http.desk import CLOSED, NAME


async def sign_in(site: Site, visitor: Visitor, role: Role = Role.POLICE, force: str | None = "MPS") -> None:
    await visitor.page.goto(await site.link(role, force))
    await visitor.page.get_by_role("button", name="Sign in").click()
    await visitor.page.wait_for_selector("h1")


async def issue_friday(site: Site) -> None:
    nine, ten = (instant(datetime(2026, 11, 21, hour, tzinfo=UTC)) for hour in (9, 10))
    files = {suffix: site.archive.put(f"the {suffix}".encode()) for suffix in ("pdf", "json", "csv", "geojson", "gpx")}
    async with site.pool.acquire() as connection:
        await write_edition(connection, Edition("MPS", date(2026, 11, 20), 1, nine, ten, nine, files))


async def test_a_link_signs_in_and_the_first_page_leads_to_the_incident(site: Site, visitor: Visitor) -> None:
    page = visitor.page
    await sign_in(site, visitor)

    await expect(page.get_by_role("heading", level=1)).to_have_text("Metropolitan Police Service")
    inside = page.get_by_role("region", name="Inside now, or lost inside").get_by_role("table")
    await expect(inside.get_by_role("row")).to_have_count(2)
    await expect(inside).to_contain_text("Probable")
    day = page.get_by_role("region", name="Report day Friday 20 November 2026").get_by_role("table")
    await day.get_by_role("row").filter(has_text="Confirmed").get_by_role("link", name=NAME).click()

    await expect(page).to_have_url(f"{site.address}/incidents/{CLOSED}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"{NAME}: Zone A")
    await expect(page.get_by_role("table").get_by_role("row")).to_have_count(8)
    assert await page.get_by_role("img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    assert visitor.complaints == []


async def test_a_link_works_once(site: Site, visitor: Visitor) -> None:
    page, link = visitor.page, await site.link(Role.ADMIN)
    for _ in range(2):  # opening it is not using it: programs that look at e-mail open links too
        await page.goto(link)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{site.address}/")
    await page.context.clear_cookies()

    await page.goto(link)
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("alert")).to_contain_text("used before")
    await page.goto(site.address)
    await expect(page).to_have_url(f"{site.address}/sign-in")


async def test_signing_out_ends_the_session_itself(site: Site, visitor: Visitor) -> None:
    page = visitor.page
    await sign_in(site, visitor)
    (cookie,) = await page.context.cookies()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(f"{site.address}/sign-in")

    await page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": site.address}])
    await page.goto(site.address)

    await expect(page).to_have_url(f"{site.address}/sign-in")


async def test_the_session_is_out_of_reach_of_scripts_and_other_sites(site: Site, visitor: Visitor) -> None:
    await sign_in(site, visitor)
    (cookie,) = await visitor.page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert await visitor.page.evaluate("document.cookie") == ""


async def test_an_issued_report_is_a_click_away(site: Site, visitor: Visitor) -> None:
    await issue_friday(site)
    await sign_in(site, visitor)
    link = visitor.page.get_by_role("link", name="CSV of 20 November 2026, edition 1")
    async with visitor.page.expect_download() as started:
        await link.click()
    assert (await started.value).suggested_filename == "breach-report-MPS-2026-11-20-edition-1.csv"


async def test_an_administrator_sees_every_force_and_the_police_their_own(site: Site, visitor: Visitor) -> None:
    page = visitor.page
    await sign_in(site, visitor, Role.ADMIN, None)
    # First comes the force where somebody is inside now.
    await expect(page.get_by_role("heading", level=1)).to_have_text("Metropolitan Police Service")
    await expect(page.get_by_role("navigation", name="Forces")).to_contain_text("MPS 1 inside")
    await page.get_by_role("navigation", name="Forces").get_by_role("link", name="GMP").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Greater Manchester Police")

    await page.context.clear_cookies()
    await sign_in(site, visitor, Role.POLICE, "GMP")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Greater Manchester Police")
    await expect(page.get_by_role("navigation", name="Forces")).to_have_count(0)
    assert NAME not in await page.content()


async def test_the_clocks_are_on_a_page_and_the_police_see_those_of_their_force(site: Site, visitor: Visitor) -> None:
    page = visitor.page
    await sign_in(site, visitor, Role.ADMIN, None)
    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Clocks").click()
    running = page.get_by_role("region", name="What falls due, and what is awaited").get_by_role("table")
    await expect(running).to_contain_text("O-1")
    await expect(running).to_contain_text("O-2")
    await page.get_by_role("navigation", name="Kinds").get_by_role("link", name="Notification").click()
    await expect(running).to_contain_text("Not recorded")
    assert visitor.complaints == []

    await page.context.clear_cookies()
    await sign_in(site, visitor, Role.POLICE, "GMP")
    await page.goto(f"{site.address}/clocks")
    await expect(running).to_contain_text("O-2")
    await expect(running).not_to_contain_text("O-1")
    await expect(page.get_by_role("navigation", name="Kinds")).not_to_contain_text("Awaits approval")


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("place", ["/sign-in", "/", "/clocks", f"/incidents/{CLOSED}", "/incidents/none", "/?day=x"])
async def test_every_page_is_accessible(site: Site, visitor: Visitor, place: str, width: int) -> None:
    await issue_friday(site)
    await visitor.page.set_viewport_size({"width": width, "height": 800})
    await sign_in(site, visitor)
    await visitor.page.goto(site.address + place)
    assert await visitor.axe() == []
    # Nothing but a table that scrolls in its own frame is wider than the screen.
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    assert [told for told in visitor.complaints if not re.search(r"status of (404|422)", told)] == []
