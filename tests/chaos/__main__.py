"""Two hundred faults and a day's backlog: `python -m tests.chaos [--faults N] [--only FAULT] [--seed S] [--tags N]`.

Prints the README's table. A fault is repeated on a day of its own; a fifth of them strike in a mixture.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from service.embedded import EmbeddedPostgres
from tests.chaos.backlog import backlog
from tests.chaos.faults import FAULTS
from tests.chaos.run import Report, chosen, run
from tests.chaos.simulated import UNTIL, simulated_day
from tests.chaos.templates import register_template
from tests.servers.kafka.broker import KafkaBroker

WEARERS, PROBES = 20, 500
MIXED = "all of them, mixed"
HEAD = (
    "| fault | times | fixes sent | in the ledger | twice | incidents equal | recovered after, median (longest) |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


def plan(faults: int, only: str | None, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Yield each run's name and its faults: four fifths by kind, the rest mixed; or all in the one run named."""
    if only is not None:
        yield only, chosen(seed, faults) if only == MIXED else [only] * faults
        return
    each = max(1, faults * 4 // 5 // len(FAULTS))
    for name in FAULTS:
        yield name, [name] * each
    yield MIXED, chosen(seed, max(1, faults - each * len(FAULTS)))


def row(name: str, report: Report) -> str:
    """Return a run's line of the table."""
    took = f"{median(report.recovery_s):.1f} s ({max(report.recovery_s):.1f})" if report.recovery_s else "not awaited"
    equal = "yes" if not report.wrong else "NO"
    return (
        f"| {name} | {len(report.struck)} | {report.sent:,} | {report.stored:,} | {report.doubled} | {equal} | {took} |"
    )


async def measure(faults: int, only: str | None, seed: int, tags: int, folder: Path) -> int:
    """Run everything, print as it comes, and return how many runs went wrong."""
    began, wrong = time.monotonic(), 0
    with EmbeddedPostgres() as server, KafkaBroker() as broker:
        if faults:
            day = simulated_day(folder, WEARERS, seed)
            template = await register_template(server, day.register, UNTIL)
            print(HEAD, flush=True)
            for name, these in plan(faults, only, seed):
                report = await run(server, template, broker, folder, day, these, seed)
                print(row(name, report), flush=True)
                for fault in report.wrong:
                    print(f"  WRONG: {fault}", file=sys.stderr)
                wrong += bool(report.wrong)
        if tags:
            print("\n".join((await backlog(server, broker, folder, tags, PROBES)).lines()), flush=True)
    print(f"seed {seed}, {time.monotonic() - began:.0f} s in all")
    return wrong


def main() -> int:
    """Read the options and measure."""
    options = argparse.ArgumentParser(prog="python -m tests.chaos")
    options.add_argument("--faults", type=int, default=200)
    options.add_argument("--only", choices=[*FAULTS, MIXED])
    options.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    options.add_argument("--tags", type=int, default=500)
    given = options.parse_args()
    print(f"seed {given.seed}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="cordon-chaos-") as folder:
        return asyncio.run(measure(given.faults, given.only, given.seed, given.tags, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
