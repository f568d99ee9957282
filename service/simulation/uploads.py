"""When a tag sends what it recorded: in batches, 6 to 15 minutes late; hours late if it was dead or out of reach.

A few batches fail and are sent again after newer ones, so that a later fix may be known before an earlier one.
"""

import numpy as np

from service.simulation.act import Act
from service.simulation.day import MARGIN_S
from service.simulation.plane import FloatArray
from service.simulation.recorded import Recorded

BATCH_EVERY_S = (480.0, 600.0)
LATEST_LATE_S, SOONEST_LATE_S = 900.0, 360.0
# So many batches are held up for so long, and overtaken by others.
HELD_UP_SHARE, HELD_UP_S = 0.02, (600.0, 2400.0)
# A tag that was dead or offline at the day's end sends in the course of the following day.
SENDS_UNTIL_S = 36 * 3600.0


def upload_instants(act: Act, fixes: Recorded, rng: np.random.Generator) -> FloatArray:
    """Return when each fix is sent, in whole seconds of the day (which may be after it).

    A batch goes out every 8 to 10 minutes and holds what is at least 6 minutes old. None goes out while a tag is
    dead or offline. A steady tag's are never held up.
    """
    silent = [*act.conduct.dead, *act.conduct.offline]
    gaps = rng.uniform(*BATCH_EVERY_S, size=int(SENDS_UNTIL_S / BATCH_EVERY_S[0]) + 1)
    batches = np.floor(np.cumsum(gaps)) - MARGIN_S
    heard = np.ones(len(batches), dtype=bool)
    for start, end in silent:
        heard &= (batches < start) | (batches >= end)
    batches = np.append(batches[heard], batches[-1] + LATEST_LATE_S)
    batch = np.minimum(np.searchsorted(batches, fixes.at_s + SOONEST_LATE_S), len(batches) - 1)
    held_up = (rng.uniform(size=len(batches)) < HELD_UP_SHARE) & (not act.conduct.steady)
    sent = batches + np.where(held_up, np.floor(rng.uniform(*HELD_UP_S, size=len(batches))), 0.0)
    for start, end in silent:
        sent = np.where((sent >= start) & (sent < end), end, sent)
    at: FloatArray = sent[batch]
    return at
