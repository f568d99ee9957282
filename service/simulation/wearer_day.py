"""One wearer's day from act to messages; it depends on the seed, the date and the wearer's number alone."""

from dataclasses import dataclass

import numpy as np

from service.simulation.act import Act, Carrying
from service.simulation.day import Day
from service.simulation.faults import FaultRates, Sent, sent
from service.simulation.gps import gps_fixes
from service.simulation.ground import beacon_fixes, cell_fixes, wifi_fixes
from service.simulation.ordinary import ordinary
from service.simulation.recorded import Recorded, together
from service.simulation.stories import STORIES
from service.simulation.stories.scene import Scene
from service.simulation.uploads import upload_instants


@dataclass(frozen=True, slots=True)
class WearerDay:
    """What a wearer did, what his tag recorded of it, and what it sent."""

    act: Act
    fixes: Recorded
    messages: Sent


def wearer_day(day: Day, number: int, seed: int, rates: FaultRates) -> WearerDay:
    """Return the day of wearer `number` (from 1): the first act the stories, the others are ordinary.

    1. What he does.  2. What the tag records.  3. When it sends that, and what goes wrong.
    Each has a stream of chance of its own, so that a change of one leaves the others as they were.
    """
    acting, recording, sending = (
        np.random.default_rng([seed, day.date.toordinal(), number, step]) for step in range(3)
    )
    act = STORIES[number - 1](Scene(day, number, acting)) if number <= len(STORIES) else ordinary(day, number, acting)
    fixes = _kept(act, recorded(act.carrying, recording))
    return WearerDay(act, fixes, sent(upload_instants(act, fixes, sending), rates, sending))


def recorded(tag: Carrying, rng: np.random.Generator) -> Recorded:
    """Return a tag's fixes in order of time: by satellites, cells, the beacon and wireless networks."""
    return together([gps_fixes(tag, rng), cell_fixes(tag, rng), beacon_fixes(tag, rng), wifi_fixes(tag, rng)])


def _kept(act: Act, fixes: Recorded) -> Recorded:
    """Return the fixes that an act tells of: not those of another act's share of the tag, nor of a dead battery."""
    alive = (fixes.at_s >= act.carried_during[0]) & (fixes.at_s < act.carried_during[1])
    for start, end in act.conduct.dead:
        alive &= (fixes.at_s < start) | (fixes.at_s >= end)
    return fixes.only(alive)
