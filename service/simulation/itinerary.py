"""Making a path: stay here, walk there, take the bus, the car, the train."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from service.simulation.day import Day
from service.simulation.path import Path, Stretch, Surroundings
from service.simulation.places import (
    RAILWAY,
    TRUNK_ROAD,
    TUNNEL_AFTER,
    TUNNEL_FROM,
    TUNNEL_UNTIL,
    Spot,
    along_streets,
    in_canyon,
)

WALKING_M_S = 1.3
DRIVING_M_S = 11.0
BUS_M_S = 8.0
# 50 to 70 mph.
TRUNK_ROAD_M_S = (22.4, 31.3)
TRAIN_M_S = 20.0
BUS_STOP_EVERY_M = 350.0
BUS_STOP_S = 25.0
STATION_STOP_S = 45.0
# A way is cut into pieces no longer than this, so that what surrounds it is told street by street.
PIECE_M = 100.0


class Itinerary:
    """One person's way through a day. Each method adds to it; `path` ends it with the day."""

    def __init__(self, day: Day, start: Spot, surroundings: Surroundings, rng: np.random.Generator) -> None:
        self.day: Final = day
        self._rng = rng
        self._end: Surroundings = surroundings
        self._t, self._x, self._y = [0.0], [start.x_m], [start.y_m]
        self._stretches: list[Stretch] = []

    @property
    def now_s(self) -> float:
        """Seconds since the day's start that are told so far."""
        return self._t[-1]

    @property
    def here(self) -> Spot:
        """Where he is now."""
        return Spot(self._x[-1], self._y[-1])

    def stay(self, until_s: float, surroundings: Surroundings | None = None) -> None:
        """Stay here until an instant or the day's end; by default among what surrounded him last."""
        self._end = surroundings or self._end
        until = min(until_s, self.day.length_s)
        if until > self.now_s:
            self._to(self.here, until - self.now_s, _between_walls(self.here, self._end))

    def stay_until(self, wall: str, surroundings: Surroundings | None = None) -> None:
        """Stay here until London's clocks show `HH:MM`."""
        self.stay(self.day.second(wall), surroundings)

    def straight(self, end: Spot, speed_m_s: float = WALKING_M_S, surroundings: Surroundings = "street") -> None:
        """Go to a spot in a straight line, whatever stands in the way."""
        self._to(end, self.here.metres_to(end) / speed_m_s, surroundings)

    def walk(self, end: Spot) -> None:
        """Walk to a spot along the streets."""
        self._along(end, self._rng.normal(WALKING_M_S, 0.1), "street")

    def drive(self, end: Spot) -> None:
        """Drive to a spot along the streets."""
        self._along(end, self._rng.normal(DRIVING_M_S, 1.0), "vehicle")

    def drive_far(self, end: Spot) -> None:
        """Drive to a spot by way of the trunk road: the junctions nearest to here and to the end, fast between them."""
        joining, leaving = _nearest(TRUNK_ROAD, self.here), _nearest(TRUNK_ROAD, end)
        speed_m_s = self._rng.uniform(*TRUNK_ROAD_M_S)
        self.drive(TRUNK_ROAD[joining])
        step = 1 if leaving > joining else -1
        for number in range(joining, leaving, step):
            self._straight_along(TRUNK_ROAD[number + step], speed_m_s, "vehicle")
        self.drive(end)

    def bus(self, end: Spot) -> None:
        """Take the bus: it stops on the way."""
        self._along(end, self._rng.normal(BUS_M_S, 0.5), "vehicle", stop_every_m=BUS_STOP_EVERY_M)

    def train(self, end: Spot) -> None:
        """Walk to the nearest station, take the train to the one nearest the end, walk on. A tunnel hides the sky."""
        stations = [station.spot for station in RAILWAY]
        boarding, leaving = _nearest(stations, self.here), _nearest(stations, end)
        self.walk(RAILWAY[boarding].spot)
        self.stay(self.now_s + self._rng.uniform(120, 480), "street")
        step = 1 if leaving > boarding else -1
        for number in range(boarding, leaving, step):
            self._between_stations(number, number + step)
            self.stay(self.now_s + STATION_STOP_S, "vehicle")
        self.walk(end)

    def path(self) -> Path:
        """Return the path of the whole day: he stays where he is until it ends."""
        self.stay(self.day.length_s)
        keep = int(np.searchsorted(np.array(self._t), self.day.length_s, side="right"))
        t, x, y = self._t[:keep], self._x[:keep], self._y[:keep]
        if t[-1] < self.day.length_s:
            share = (self.day.length_s - t[-1]) / (self._t[keep] - t[-1])
            t.append(float(self.day.length_s))
            x.append(x[-1] + share * (self._x[keep] - x[-1]))
            y.append(y[-1] + share * (self._y[keep] - y[-1]))
        within = [stretch for stretch in self._stretches if stretch.from_s < self.day.length_s]
        return Path.through(t, x, y, _joined(within, self.day.length_s))

    def _to(self, end: Spot, seconds: float, surroundings: Surroundings) -> None:
        self._stretches.append(Stretch(self.now_s, self.now_s + seconds, surroundings))
        self._t.append(self.now_s + seconds)
        self._x.append(end.x_m)
        self._y.append(end.y_m)

    def _along(
        self, end: Spot, speed_m_s: float, surroundings: Surroundings, stop_every_m: float | None = None
    ) -> None:
        gone_m = 0.0
        for corner in along_streets(self.here, end, self._rng)[1:]:
            length = self.here.metres_to(corner)
            for _ in range(int(length // PIECE_M)):
                self._piece(self.here.towards(corner, PIECE_M), speed_m_s, surroundings)
                gone_m += PIECE_M
                if stop_every_m is not None and gone_m >= stop_every_m:
                    gone_m = 0.0
                    self.stay(self.now_s + BUS_STOP_S, surroundings)
            self._piece(corner, speed_m_s, surroundings)
        self._end = surroundings

    def _straight_along(self, end: Spot, speed_m_s: float, surroundings: Surroundings) -> None:
        while (left_m := self.here.metres_to(end)) > 0:
            self._piece(self.here.towards(end, PIECE_M) if left_m > PIECE_M else end, speed_m_s, surroundings)

    def _piece(self, end: Spot, speed_m_s: float, surroundings: Surroundings) -> None:
        length = self.here.metres_to(end)
        if length > 0:
            self._to(end, length / speed_m_s, _between_walls(end, surroundings))

    def _between_stations(self, start: int, end: int) -> None:
        southern = RAILWAY[min(start, end)]
        target = RAILWAY[end].spot
        if southern.name != TUNNEL_AFTER:
            self.straight(target, TRAIN_M_S, "vehicle")
            return
        length = self.here.metres_to(target)
        first, last = (TUNNEL_FROM, TUNNEL_UNTIL) if end > start else (1 - TUNNEL_UNTIL, 1 - TUNNEL_FROM)
        mouths = self.here.towards(target, first * length), self.here.towards(target, last * length)
        self.straight(mouths[0], TRAIN_M_S, "vehicle")
        self.straight(mouths[1], TRAIN_M_S, "tunnel")
        self.straight(target, TRAIN_M_S, "vehicle")


def _between_walls(spot: Spot, surroundings: Surroundings) -> Surroundings:
    """What surrounds him there: a street, on foot or in a car, is a canyon where buildings are tall."""
    return "canyon" if surroundings in ("street", "vehicle") and in_canyon(*spot) else surroundings


def _nearest(places: Sequence[Spot], spot: Spot) -> int:
    return min(range(len(places)), key=lambda number: places[number].metres_to(spot))


def _joined(stretches: list[Stretch], length_s: float) -> list[Stretch]:
    joined: list[Stretch] = []
    for stretch in stretches:
        until = min(stretch.until_s, length_s)
        if joined and joined[-1].surroundings == stretch.surroundings:
            joined[-1] = joined[-1]._replace(until_s=until)
        else:
            joined.append(stretch._replace(until_s=until))
    return joined
