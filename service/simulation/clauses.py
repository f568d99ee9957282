"""What orders forbid: clauses in the words of a court, each with a zone drawn at its site."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from service.simulation.orders import EVENINGS, SCHOOL_HOURS, Clause, clause
from service.simulation.path import Path
from service.simulation.places import Spot
from service.simulation.shapes import circle, drawn_area, premises, road, two_places
from service.simulation.sites import Temper, site

FURTHER_KINDS = 4
# No further clause reaches farther than this from its site.
_FURTHER_REACH_M = 320.0


class Draft(NamedTuple):
    """A clause that has no site yet: how far its zone reaches about it in metres, and what it says once it has one."""

    reach_m: float
    at: Callable[[Spot], Clause]


def clauses_for(path: Path, temper: Temper, rng: np.random.Generator) -> list[Clause]:
    """Return one to three clauses. The first lies as the temper has it; the others are well clear of the path."""
    draft = not_to_approach(rng)
    first = draft.at(site(path, draft.reach_m, temper, rng))
    more = int(rng.choice([0, 1, 2], p=[0.45, 0.35, 0.2]))
    return [first, *(further(path, int(rng.integers(0, FURTHER_KINDS)), rng) for _ in range(more))]


def not_to_approach(rng: np.random.Generator) -> Draft:
    """Return the usual first clause, with a zone of a usual shape and size."""
    match int(rng.integers(0, 8)):
        case 0 | 1 | 2:
            metres, turned = float(rng.choice([50.0, 100.0, 200.0])), float(rng.uniform(0, 90))
            text = f"Not to come within {metres:.0f} metres of the premises on plan A."
            return Draft(
                metres + 10, lambda spot: clause(text, "The premises", premises(spot, metres, turned_deg=turned))
            )
        case 3 | 4 | 5:
            metres = float(rng.choice([100.0, 150.0, 200.0, 300.0]))
            text = f"Not to come within {metres:.0f} metres of the place on plan A."
            return Draft(metres, lambda spot: clause(text, "The place", circle(spot, metres)))
        case 6:
            text = "Not to come within 100 metres of either entrance on plan A."
            return Draft(120, lambda spot: clause(text, "The entrances", two_places(spot, spot.moved(60, 45), 100)))
        case _:
            metres, hole = float(rng.uniform(200, 400)), float(rng.choice([0.0, 60.0]))
            text = "Not to enter the area edged red on plan A."
            return Draft(metres, lambda spot: clause(text, "The area", drawn_area(spot, metres, hole)))


def further(path: Path, kind: int, rng: np.random.Generator) -> Clause:
    """Return one of four further clauses, about somewhere well clear of a path: what else an order says."""
    spot = site(path, _FURTHER_REACH_M, "respects", rng)
    match kind % FURTHER_KINDS:
        case 0:
            text = "Not to go within 100 metres of the school on plan B when its pupils arrive or leave."
            return clause(text, "The school", premises(spot, 100, side_m=60), schedule=SCHOOL_HOURS)
        case 1:
            return clause("Not to enter the road marked on plan B.", "The road", road(spot, spot.moved(260, 120), 15))
        case 2:
            text = "Not to be within 150 metres of the place on plan B between 8 pm and 6 am."
            return clause(text, "The evening place", circle(spot, 150), schedule=EVENINGS)
        case _:
            return clause("Not to enter the area edged red on plan B.", "The further area", drawn_area(spot, 300, 50))
