"""Ordinary days: what people do who act no story."""

from collections.abc import Callable

import numpy as np

from service.simulation.day import Day
from service.simulation.itinerary import Itinerary
from service.simulation.places import CENTRE, NEIGHBOURHOODS, RAILWAY, Neighbourhood, Spot, somewhere

HOUR_S = 3600.0
Habit = Callable[[Day, Spot, Neighbourhood, np.random.Generator], Itinerary]


def works(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """By bus or car to work, mostly in the centre, a walk at lunch, and back; some shop on the way."""
    trip = Itinerary(day, home, "home", rng)
    place = CENTRE if rng.uniform() < 0.6 else NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))]
    work, travel = somewhere(place, rng), trip.drive if rng.uniform() < 0.5 else trip.bus
    trip.stay(_at(rng, 7.5))
    travel(work)
    trip.stay(_at(rng, 12.5), "indoors")
    trip.walk(work.moved(*rng.uniform(-200, 200, 2).tolist()))
    trip.stay(trip.now_s + 900, "indoors")
    trip.walk(work)
    trip.stay(_at(rng, 17.0), "indoors")
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
    trip.stay(_at(rng, 7.0))
    trip.train(work)
    trip.stay(_at(rng, 17.5), "indoors")
    trip.train(home)
    trip.stay(day.length_s, "home")
    return trip


def takes_children_to_school(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """The school run twice, on foot, and the shops between."""
    trip = Itinerary(day, home, "home", rng)
    school, shops = home.moved(*rng.uniform(-700, 700, 2).tolist()), somewhere(around, rng)
    for hour in (8.4, 15.0):
        trip.stay(_at(rng, hour, spread_s=300), "home")
        trip.walk(school)
        trip.stay(trip.now_s + rng.uniform(300, 900), "street")
        if hour < 12:
            trip.walk(shops)
            trip.stay(trip.now_s + rng.uniform(900, 2400), "indoors")
        trip.walk(home)
    trip.stay(day.length_s, "home")
    return trip


def walks(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """At home but for a walk in the morning and a bus ride in the afternoon."""
    trip = Itinerary(day, home, "home", rng)
    trip.stay(_at(rng, 10.0))
    for _ in range(3):
        trip.walk(somewhere(around, rng))
        trip.stay(trip.now_s + rng.uniform(120, 900), "street")
    trip.walk(home)
    trip.stay(_at(rng, 14.5), "home")
    trip.bus(somewhere(NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))], rng))
    trip.stay(trip.now_s + rng.uniform(1200, 5400), "indoors")
    trip.bus(home)
    trip.stay(day.length_s, "home")
    return trip


def works_at_night(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """At work when the day begins, home to sleep, and off again late in the evening."""
    work = somewhere(NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))], rng)
    trip = Itinerary(day, work, "indoors", rng)
    trip.stay(_at(rng, 6.5))
    trip.drive(home)
    trip.stay(_at(rng, 21.0), "home")
    trip.drive(work)
    trip.stay(day.length_s, "indoors")
    return trip


def stays_in(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """At home but for half an hour on foot."""
    trip = Itinerary(day, home, "home", rng)
    trip.stay(_at(rng, 16.0, spread_s=2 * HOUR_S))
    trip.walk(home.moved(*rng.uniform(-600, 600, 2).tolist()))
    trip.walk(home)
    trip.stay(day.length_s, "home")
    return trip


# How often each is met, in a hundred.
HABITS: tuple[tuple[Habit, int], ...] = (
    (works, 35),
    (commutes, 12),
    (takes_children_to_school, 15),
    (walks, 20),
    (works_at_night, 6),
    (stays_in, 12),
)


def ordinary_day(day: Day, home: Spot, around: Neighbourhood, rng: np.random.Generator) -> Itinerary:
    """Return the way through the day of somebody who lives at `home`."""
    shares = np.array([share for _, share in HABITS]) / 100
    habit = HABITS[int(rng.choice(len(HABITS), p=shares))][0]
    return habit(day, home, around, rng)


def _at(rng: np.random.Generator, hour: float, spread_s: float = 1500.0) -> float:
    """About that hour, never more than twice the spread from it."""
    return hour * HOUR_S + float(np.clip(rng.normal(0, spread_s), -2 * spread_s, 2 * spread_s))
