"""The ways in which an administrator may give a zone's shape, each made a footprint and a distance around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from service.register.drawing.draft_faults import DraftFault, DraftRefused
from service.register.drawing.drawn_geometry import AREAS, LINES, POINTS, read_geometry
from service.register.drawing.drawn_place import EASTING, NORTHING, middle_of_square, place_on_grid
from service.register.drawing.grid_reference import MEMBER as GRID_REFERENCE
from service.register.drawing.metres import read_metres


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A shape as the register keeps it. `footprint`: a GeoJSON geometry that can be judged with `distance_m` around it.

    warnings: what a person must give a reason for before it is published, besides what the shape itself warns of.
    """

    footprint: Mapping[str, object]
    distance_m: float
    warnings: tuple[DraftFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One way to give a shape: the members that give the place, that with the metres ("" for none), kinds of geometry.

    kinds: () for a place on the National Grid.
    """

    members: tuple[str, ...]
    measure: str
    kinds: tuple[str, ...] = ()

    def __str__(self) -> str:
        *most, last = filter(None, (*self.members, self.measure))
        return f"{', '.join(most)} and {last}" if most else f"{last} alone"


FORMS = (
    Form(("footprint",), "distance_m", (*POINTS, *LINES, *AREAS)),
    Form(("premises",), "distance_m", (*POINTS, *AREAS)),
    Form(("shape",), "", AREAS),
    Form(("line",), "width_m", LINES),
    Form((GRID_REFERENCE,), "distance_m"),
    Form((EASTING, NORTHING), "distance_m"),
)
MEASURES = ("distance_m", "width_m")
# Every member that has to do with the shape; the rest of a request says what it is and when it holds.
MEMBERS = (*(name for form in FORMS for name in form.members), *MEASURES)


def read_drawn(members: Mapping[str, object], *, protected: bool) -> DrawnShape:
    """Return the shape that a request gives in exactly one of these ways; a member that is null counts as left out.

    - `footprint` and `distance_m`, as the register keeps it;
    - `premises` and `distance_m` above 0: not within that many metres of these premises (points or polygons);
    - `shape` alone: an area as it was drawn (polygons);
    - `line` and `width_m`: a road or a path of this full width;
    - `grid_reference` and `distance_m` above 0: around the middle of the square that the reference names;
    - `easting_m`, `northing_m` and `distance_m` above 0: around a place on the National Grid.

    A member that belongs to another way is refused, never ignored; those that have nothing to do with shapes are the
    caller's. protected: messages name ring and vertex, never a coordinate; no message repeats a place on the grid.
    Raises DraftRefused with every fault.
    """
    given = [form for form in FORMS if any(members.get(name) is not None for name in form.members)]
    if len(given) != 1:
        _refuse_choice(members, given)
    (form,) = given
    faults = [
        DraftFault(name, "", f"does not belong to {form.members[0]}", f"remove it: give {form}")
        for name in MEASURES
        if name != form.measure and members.get(name) is not None
    ]
    distance_m = _distance_m(form, members, faults)
    footprint: Mapping[str, object] | None = None
    warnings: tuple[DraftFault, ...] = ()
    try:
        if form.members == (GRID_REFERENCE,):
            footprint, warnings = middle_of_square(members[GRID_REFERENCE])
        elif form.members == (EASTING, NORTHING):
            footprint = place_on_grid(members)
        else:
            (name,) = form.members
            footprint = read_geometry(members[name], name, form.kinds, distance_m, form.measure, protected=protected)
    except DraftRefused as refused:
        faults += refused.faults
    if faults or footprint is None or distance_m is None:
        raise DraftRefused(tuple(faults))
    return DrawnShape(footprint, distance_m, warnings)


def _refuse_choice(members: Mapping[str, object], given: list[Form]) -> NoReturn:
    choices = f"give one of these: {'; '.join(map(str, FORMS))}"
    if not given:
        raise DraftRefused((DraftFault("footprint", "", "is missing, and no other shape is given", choices),))
    first, *others = (next(name for name in form.members if members.get(name) is not None) for form in given)
    raise DraftRefused(tuple(DraftFault(name, "", f"stands beside {first}", choices) for name in others))


def _distance_m(form: Form, members: Mapping[str, object], faults: list[DraftFault]) -> float | None:
    """Return the distance around the footprint; None, and why, if it can't be read."""
    if not form.measure:
        return 0.0
    metres = read_metres(members, form.measure, faults, above_0=form.members != ("footprint",))
    return metres / 2 if metres is not None and form.measure == "width_m" else metres
