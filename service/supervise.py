"""Several works in one process, of which one may fail and begin again without stopping the others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

log = structlog.get_logger(__name__)

# A work runs until the event is set; then it ends as soon as it can.
Work = Callable[[asyncio.Event], Awaitable[None]]

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
STEADY_S = 60.0  # a work that ran so long has recovered: after it the waits begin again from the first
END_WITHIN_S = 6.0  # of the 10 s that a process has after SIGTERM


async def supervise(
    works: Mapping[str, Work],
    stop: asyncio.Event,
    *,
    first_wait_s: float = FIRST_WAIT_S,
    end_within_s: float = END_WITHIN_S,
) -> None:
    """Run named works side by side until `stop` is set, then wait for them to end.

    1. A work that fails, or ends before it was told to, is logged and begun again after a wait that doubles each time.
    2. When `stop` is set each work sees the same event. Whatever has not ended `end_within_s` later is cancelled.
    """
    running = [
        asyncio.create_task(_run_again_and_again(name, work, stop, first_wait_s), name=name)
        for name, work in works.items()
    ]
    try:
        await stop.wait()
        _, stuck = await asyncio.wait(running, timeout=end_within_s) if running else ((), ())
        for task in stuck:
            log.warning("A task did not end in time and is cancelled.", task=task.get_name())
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _run_again_and_again(name: str, work: Work, stop: asyncio.Event, first_wait_s: float) -> None:
    clock = asyncio.get_running_loop().time
    wait_s, attempt = first_wait_s, 0
    while not stop.is_set():
        began = clock()
        try:
            await work(stop)
            if stop.is_set():
                return
            log.error("A task ended by itself; it begins again.", task=name, wait_s=wait_s)
        except Exception:
            log.exception("A task failed; it begins again.", task=name, wait_s=wait_s, attempt=attempt)
        if clock() - began >= STEADY_S:
            wait_s, attempt = first_wait_s, 0
        if await waited(stop, wait_s):
            return
        wait_s, attempt = min(2 * wait_s, LONGEST_WAIT_S), attempt + 1


async def waited(stop: asyncio.Event, seconds: float) -> bool:
    """Wait for `stop`, at most so long. True if it is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
