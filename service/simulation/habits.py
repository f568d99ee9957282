"""Ordinary days: what people do who act no story."""

from collections.abc import Callable

import numpy as np

from service.simulation.day import Day
from service.simulation.itinerary import Itinerary
from service.simulation.places import CENTRE, NEIGHBOURHOODS, RAILWAY, TRUNK_ROAD, Neighbourhood, Spot, somewhere

HOUR_S = 3600.0
Habit = Callable[[Day, Spot, Neighbourhood, np.random.Generator], Itinerary]


def works(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """By bus or car to work, mostly in the centre, a walk at lunch, and back; some shop on the way."""
    trip = Itinerary(day, home, "home", rng)
    place = CENTRE if rng.uniform() < 0.6 else NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))]
    work, travel = somewhere(place, rng), trip.drive if rng.uniform() < 0.5 else trip.bus
    trip.stay(_at(day, rng, "07:30"))
    travel(work)
    trip.stay(_at(day, rng, "12:30"), "indoors")
    trip.walk(work.moved(*rng.uniform(-200, 200, 2).tolist()))
    trip.stay(trip.now_s + 900, "indoors")
    trip.walk(work)
    trip.stay(_at(day, rng, "17:00"), "indoors")
    if rng.uniform() < 0.4:
        trip.walk(somewhere(place, rng))
        trip.stay(trip.now_s + rng.uniform(600, 1800), "indoors")
    travel(home)
    trip.stay(day.length_s, "home")
    return trip


def commutes(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """By train, through the tunnel, and back in the evening."""
    trip = Itinerary(day, home, "home", rng)
    work = RAILWAY[-1].spot.moved(*rng.uniform(-500, 500, 2).tolist())
    trip.stay(_at(day, rng, "07:00"))
    trip.train(work)
    trip.stay(_at(day, rng, "17:30"), "indoors")
    trip.train(home)
    trip.stay(day.length_s, "home")
    return trip


def takes_children_to_school(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """The school run twice, on foot or by car, and the shops between: there before half past eight and at three."""
    trip = Itinerary(day, home, "home", rng)
    school, shops = home.moved(*rng.uniform(-700, 700, 2).tolist()), somewhere(around, rng)
    travel = trip.walk if rng.uniform() < 0.7 else trip.drive
    for wall in ("08:15", "14:50"):
        trip.stay(_at(day, rng, wall, spread_s=300), "home")
        travel(school)
        trip.stay(trip.now_s + rng.uniform(300, 900), "street")
        if wall < "12:00":
            travel(shops)
            trip.stay(trip.now_s + rng.uniform(900, 2400), "indoors")
        travel(home)
    trip.stay(day.length_s, "home")
    return trip


def walks(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """At home but for a walk in the morning and a bus ride in the afternoon."""
    trip = Itinerary(day, home, "home", rng)
    trip.stay(_at(day, rng, "10:00"))
    for _ in range(3):
        trip.walk(somewhere(around, rng))
        trip.stay(trip.now_s + rng.uniform(120, 900), "street")
    trip.walk(home)
    trip.stay(_at(day, rng, "14:30"), "home")
    trip.bus(somewhere(NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))], rng))
    trip.stay(trip.now_s + rng.uniform(1200, 5400), "indoors")
    trip.bus(home)
    trip.stay(day.length_s, "home")
    return trip


def drives_far(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """By car to the far end of the trunk road, at speed, and back in the afternoon."""
    trip = Itinerary(day, home, "home", rng)
    end = max(TRUNK_ROAD[0], TRUNK_ROAD[-1], key=home.metres_to)
    trip.stay(_at(day, rng, "08:30"))
    trip.drive_far(end.moved(*rng.uniform(-600, 600, 2).tolist()))
    trip.stay(_at(day, rng, "15:00"), "indoors")
    trip.drive_far(home)
    trip.stay(day.length_s, "home")
    return trip


def works_at_night(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """At work when the day begins, home to sleep, and off again late in the evening."""
    work = somewhere(NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))], rng)
    trip = Itinerary(day, work, "indoors", rng)
    trip.stay(_at(day, rng, "06:30"))
    trip.drive(home)
    trip.stay(_at(day, rng, "21:00"), "home")
    trip.drive(work)
    trip.stay(day.length_s, "indoors")
    return trip


def stays_in(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """At home but for half an hour on foot."""
    trip = Itinerary(day, home, "home", rng)
    trip.stay(_at(day, rng, "16:00", spread_s=2 * HOUR_S))
    trip.walk(home.moved(*rng.uniform(-600, 600, 2).tolist()))
    trip.walk(home)
    trip.stay(day.length_s, "home")
    return trip


# How often each is met, in a hundred: on working days, and at weekends.
HABITS: tuple[tuple[Habit, int, int], ...] = (
    (works, 33, 10),
    (commutes, 12, 2),
    (takes_children_to_school, 15, 0),
    (walks, 18, 45),
    (drives_far, 6, 10),
    (works_at_night, 6, 6),
    (stays_in, 10, 27),
)


def habits_on(day: Day) -> dict[Habit, int]:
    """Return what people do on a day, and how often. Without school there is no school run."""
    shares = {habit: share if day.working else at_weekends for habit, share, at_weekends in HABITS}
    if not day.school:
        shares[takes_children_to_school] = 0
    return {habit: share for habit, share in shares.items() if share > 0}


def ordinary_day(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """Return the way through the day of somebody who lives at `home`."""
    habits = habits_on(day)
    shares = np.array(list(habits.values()), dtype=float)
    habit = list(habits)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return habit(day, home, around, rng)


def _at(day: Day, rng: np.random.Generator, wall: str, spread_s: float = 1500.0) -> float:
    """About the instant at which London's clocks show `HH:MM`, never more than twice the spread from it."""
    return day.second(wall) + float(np.clip(rng.normal(0, spread_s), -2 * spread_s, 2 * spread_s))
