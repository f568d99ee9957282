"""`cordon consume`, `cordon desk` and `cordon web` in processes of their own, as in production."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

END_S = 15.0


@contextmanager
def running(command: str, settings: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Run one until the block ends; yield what it said when it was ready, and its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service", command],
        env={"PATH": os.environ["PATH"], **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
