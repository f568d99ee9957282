"""The production processes: `cordon web`, `consume`, `desk` and `deadline`. Each ends within 10 s of SIGTERM."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Annotated

import typer

from alerts.deadline import once
from service import composition
from service.commands.opening import opened
from service.composition import process_name
from service.database import Pool
from service.logs import configure
from service.process import run_process
from service.refusal import Refused
from service.scraped import scraped
from service.settings import Settings, read_settings

# A statement that takes longer than this was lost on its way, and so was the connection: without a limit a process
# would wait for ever, and nothing would be read, judged or answered.
ANSWER_S = 60.0
# A whole national day is one statement, and so is an hour's erasing.
LONG_ANSWER_S = 600.0


def web() -> None:
    """Serve the interface and the pages."""
    _run("web", composition.web, ANSWER_S)


def consume() -> None:
    """Move fixes and tag events from Kafka to the ledger; as many processes as there are partitions."""
    settings = read_settings()
    if not settings.kafka_bootstrap_servers:
        raise Refused("CORDON_KAFKA_BOOTSTRAP_SERVERS is empty: there is nothing to read from; give host:port")
    _run("consume", composition.consume, ANSWER_S)


def desk() -> None:
    """Judge what the work list asks for; any number of processes."""
    _run("desk", composition.desk, ANSWER_S)


def deadline(
    once_only: Annotated[bool, typer.Option("--once", help="Do what is due and exit.")] = False,
) -> None:
    """Issue reports when due, watch the feeds, and erase what is past its period; any number of processes."""
    if once_only:
        issued = asyncio.run(_deadline_once(read_settings()))
        typer.echo(f"{issued} reports issued")
        return
    _run("deadline", composition.deadline, LONG_ANSWER_S)


async def _deadline_once(settings: Settings) -> int:
    async with opened(settings, size=4) as pool:
        return await once(composition.press(pool, settings), process_name())


Part = Callable[[Pool, Settings, asyncio.Event, Callable[[str], None]], Awaitable[None]]


def _run(name: str, part: Part, answer_s: float) -> None:
    """Run one part of Cordon as a process: settings from the environment, logs to standard error, a line when ready."""
    settings = read_settings()
    configure()

    def ready(where: str = "") -> None:
        typer.echo(f"cordon {name} is ready: {where}" if where else f"cordon {name} is ready")

    async def work(pool: Pool, stop: asyncio.Event) -> None:
        await part(pool, settings, stop, ready)

    # The web process has a route for it, behind a token.
    with scraped(settings) if name != "web" else nullcontext():
        run_process(settings, work, answer_s)
