"""A real browser at the application, served by uvicorn on a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from alerts.archive import Archive
from service.access.actor import Role
from service.access.links import create_link, path_of
from service.database import Pool
from service.http.app import create_app
from service.http.server import serve
from service.register.store import PostgresRegister
from tests.service.http.conftest import NOW
from tests.service.http.desk import fill_desk

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
AXE = Path(__file__).parents[2] / "service" / "web" / "node_modules" / "axe-core" / "axe.min.js"
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Site:
    """The application as a browser reaches it."""

    address: str
    pool: Pool
    archive: Archive

    async def link(self, role: Role, force: str | None = None) -> str:
        """Return a fresh one-time sign-in link."""
        async with self.pool.acquire() as connection:
            return self.address + path_of(await create_link(connection, role, force, f"{role} on duty", NOW))


@dataclass
class Visitor:
    """A page of a browser, and everything that went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def axe(self) -> list[str]:
        """Return the violations that axe-core finds in the page as it is now, each with what it concerns."""
        found = await self.page.evaluate(
            "async tags => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations"
            ".flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target}: ${node.failureSummary}`))",
            WCAG_22_AA,
        )
        return list(found)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        await launched.close()


@pytest.fixture
async def site(pool: Pool, tmp_path: Path) -> AsyncIterator[Site]:
    """The application on a database with two forces and their incidents, listening on a free port."""
    async with pool.acquire() as connection:
        await fill_desk(connection)
    archive = Archive(tmp_path / "archive")
    app = create_app(pool, PostgresRegister(), archive, clock=lambda: NOW)
    stop = asyncio.Event()
    where: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, stop, where.set_result))
    yield Site(await where, pool, archive)
    stop.set()
    await serving


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody with a browser, without cookies. Axe comes with the browser: the pages' policy forbids scripts."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    await context.add_init_script(path=AXE)
    visitor = Visitor(await context.new_page())

    def complain(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            visitor.complaints.append(message.text)

    def fail(request: Request) -> None:
        visitor.complaints.append(f"{request.url} failed: {request.failure}")

    visitor.page.on("console", complain)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.page.on("requestfailed", fail)
    yield visitor
    await context.close()
