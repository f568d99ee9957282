"""Does a fix cost more where there are more wearers? And how much memory do their zones take?

`python -m tests.benchmarks.growth [WEARERS ...]`: 100 fixes and four zones each, as in `geofence.py`. Up to 100,000
wearers are judged at once; a million in shares of so many, for no machine need hold a hundred million fixes.
"""

import gc
import sys
import time

import psutil

from geofence.in_force import span
from geofence.judge import judge
from geofence.register import Register
from geofence.rules import Rules
from geofence.zones import zones
from tests.benchmarks.geofence import START, Case, case

AT_ONCE = 100_000
MADE_AT_ONCE = 10_000


def resident_mib() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20


def judged_s(one: Case) -> tuple[float, float]:
    """Return the seconds that judging takes at first, when the register has to be read, and again."""
    taken = []
    for _ in range(2):
        start = time.perf_counter()
        judge(one.tracks, one.register, Rules(), one.between, one.between.end)
        taken.append(time.perf_counter() - start)
    return taken[0], taken[1]


def share(wearers: int, seed: int) -> Case:
    """Return a case of a share's wearers."""
    return case(wearers, seed=seed, first=seed * AT_ONCE)


def grown(wearers: int) -> tuple[float, float]:
    """Return nanoseconds a fix for so many wearers: with the register read anew, and once it was read."""
    sizes = [min(AT_ONCE, wearers - first) for first in range(0, wearers, AT_ONCE)]
    cold = warm = 0.0
    for seed, size in enumerate(sizes):
        one = share(size, seed)
        gc.collect()
        gc.freeze()
        first, again = judged_s(one)
        cold, warm = cold + first, warm + again
        gc.unfreeze()
    return cold / wearers * 1e7, warm / wearers * 1e7


def register_of(wearers: int) -> Register:
    """Return the register of so many wearers, without their fixes."""
    parts = [
        case(min(MADE_AT_ONCE, wearers - first), seed=first, first=first).register
        for first in range(0, wearers, MADE_AT_ONCE)
    ]
    return Register(
        tuple(fitting for part in parts for fitting in part.fittings),
        tuple(order for part in parts for order in part.orders),
    )


def remembered(wearers: int) -> None:
    """Print how much memory the zones of so many wearers take, as values and as the columns that judging reads."""
    before = resident_mib()
    register = register_of(wearers)
    values = resident_mib()
    read = zones(register, span(START, START))
    columns = resident_mib()
    print(
        f"{wearers:9,} wearers, {len(read.of):,} zones: {values - before:6,.0f} MiB,"
        f" and as columns {columns - values:6,.0f} MiB",
        flush=True,
    )


def main(*sizes: int) -> None:
    least: tuple[float, float] | None = None
    for wearers in sizes or (1_000, 10_000, 100_000, 1_000_000):
        cold, warm = grown(wearers)
        least = least or (cold, warm)
        print(
            f"{wearers:9,} wearers: judge {warm:6.0f} ns a fix ({warm / least[1]:.2f} of the first),"
            f" with the register read anew {cold:6.0f} ns ({cold / least[0]:.2f})",
            flush=True,
        )
    # Last, for what it remembers the collector would walk through while fixes are judged.
    for wearers in sizes or (100_000, 1_000_000):
        remembered(wearers)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
