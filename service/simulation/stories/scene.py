"""What all stories are told with: a home, a way to a zone and back, and the words for what must be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from service.simulation.act import Act, Conduct, Expected, ExpectedGap, Story, tag_of
from service.simulation.clauses import further
from service.simulation.day import Day
from service.simulation.document import Event
from service.simulation.itinerary import Itinerary
from service.simulation.names import invented
from service.simulation.orders import Clause, made_before, order
from service.simulation.path import Surroundings
from service.simulation.places import NAMED, Spot

# The last way to a zone is walked in the open, straight to it, from this far off.
APPROACH_M = 600.0
STEADY = Conduct(steady=True, exact=True)


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay that was acted: when the straight way to it began, from when until when he stood there."""

    approached_s: float
    from_s: float
    until_s: float


class Scene:
    """The making of one story: `Scene(day, number, rng)`, then a trip, then `act`."""

    def __init__(self, day: Day, number: int, rng: np.random.Generator) -> None:
        self.day: Final = day
        self.number: Final = number
        self.rng: Final = rng

    @property
    def wearer_id(self) -> str:
        """The wearer who acts the story."""
        return f"W-{self.number:06d}"

    @property
    def tag_id(self) -> str:
        """The tag that he usually has."""
        return tag_of(self.number)

    @property
    def zone_id(self) -> str:
        """The first zone of the first clause: the one that the story is about."""
        return f"Z-{self.number:06d}-1-1"

    def near(self, neighbourhood: str, x_m: float = 0.0, y_m: float = 0.0) -> Spot:
        """Return the spot so far from a neighbourhood's centre, up to 40 m off so that seeds differ."""
        return NAMED[neighbourhood].centre.moved(*(np.array([x_m, y_m]) + self.rng.uniform(-40, 40, 2)).tolist())

    def trip(self, home: Spot, wall: str) -> Itinerary:
        """Return a day that is spent at home until a wall time."""
        trip = Itinerary(self.day, home, "home", self.rng)
        trip.stay_until(wall, "home")
        return trip

    def stay(self, trip: Itinerary, place: Spot, until_s: float, surroundings: Surroundings = "street") -> Stay:
        """Go by bus until `APPROACH_M` are left, walk straight to a place, and stay there."""
        trip.bus(place.towards(trip.here, APPROACH_M))
        approached = trip.now_s
        trip.straight(place)
        arrived = trip.now_s
        trip.stay(until_s, surroundings)
        return Stay(approached, arrived, trip.now_s)

    def home_again(self, trip: Itinerary, home: Spot) -> None:
        """Walk straight out of the zone by the way he came, and take the bus home."""
        trip.straight(trip.here.towards(home, APPROACH_M))
        trip.bus(home)
        trip.stay(self.day.length_s, "home")

    def visit(self, home: Spot, leaving: str, place: Spot, minutes: float) -> tuple[Itinerary, Stay]:
        """Return a day with one visit of so many minutes on the spot."""
        trip = self.trip(home, leaving)
        trip.bus(place.towards(home, APPROACH_M))
        approached = trip.now_s
        trip.straight(place)
        arrived = trip.now_s
        trip.stay(arrived + minutes * 60, "street")
        left = trip.now_s
        self.home_again(trip, home)
        return trip, Stay(approached, arrived, left)

    def expect(
        self,
        from_s: float,
        until_s: float,
        *,
        kind: str = "presence",
        grade: str = "confirmed",
        state: str = "closed",
        suspended: bool = False,
        before_aware: bool = False,
        already_inside: bool = False,
    ) -> Expected:
        """Return an incident that must be found in the story's zone, beginning within a minute of these instants."""
        return {
            "zone_id": self.zone_id,
            "kind": kind,
            "grades": [grade],
            "states": [state],
            "suspended": suspended,
            "before_aware": before_aware,
            "already_inside": already_inside,
            "began_around": [self.day.printed(from_s - 60), self.day.printed(until_s + 60)],
        }

    def gap(self, reason: str, from_s: float, until_s: float) -> ExpectedGap:
        """Return time that must be reported as not monitored for this reason."""
        return {"reason": reason, "around": [self.day.printed(from_s), self.day.printed(until_s)]}

    def act(
        self,
        story: str,
        tells: str,
        *,
        home: Spot,
        trip: Itinerary,
        clauses: list[Clause],
        incidents: list[Expected],
        conduct: Conduct = STEADY,
        not_raised: Sequence[str] = (),
        unmonitored: Sequence[ExpectedGap] = (),
        events: Sequence[Event] = (),
    ) -> Act:
        """Return the story as an act: an order of its clauses and one more, about a place far from the path."""
        path = trip.path()
        told: Story = {
            "story": story,
            "wearer_id": self.wearer_id,
            "tells": tells,
            "incidents": incidents,
            "not_raised": list(not_raised),
            "unmonitored": list(unmonitored),
            "events": [event["kind"] for event in events],
        }
        return Act(
            number=self.number,
            day=self.day,
            wearer=invented(self.number, "Croydon", self.rng),
            fittings=[
                {
                    "tag_id": self.tag_id,
                    "wearer_id": self.wearer_id,
                    "fitted_at": self.day.before(made_before(self.number)),
                    "removed_at": None,
                }
            ],
            orders=[order(self.day, self.number, [*clauses, further(path, self.number, self.rng)])],
            tag_id=self.tag_id,
            path=path,
            carried=path,
            conduct=conduct,
            carried_during=self.day.recorded_s,
            home=home,
            events=list(events),
            story=told,
        )
