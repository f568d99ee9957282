"""A child process that does not outlive its parent."""

import ctypes
import signal
import sys
from collections.abc import Callable

_SET_PARENT_DEATH_SIGNAL = 1


def dies_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """Return a `preexec_fn` by which the kernel sends `how` to the child when its parent dies (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_the_kernel() -> None:
        prctl(_SET_PARENT_DEATH_SIGNAL, int(how), 0, 0, 0)

    return ask_the_kernel
