"""Visits of which the instant decides what they are."""

from dataclasses import replace

from service.simulation.act import Act
from service.simulation.orders import EVENINGS, Clause, clause, order, suspension
from service.simulation.shapes import circle, drawn_area, premises, two_places
from service.simulation.stories.scene import Scene


def with_leave(scene: Scene) -> Act:
    """At a funeral in the zone, with leave: judged like any other visit, listed apart."""
    site, home = scene.near("Crystal Palace"), scene.near("Addiscombe", 0, -500)
    trip, stay = scene.visit(home, "13:30", site.moved(10, 30), 45)
    text = "Not to come within 200 metres of the place on plan A."
    act = scene.act(
        "with_leave",
        "Is at a funeral in the zone while the prohibition is suspended for it.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The place", circle(site, 200))],
        incidents=[scene.expect(stay.approached_s, stay.from_s, suspended=True)],
    )
    leave = suspension(scene.day, scene.day.second("13:00"), scene.day.second("18:00"), "funeral")
    act.orders[0]["suspensions"].append(leave)
    return act


def inside_at_midnight(scene: Scene) -> Act:
    """He goes in late in the evening and is still there when the day ends."""
    site, home = scene.near("Shirley"), scene.near("South Norwood", 0, 500)
    trip = scene.trip(home, "22:30")
    stay = scene.stay(trip, site.moved(30, 0), scene.day.length_s)
    shown = clause("Not to enter the area edged red on plan A.", "The area", drawn_area(site, 300, 0))
    return scene.act(
        "inside_at_midnight",
        "Goes into the zone at about eleven at night and is there when the day ends.",
        home=home,
        trip=trip,
        clauses=[replace(shown, responding_force="SRY")],
        incidents=[scene.expect(stay.approached_s, stay.from_s, state="open")],
    )


def inside_when_it_opens(scene: Scene) -> Act:
    """There since about seven, as he may be; the clause bites from eight."""
    site, home = scene.near("Sutton", 300, 200), scene.near("Purley")
    trip = scene.trip(home, "18:15")
    scene.stay(trip, site.moved(20, 10), scene.day.second("21:10"))
    scene.home_again(trip, home)
    opens = scene.day.second("20:00")
    shape = two_places(site, site.moved(60, 45), 100)
    text = "Not to come within 100 metres of either entrance on plan A between 8 pm and 6 am."
    return scene.act(
        "inside_when_it_opens",
        "Is at the place from about seven until after nine; from eight he must not be.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The entrances", shape, schedule=EVENINGS)],
        incidents=[scene.expect(opens, opens, already_inside=True)],
    )


def before_being_told(scene: Scene) -> Act:
    """A visit in the morning; the order, made in his absence, is served on him in the afternoon."""
    site, home = scene.near("Thornton Heath", 400, -200), scene.near("Shirley", 0, -800)
    trip, stay = scene.visit(home, "10:00", site.moved(25, 0), 30)
    place = Clause(
        "Not to come within 100 metres of the premises on plan A.",
        "Zone A",
        (((None, premises(site, 100)),),),
        address_protected=True,
    )
    act = scene.act(
        "before_being_told",
        "Visits the premises in the morning; at two in the afternoon he is told of the order.",
        home=home,
        trip=trip,
        clauses=[],
        incidents=[scene.expect(stay.approached_s, stay.from_s, before_aware=True)],
    )
    return replace(act, orders=[order(scene.day, scene.number, [place], told_s=scene.day.second("14:00"))])


def inside_when_the_zone_grows(scene: Scene) -> Act:
    """He stands outside the zone; at noon it is varied, and he stands in it."""
    site, home = scene.near("Norbury", 300, -300), scene.near("Addiscombe")
    trip = scene.trip(home, "10:20")
    scene.stay(trip, site.towards(home, 200), scene.day.second("12:45"))
    scene.home_again(trip, home)
    noon = scene.day.second("12:00")
    versions = ((None, circle(site, 100)), (float(noon), circle(site, 300)))
    text = "Not to come within 100 metres of the place on plan A; from noon on the day of variation, 300 metres."
    return scene.act(
        "inside_when_the_zone_grows",
        "Stands 200 metres from the place when the zone grows from 100 metres to 300.",
        home=home,
        trip=trip,
        clauses=[Clause(text, "The place", (versions,))],
        incidents=[scene.expect(noon, noon)],
    )
