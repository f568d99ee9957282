"""At the edge of a zone, through it at speed, in its hole, along a road."""

from dataclasses import replace

from service.simulation.act import Act
from service.simulation.itinerary import WALKING_M_S
from service.simulation.orders import EVERY_DAY, clause, window
from service.simulation.shapes import circle, drawn_area, road
from service.simulation.stories.scene import STEADY, Scene

SPEED_30_MPH_M_S = 13.4


def drives_past(scene: Scene) -> Act:
    """Through a zone at 30 mph between two fixes: no fix lies inside, only the line between them."""
    site, home = scene.near("Thornton Heath"), scene.near("Shirley")
    half_m = 1600.0
    trip = scene.trip(home, "09:10")
    trip.drive(site.moved(half_m, -20))
    to_the_middle_s = half_m / SPEED_30_MPH_M_S
    # The middle of the zone is reached half a minute after a fix.
    trip.stay(trip.now_s + (30 - trip.now_s - to_the_middle_s) % 60, "street")
    passing = trip.now_s + to_the_middle_s
    trip.straight(site.moved(-half_m, -20), SPEED_30_MPH_M_S, "vehicle")
    trip.drive(scene.near("Wallington"))
    trip.stay_until("16:30", "street")
    trip.drive(home)
    trip.stay(scene.day.length_s, "home")
    text = "Not to come within 150 metres of the place on plan A."
    return scene.act(
        "drives_past",
        "Drives through the zone at 30 mph; the fixes before and after lie outside.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The place", circle(site, 150))],
        incidents=[scene.expect(passing, passing, kind="crossing", grade="inferred")],
        conduct=replace(STEADY, claim_m=8.0),
    )


def stands_at_the_edge(scene: Scene) -> Act:
    """40 minutes at a bus stop 15 metres outside, with fixes good to 25: uncertain every one, and nothing is raised."""
    site, home = scene.near("Norbury"), scene.near("Croydon", -900, -1200)
    stop = site.towards(home, 165)
    trip, _ = scene.visit(home, "12:05", stop, 40)
    text = "Not to come within 150 metres of the place on plan A."
    return scene.act(
        "stands_at_the_edge",
        "Waits for 40 minutes 15 metres outside the zone; every circle reaches into it.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The place", circle(site, 150))],
        incidents=[],
        conduct=replace(STEADY, claim_m=25.0, error_share=0.5),
    )


def works_in_the_hole(scene: Scene) -> Act:
    """All day on a market stall that the drawn area leaves out: surrounded by the zone, never in it."""
    site, home = scene.near("Sutton"), scene.near("Purley")
    trip = scene.trip(home, "08:00")
    scene.stay(trip, site, scene.day.second("16:40"))
    scene.home_again(trip, home)
    text = "Not to enter the area edged red on plan A between 10 am and 4 pm, the market left out."
    shape = drawn_area(site, 700, 180)
    return scene.act(
        "works_in_the_hole",
        "Spends the day where the drawn area has a hole.",
        home=home,
        trip=trip,
        clauses=[clause(text, "The area", shape, schedule=[window(EVERY_DAY, "10:00", "16:00")])],
        incidents=[],
    )


def walks_along_a_road(scene: Scene) -> Act:
    """500 metres along a forbidden road."""
    start, home = scene.near("South Norwood", 0, 600), scene.near("Addiscombe", 0, -900)
    end, before, after = start.moved(480, 140), start.moved(-384, -112), start.moved(864, 252)
    trip = scene.trip(home, "15:15")
    trip.bus(before)
    trip.straight(start)
    entering = trip.now_s
    trip.straight(end)
    trip.straight(after)
    trip.bus(scene.near("Beckenham"))
    trip.stay(trip.now_s + 5400, "indoors")
    trip.bus(home)
    trip.stay(scene.day.length_s, "home")
    return scene.act(
        "walks_along_a_road",
        "Walks the whole length of the road that he must not enter.",
        home=home,
        trip=trip,
        clauses=[clause("Not to enter the road marked on plan A.", "The road", road(start, end, 25))],
        incidents=[scene.expect(entering - 60 / WALKING_M_S, entering + 60)],
        conduct=replace(STEADY, claim_m=6.0),
    )
