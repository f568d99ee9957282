"""The stories that make a report worth reading: the first wearers of every simulation act them, in this order."""

from collections.abc import Callable

from service.simulation.act import Act
from service.simulation.stories.edges import (
    drives_past,
    stands_at_the_edge,
    walks_along_a_road,
    works_in_the_hole,
)
from service.simulation.stories.errors import leaps_across_the_town, leaps_into_the_zone, seen_by_cells_only
from service.simulation.stories.scene import Scene
from service.simulation.stories.silence import battery_dies_inside, battery_dies_outside, uploads_a_day_late
from service.simulation.stories.tags import hands_in_the_tag, leaves_the_tag_at_home, takes_over_the_tag
from service.simulation.stories.times import (
    before_being_told,
    inside_at_midnight,
    inside_when_it_opens,
    inside_when_the_zone_grows,
    with_leave,
)
from service.simulation.stories.visits import clear_visit, visit_in_surrey

STORIES: tuple[Callable[[Scene], Act], ...] = (
    clear_visit,
    drives_past,
    stands_at_the_edge,
    leaps_across_the_town,
    with_leave,
    battery_dies_outside,
    leaves_the_tag_at_home,
    inside_at_midnight,
    inside_when_it_opens,
    battery_dies_inside,
    before_being_told,
    seen_by_cells_only,
    leaps_into_the_zone,
    uploads_a_day_late,
    inside_when_the_zone_grows,
    works_in_the_hole,
    walks_along_a_road,
    hands_in_the_tag,
    takes_over_the_tag,
    visit_in_surrey,
)
