"""Tags that fall silent, and fixes that come late."""

from dataclasses import replace

from service.simulation.act import Act
from service.simulation.events import event
from service.simulation.orders import Clause, clause
from service.simulation.shapes import circle, premises
from service.simulation.stories.scene import STEADY, Scene

NEXT_MORNING_S = 7 * 3600.0


def battery_dies_outside(scene: Scene) -> Act:
    """Five and a half hours without a fix: not compliance, but time not monitored. A second clause awaits its zone."""
    site, home = scene.near("Bromley"), scene.near("Thornton Heath")
    trip, _ = scene.visit(home, "08:40", scene.near("Croydon", -300, -200), 300)
    dead, alive = scene.day.second("09:40"), scene.day.second("15:10")
    text = "Not to come within 200 metres of the premises on plan A."
    awaited = Clause("Not to go to any place where he knows her to work; a plan is to follow.")
    events = [
        event(scene.day, scene.tag_id, "battery_low", dead - 2100, None),
        event(scene.day, scene.tag_id, "battery_dead", dead, alive),
        event(scene.day, scene.tag_id, "charging", alive, alive + 4800),
    ]
    gaps = [scene.gap("battery_dead", dead, alive), scene.gap("no_zone", 0, scene.day.length_s)]
    return scene.act(
        "battery_dies_outside",
        "The battery dies at 09:40 and is charged again at 15:10.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The premises", premises(site, 200)), awaited],
        incidents=[],
        conduct=replace(STEADY, dead=((dead, alive),)),
        unmonitored=gaps,
        events=events,
    )


def battery_dies_inside(scene: Scene) -> Act:
    """He goes in, and ten minutes later the battery dies: lost inside. What was not sent comes the next morning."""
    site, home = scene.near("Wallington"), scene.near("Purley")
    trip, stay = scene.visit(home, "20:30", site.moved(20, 20), 55)
    dead = stay.from_s + 600
    text = "Not to come within 150 metres of the premises on plan A."
    events = [event(scene.day, scene.tag_id, "battery_dead", dead, None)]
    gaps = [scene.gap("battery_dead", dead, scene.day.length_s)]
    return scene.act(
        "battery_dies_inside",
        "Goes into the zone; ten minutes later the battery dies, and the day ends without another fix.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The premises", premises(site, 150))],
        incidents=[scene.expect(stay.approached_s, stay.from_s, state="track_lost")],
        conduct=replace(STEADY, dead=((dead, scene.day.length_s + NEXT_MORNING_S),)),
        unmonitored=gaps,
        events=events,
    )


def uploads_a_day_late(scene: Scene) -> Act:
    """A visit whose fixes reach us only in the afternoon of the following day, when the report has long been issued."""
    site, home = scene.near("New Addington"), scene.near("Addiscombe")
    trip, stay = scene.visit(home, "15:40", site.moved(-15, 10), 20)
    offline = scene.day.second("15:00")
    events = [event(scene.day, scene.tag_id, "no_network", offline, None)]
    return scene.act(
        "uploads_a_day_late",
        "Visits the zone while the tag hears no network; it sends what it recorded on the following afternoon.",
        home=home,
        trip=trip,
        clauses=[clause("Not to come within 200 metres of the place on plan A.", "The place", circle(site, 200))],
        incidents=[scene.expect(stay.approached_s, stay.from_s)],
        conduct=replace(STEADY, offline=((offline, scene.day.length_s + 2 * NEXT_MORNING_S),)),
        events=events,
    )
