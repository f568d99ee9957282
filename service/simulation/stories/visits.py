"""Visits that nothing hides."""

from dataclasses import replace

from service.simulation.act import Act
from service.simulation.orders import SURREY, clause, order
from service.simulation.places import WARLINGHAM
from service.simulation.shapes import circle, premises
from service.simulation.stories.scene import Scene


def clear_visit(scene: Scene) -> Act:
    """25 minutes outside the premises, fix after fix: nothing to doubt."""
    site, home = scene.near("Addiscombe", 300, 200), scene.near("Purley")
    trip, stay = scene.visit(home, "17:20", site.moved(25, 5), 25)
    text = "Not to come within 100 metres of the premises on plan A."
    return scene.act(
        "clear_visit",
        "Stands for 25 minutes within 100 metres of the premises.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The premises", premises(site, 100))],
        incidents=[scene.expect(stay.approached_s, stay.from_s)],
    )


def visit_in_surrey(scene: Scene) -> Act:
    """A visit that another force must hear of: the order is Surrey's."""
    site, home = WARLINGHAM.moved(*scene.rng.uniform(-40, 40, 2).tolist()), scene.near("Purley")
    trip, stay = scene.visit(home, "11:00", site, 15)
    text = "Not to come within 200 metres of the place on plan A."
    act = scene.act(
        "visit_in_surrey",
        "Stands for 15 minutes in a zone of an order of the other force.",
        home=home,
        trip=trip,
        clauses=[],
        incidents=[scene.expect(stay.approached_s, stay.from_s)],
    )
    place = clause(text, "The place", circle(site, 200))
    return replace(act, orders=[order(scene.day, scene.number, [place], force=SURREY)])
