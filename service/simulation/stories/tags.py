"""Tags that part from their wearers."""

from dataclasses import replace

import numpy as np

from service.simulation.act import Act, tag_of
from service.simulation.day import Day
from service.simulation.events import event
from service.simulation.itinerary import Itinerary
from service.simulation.orders import clause
from service.simulation.places import Spot
from service.simulation.shapes import circle
from service.simulation.stories.scene import Scene

REMOVED_AT, FITTED_AT = "10:30", "14:00"
_OFFICE = Spot(-350, 150)
_TEXT = "Not to come within 200 metres of the place on plan A."
_FIRST_ZONE = Spot(-3200, -5600)


def leaves_the_tag_at_home(scene: Scene) -> Act:
    """The strap is cut, the tag stays at home, he goes to the zone: no fix can show it, so the strap must be seen."""
    site, home = scene.near("South Norwood"), scene.near("Shirley")
    trip, _ = scene.visit(home, "13:20", site.moved(10, 15), 30)
    at_home = scene.trip(home, "13:20")
    at_home.stay(scene.day.length_s, "home")
    cut = event(scene.day, scene.tag_id, "strap", scene.day.second("13:05"), None)
    act = scene.act(
        "leaves_the_tag_at_home",
        "Cuts the strap at 13:05, leaves the tag at home and visits the zone without it.",
        home=home,
        trip=trip,
        clauses=[clause(_TEXT, "The place", circle(site, 200))],
        incidents=[],
        events=[cut],
    )
    return replace(act, carried=at_home.path())


def hands_in_the_tag(scene: Scene) -> Act:
    """The tag is taken off in the provider's office and goes to the next wearer: between, its fixes are nobody's."""
    home = scene.near("Addiscombe", 500, 500)
    removed = scene.day.second(REMOVED_AT)
    trip, tag = (_to_the_office(scene.day, scene.number, home) for _ in range(2))
    trip.stay(removed, "indoors")
    trip.bus(home)
    trip.stay(scene.day.length_s, "home")
    tag.stay(scene.day.length_s, "indoors")
    act = scene.act(
        "hands_in_the_tag",
        "Is released from his tag at 10:30; another wearer is given it at 14:00.",
        home=home,
        trip=trip,
        clauses=[clause(_TEXT, "The place", circle(_FIRST_ZONE, 200))],
        incidents=[],
        unmonitored=[scene.gap("no_fitting", removed, scene.day.length_s)],
    )
    fitting = act.fittings[0]
    fitting["removed_at"] = scene.day.printed(removed)
    return replace(act, carried=tag.path(), carried_during=(scene.day.recorded_s[0], scene.day.second(FITTED_AT)))


def takes_over_the_tag(scene: Scene) -> Act:
    """The next wearer of that tag stays where the one before must not: it is no zone of his."""
    site, home = scene.near("Crystal Palace"), scene.near("Purley")
    fitted = scene.day.second(FITTED_AT)
    trip = scene.trip(home, "12:45")
    trip.bus(_OFFICE)
    trip.stay(fitted + 600, "indoors")
    scene.stay(trip, _FIRST_ZONE, scene.day.second("16:30"))
    scene.home_again(trip, home)
    act = scene.act(
        "takes_over_the_tag",
        "Is given the other wearer's tag at 14:00 and stays where that one must not.",
        home=home,
        trip=trip,
        clauses=[clause(_TEXT, "The place", circle(site, 200))],
        incidents=[],
        unmonitored=[scene.gap("no_fitting", 0, fitted)],
    )
    fitting = act.fittings[0]
    fitting["tag_id"], fitting["fitted_at"] = tag_of(scene.number - 1), scene.day.printed(fitted)
    return replace(act, tag_id=fitting["tag_id"], carried_during=(fitted, scene.day.recorded_s[1]))


def _to_the_office(day: Day, number: int, home: Spot) -> Itinerary:
    """The same way each time it is asked for: the wearer and his tag go it together."""
    trip = Itinerary(day, home, "home", np.random.default_rng(number))
    trip.stay_until("09:15")
    trip.bus(_OFFICE)
    return trip
