"""Which roads, railways and places that have a name lie in the zone, or so near that passing there may be raised?

A wearer who drives a trunk road through the margin of a zone does nothing that anybody meant to forbid.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import shapely

from service.register.design.answer import Check, Found
from service.register.design.draft import ERROR_MARGIN_M, DraftDesign, Surroundings
from service.register.design.ground import Ground
from service.register.findings import one_line

# On these people travel through, and cannot turn off where a zone begins.
THROUGH_KINDS = frozenset({"road", "rail"})
MOST_NAMED = 20
_WITHIN = f"in the zone or within {ERROR_MARGIN_M:.0f} m of its edge"


class _Near(NamedTuple):
    """A named place in the zone, or not. Its order is that of the list: those inside first."""

    outside: bool
    kind: str
    name: str


def check_places(draft: DraftDesign, here: Ground, around: Surroundings, found: Found) -> None:
    """Warn of named places in the zone or within the error margin of its edge: through routes and others apart.

    Of a protected address only numbers are told: names of streets would say where it is.
    """
    if around.places is None:
        found.leave("named-place", "no named places are loaded")
        return
    if around.more_places:
        found.leave("named-place", f"of the named places about the zone only {len(around.places):,} were looked at")
    unreadable = sum(bool(shapely.is_empty(place.footprint)) for place in around.places)
    if unreadable:
        found.leave("named-place", f"{unreadable} of the named places about the zone can't be read")
    near = _near(here, around)
    routes = [place for place in near if place.kind in THROUGH_KINDS]
    others = [place for place in near if place.kind not in THROUGH_KINDS]
    if routes:
        _warn(
            found,
            "through-route",
            f"ways on which people travel through lie {_WITHIN}, so that a journey may be raised as an incident",
            routes,
            "draw the zone clear of them, or give the reason for banning him from them",
            protected=draft.address_protected,
        )
    if others:
        _warn(
            found,
            "named-place",
            f"named places lie {_WITHIN}",
            others,
            "see that each is meant, or draw the zone clear of it",
            protected=draft.address_protected,
        )


def _near(here: Ground, around: Surroundings) -> list[_Near]:
    """Return what is near enough, once for each name and kind: data cut a street into many pieces."""
    places = around.places or ()
    nearest: dict[tuple[str, str], bool] = {}
    for place, outside_m in zip(places, here.outside_m([place.footprint for place in places]), strict=True):
        if outside_m <= ERROR_MARGIN_M:
            key = place.kind, place.name
            nearest[key] = nearest.get(key, True) and bool(outside_m > 0)
    return sorted(_Near(outside, kind, name) for (kind, name), outside in nearest.items())


def _warn(found: Found, check: Check, text: str, near: Sequence[_Near], remedy: str, *, protected: bool) -> None:
    told = _counted(near) if protected else _named(near)
    found.warn(check, f"{text}: {told}", remedy)


def _named(near: Sequence[_Near]) -> str:
    named = [
        f"{one_line(place.name)} ({place.kind}, {'near its edge' if place.outside else 'in it'})"
        for place in near[:MOST_NAMED]
    ]
    more = len(near) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _counted(near: Sequence[_Near]) -> str:
    counts = Counter(place.kind for place in near)
    return ", ".join(f"{count} of kind {kind}" for kind, count in sorted(counts.items()))
