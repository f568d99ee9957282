"""A real Apache Kafka broker (one KRaft node) without a container engine.

Its jars come through Maven, once: they are kept in `.cache/kafka` of the checkout. Needs Java 17 and Maven.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from types import TracebackType
from typing import Self

from service.child import dies_with_parent

HERE = Path(__file__).parent
JARS = HERE.parents[2] / ".cache" / "kafka" / "libs"
START_S = 60.0
STOP_S = 20.0
PORT_TRIES = 5


class KafkaUnavailable(Exception):
    """No broker could be started; the message names what to install."""


class KafkaBroker:
    """A broker with a folder and ports of its own. `kill` and `start` again is a crash and its recovery."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=f"cordon-kafka-{os.getpid()}-"))
        self._port = 0
        self._server: subprocess.Popen[bytes] | None = None
        self._cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")

    @property
    def bootstrap_servers(self) -> str:
        """The address to which clients connect."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start and wait until the broker answers. A first start looks for free ports, again if one is taken."""
        _fetch_jars()
        if self._port:
            self._run()
            return
        for last in (False,) * (PORT_TRIES - 1) + (True,):
            self._port, controller_port = _free_ports()
            self._configure(controller_port)
            try:
                self._run()
            except KafkaUnavailable as failed:
                if last or "already in use" not in str(failed):
                    raise
            else:
                return

    def stop(self, *, remove: bool = True) -> None:
        """Stop the broker in good order, and by default remove its folder."""
        self._end(signal.SIGTERM)
        if remove:
            shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """End the broker as a crash of its process would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let the broker hang: it keeps its connections and answers nothing until `thaw`."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._server is not None
        self._server.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _configure(self, controller_port: int) -> None:
        text = (HERE / "server.properties").read_text()
        filled = {"@PORT@": self._port, "@CONTROLLER_PORT@": controller_port, "@DIR@": self._folder}
        for name, value in filled.items():
            text = text.replace(name, str(value))
        (self._folder / "server.properties").write_text(text)
        shutil.rmtree(self._folder / "data", ignore_errors=True)
        self._java("kafka.tools.StorageTool", "format", f"--cluster-id={self._cluster}", "-c")

    def _java(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._command(program), *arguments, self._folder / "server.properties"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise KafkaUnavailable(f"{program} failed: {done.stderr.strip()[-500:] or done.stdout.strip()[-500:]}")

    def _command(self, program: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
        return ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", logging, "-cp", f"{JARS}/*", program]

    def _run(self) -> None:
        output = self._folder / "log"
        with output.open("wb") as log:
            self._server = subprocess.Popen(
                [*self._command("kafka.Kafka"), self._folder / "server.properties"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one system call
            )
        until = time.monotonic() + START_S
        while not _answers(self._port):
            if self._server.poll() is not None:
                raise KafkaUnavailable(f"the broker ended while starting: {output.read_text()[-2000:]}")
            if time.monotonic() > until:
                self.kill()
                raise KafkaUnavailable(f"the broker did not answer within {START_S:.0f} s")
            time.sleep(0.02)

    def _end(self, how: signal.Signals) -> None:
        server, self._server = self._server, None
        if server is None or server.poll() is not None:
            return
        server.send_signal(how)
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _fetch_jars() -> None:
    if JARS.exists():
        return
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise KafkaUnavailable(
                f"{program} is missing: install Java 17 and Maven (Debian: openjdk-17-jre-headless maven)"
            )
    JARS.parent.mkdir(parents=True, exist_ok=True)
    fetched = Path(tempfile.mkdtemp(dir=JARS.parent))
    done = subprocess.run(
        [
            *("mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies"),
            *("-DincludeScope=runtime", f"-DoutputDirectory={fetched}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(fetched)
        raise KafkaUnavailable(f"Maven could not fetch Apache Kafka: {done.stdout.strip()[-2000:]}")
    fetched.rename(JARS)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
