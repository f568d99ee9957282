"""Wearers who wander in and out of a zone, whose fixes are noisy, missing and late: the same for the same seed."""

from collections.abc import Iterator
from itertools import groupby
from random import Random

from geofence.tracks import Mechanism
from tests.alerts.ledger import Place

BATCH_MINUTES = 10
# Kilometres east of the zone's centre: well inside, at the edge, just outside, away.
ABODES = (0.0, 0.05, 0.19, 0.2, 0.23, 0.4, 1.5, 3.0)


def wander(seed: int, first: int, last: int) -> list[Place]:
    """Return about a fix a minute: stays of up to an hour, rides through, silences, cell fixes, bad accuracy."""
    chance = Random(seed)  # noqa: S311 - the same days for everyone who runs this
    places: list[Place] = []
    at = float(first)
    while at < last:
        abode = chance.choice(ABODES)
        for _ in range(chance.randrange(1, 45)):
            at += chance.choice((0.5, 1, 1, 1, 1, 2))
            places.append(_noisy(chance, at, abode))
        if chance.random() < 0.2:
            at += chance.uniform(3, 50)
        if chance.random() < 0.3:  # a ride straight through, too fast to leave a fix inside
            places += [Place(at + 0.5, -0.7), Place(at + 1.5, 0.7)]
            at += 2
    return places


def batches(seed: int, places: list[Place]) -> Iterator[tuple[float, list[Place]]]:
    """Yield the fixes as they arrive: (minute of arrival, fixes), most of them soon, some an hour late."""
    chance = Random(seed)  # noqa: S311 - the same days for everyone who runs this
    arrivals = []
    for place in places:
        late = chance.uniform(0, 2) if chance.random() < 0.8 else chance.uniform(0, 70)
        arrivals.append((int((place.at_minute + late) // BATCH_MINUTES + 1) * BATCH_MINUTES, place))
    arrivals.sort(key=lambda arrival: (arrival[0], chance.random()))
    for minute, some in groupby(arrivals, key=lambda arrival: arrival[0]):
        yield minute, [place for _, place in some]


def _noisy(chance: Random, at: float, abode: float) -> Place:
    if chance.random() < 0.15:
        return Place(at, abode + chance.gauss(0, 0.5), chance.gauss(0, 0.5), Mechanism.CELL, chance.uniform(100, 1500))
    if chance.random() < 0.02:  # wrong by kilometres, and sure of itself
        return Place(at, abode + 9, 0.0, Mechanism.GPS, 3.0)
    accuracy_m = chance.choice((4.0, 8.0, 8.0, 20.0, 60.0))
    noise_km = accuracy_m / 2500
    return Place(at, abode + chance.gauss(0, noise_km), chance.gauss(0, noise_km), Mechanism.GPS, accuracy_m)
