"""Fixes that are wrong, or too wide to say much."""

from dataclasses import replace

from service.simulation.act import Act, Stray
from service.simulation.orders import clause
from service.simulation.shapes import circle
from service.simulation.stories.scene import STEADY, Scene


def leaps_across_the_town(scene: Scene) -> Act:
    """One fix nine kilometres off, in the zone and sure of itself: nobody travels so fast, so it is not raised."""
    site, home = scene.near("Thornton Heath"), scene.near("Coulsdon")
    place = scene.near("Coulsdon", 700, 500)
    trip, stay = scene.visit(home, "13:30", place, 60)
    return scene.act(
        "leaps_across_the_town",
        "One over-confident fix lands in the zone, nine kilometres from where he is.",
        home=home,
        trip=trip,
        clauses=[clause("Not to come within 200 metres of the place on plan A.", "The place", circle(site, 200))],
        incidents=[],
        conduct=replace(STEADY, strays=(Stray(stay.from_s + 1800, site.moved(40, 10), 1.9),)),
        not_raised=["implausible"],
    )


def leaps_into_the_zone(scene: Scene) -> Act:
    """One fix 190 metres off that claims 1.9: slow enough to be true, so it is raised. He was not there."""
    site, home = scene.near("Carshalton"), scene.near("Purley")
    bench = site.towards(home, 270)
    trip, stay = scene.visit(home, "14:20", bench, 45)
    wrong_at = stay.from_s + 1200
    return scene.act(
        "leaps_into_the_zone",
        "Sits 120 metres outside the zone; one over-confident fix puts him 70 metres inside.",
        home=home,
        trip=trip,
        clauses=[clause("Not to come within 150 metres of the place on plan A.", "The place", circle(site, 150))],
        incidents=[scene.expect(wrong_at - 60, wrong_at, grade="probable")],
        conduct=replace(STEADY, strays=(Stray(wrong_at, site.towards(home, 80), 1.9),)),
    )


def seen_by_cells_only(scene: Scene) -> Act:
    """An hour underground in the zone, where only the telephone network hears the tag."""
    site, home = scene.near("Beckenham"), scene.near("Addiscombe")
    trip = scene.trip(home, "12:30")
    out = site.towards(home, 1200)
    trip.bus(out)
    hidden = trip.now_s
    trip.straight(site, surroundings="deep")
    trip.stay(trip.now_s + 3600, "deep")
    leaving = trip.now_s
    trip.straight(out, surroundings="deep")
    trip.bus(home)
    trip.stay(scene.day.length_s, "home")
    return scene.act(
        "seen_by_cells_only",
        "Spends an hour in the zone where no satellite is heard.",
        home=home,
        trip=trip,
        clauses=[clause("Not to come within 500 metres of the place on plan A.", "The place", circle(site, 500))],
        incidents=[scene.expect(hidden, leaving, grade="possible")],
    )
