"""An ordinary wearer: an ordinary day, an order whose zones lie elsewhere, a tag with its own weaknesses."""

import numpy as np

from service.simulation.act import Act, Conduct, Spans, tag_of
from service.simulation.clauses import clauses_for
from service.simulation.day import Day
from service.simulation.document import Event
from service.simulation.events import event
from service.simulation.habits import HOUR_S, ordinary_day
from service.simulation.names import invented
from service.simulation.orders import MPS, SURREY, made_before, order
from service.simulation.places import NEIGHBOURHOODS, somewhere
from service.simulation.sites import Temper

TEMPERS: tuple[tuple[Temper, float], ...] = (("respects", 0.86), ("passes_near", 0.08), ("careless", 0.06))
SURREY_EVERY = 25
BOASTFUL_SHARE, WITHOUT_BEACON_SHARE = 0.12, 0.05
DEAD_SHARE, OFFLINE_SHARE, CHARGING_SHARE = 0.03, 0.05, 0.5


def ordinary(day: Day, number: int, rng: np.random.Generator) -> Act:
    """Return the day of a wearer who acts no story."""
    around = NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))]
    home = somewhere(around, rng)
    path = ordinary_day(day, home, around, rng).path()
    temper = TEMPERS[int(rng.choice(len(TEMPERS), p=[share for _, share in TEMPERS]))][0]
    force = SURREY if number % SURREY_EVERY == 0 else MPS
    conduct = _conduct(day, rng)
    return Act(
        number=number,
        day=day,
        wearer=invented(number, around.home_area, rng),
        fittings=[
            {
                "tag_id": tag_of(number),
                "wearer_id": f"W-{number:06d}",
                "fitted_at": day.before(made_before(number)),
                "removed_at": None,
            }
        ],
        orders=[order(day, number, clauses_for(path, temper, rng), force=force)],
        tag_id=tag_of(number),
        path=path,
        carried=path,
        conduct=conduct,
        carried_during=day.recorded_s,
        home=home,
        events=_events(day, tag_of(number), conduct, rng),
    )


def _conduct(day: Day, rng: np.random.Generator) -> Conduct:
    dead: Spans = ()
    offline: Spans = ()
    if rng.uniform() < DEAD_SHARE:
        start = rng.uniform(6, 18) * HOUR_S
        dead = ((float(start), float(start + rng.uniform(2, 6) * HOUR_S)),)
    elif rng.uniform() < OFFLINE_SHARE:
        start = rng.uniform(3, 20) * HOUR_S
        offline = ((float(start), float(start + rng.uniform(1, 14) * HOUR_S)),)
    return Conduct(
        phase_s=int(rng.integers(1, 59)),
        boastful=bool(rng.uniform() < BOASTFUL_SHARE),
        beacon=bool(rng.uniform() >= WITHOUT_BEACON_SHARE),
        dead=dead,
        offline=offline,
    )


def _events(day: Day, tag_id: str, conduct: Conduct, rng: np.random.Generator) -> list[Event]:
    """What the tag reports within the day; what goes on after it has no end yet."""
    found = []
    for start, end in conduct.dead:
        found.append(event(day, tag_id, "battery_low", start - 1800, None))
        found.append(event(day, tag_id, "battery_dead", start, _within(day, end)))
        if end + HOUR_S < day.length_s:
            found.append(event(day, tag_id, "charging", end, end + HOUR_S))
    found += [event(day, tag_id, "no_network", start, _within(day, end)) for start, end in conduct.offline]
    if rng.uniform() < CHARGING_SHARE:
        start = rng.uniform(2, 4) * HOUR_S
        found.append(event(day, tag_id, "charging", start, start + rng.uniform(0.8, 1.6) * HOUR_S))
    return found


def _within(day: Day, end_s: float) -> float | None:
    return end_s if end_s < day.length_s else None
