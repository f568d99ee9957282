"""Workers: processes of their own that run `cordon consume` or `cordon desk`, to be killed, paused and counted.

They are forked from a server that has imported everything, so that one starts in a twentieth of a second.
"""

import asyncio
import itertools
import multiprocessing
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import launcher
from tests.chaos.points import Point
from tests.chaos.waiting import PATIENCE_S, eventually

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["tests.chaos.launcher"])
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where workers work: their database and broker, a folder for what they say, and how they are hurt.

    shift_s: how far their clocks are from the wall's. answer_s: how long they wait for a statement. records: how many a
    batch has at the most; None: as in earnest.
    """

    database_url: str
    kafka: str
    folder: Path
    shift_s: float
    lease_s: float
    answer_s: float
    records: int | None

    def environment(self, clock: Path) -> dict[str, str]:
        """Return the variables of a worker, with its clock's file."""
        few = {} if self.records is None else {launcher.RECORDS: str(self.records)}
        return {
            "CORDON_DATABASE_URL": self.database_url,
            "CORDON_KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            launcher.CLOCK_FILE: str(clock),
            launcher.LEASE_S: str(self.lease_s),
            launcher.ANSWER_S: str(self.answer_s),
            **few,
        }


@dataclass(slots=True)
class Worker:
    """One process. `start` it, and `end` or `kill` it."""

    command: str
    place: Place
    point: Point | None = None
    number: int = field(default_factory=lambda: next(_numbers))
    _process: "multiprocessing.context.ForkServerProcess | None" = None

    @property
    def name(self) -> str:
        """What it is called in what goes wrong."""
        return f"{self.command} {self.number}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended: minus the signal that ended it; None while it runs."""
        assert self._process is not None
        return self._process.exitcode

    @property
    def said(self) -> str:
        """All that it wrote to standard output and standard error."""
        return self._output.read_text() if self._output.exists() else ""

    @property
    def hit(self) -> str:
        """The name of the point at which it killed itself, if it did."""
        return self._hit_file.read_text() if self._hit_file.exists() else ""

    def start(self) -> "Worker":
        """Start, and go on without waiting until it is ready."""
        self.set_clock(self.place.shift_s)
        environment = self.place.environment(self._clock)
        if self.point is not None:
            environment |= {launcher.POINT: self.point.name, launcher.HIT_FILE: str(self._hit_file)}
        self._process = _forking.Process(target=launcher.work, args=(self.command, environment, str(self._output)))
        self._process.start()
        return self

    def set_clock(self, shift_s: float) -> None:
        """Move its clock, at once."""
        new = self._clock.with_suffix(".new")
        new.write_text(str(shift_s))
        new.replace(self._clock)

    def signal(self, which: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, which)

    async def ended(self, patience_s: float = PATIENCE_S) -> int:
        """Wait until it has ended, and return how."""
        await eventually(self._has_ended, f"{self.name} ends", patience_s)
        code = self.exit_code
        assert code is not None
        return code

    async def kill(self) -> None:
        """End it as a crash would."""
        self.signal(signal.SIGKILL)
        assert await self.ended() == -signal.SIGKILL, f"{self.name} had ended by itself:\n{self.said[-3000:]}"

    async def stop(self) -> None:
        """Tell it to end, once it is ready, and see that it does so well."""
        await eventually(self._is_ready, f"{self.name} is ready")
        self.signal(signal.SIGTERM)
        assert await self.ended() == 0, f"{self.name} did not end well:\n{self.said[-3000:]}"

    def peak_mb(self) -> float:
        """The most memory that it ever held at once, with what it shares with others."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024

    async def _has_ended(self) -> bool:
        return self.exit_code is not None

    async def _is_ready(self) -> bool:
        return "is ready" in self.said

    @property
    def _clock(self) -> Path:
        return self.place.folder / f"clock-{self.number}"

    @property
    def _output(self) -> Path:
        return self.place.folder / f"{self.command}-{self.number}.log"

    @property
    def _hit_file(self) -> Path:
        return self.place.folder / f"hit-{self.number}"


async def kill_all(workers: list[Worker]) -> None:
    """End whichever still run, however they are."""
    for worker in workers:
        if worker.exit_code is None:
            worker.signal(signal.SIGKILL)
    await asyncio.gather(*(worker.ended() for worker in workers))
