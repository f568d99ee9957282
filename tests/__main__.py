"""Run all tests, in two processes at once: `python -m tests [what pytest is told]`.

Most of a test's time is either the process's own or that of a server which it waits for, so one process leaves half of
two cores idle. Each has servers of its own. What the second one says is shown once the first has ended.
"""

import signal
import subprocess
import sys
import tempfile
from typing import IO

from service.child import dies_with_parent

# About half of the work; whatever is not named here is done by the other process.
HERE = ("tests/geofence", "tests/service", "tests/alerts")
THERE = ("tests", *(f"--ignore={folder}" for folder in HERE))


def main(told: list[str]) -> int:
    """Return pytest's exit code: that of the first process unless it is 0."""
    with tempfile.TemporaryFile() as said:
        there = start(*THERE, *told, output=said)
        here = start(*HERE, *told, output=None)
        try:
            codes = [here.wait(), there.wait()]
        except KeyboardInterrupt:  # both were told as well: they end their servers
            codes = [here.wait(), there.wait()]
        said.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(said.read())
    return next((code for code in codes if code), 0)


def start(*arguments: str, output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """Start pytest. output: where it says what it says, None for where we do."""
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        stdout=output,
        stderr=output,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call, before any thread can matter
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
