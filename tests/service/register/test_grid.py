"""Places on the National Grid: what a reference names, and where that is in WGS 84."""

from typing import Any

import pytest
from convertbng.cutil import convert_bng
from hypothesis import given
from hypothesis import strategies as st

from alerts.map.grid import square
from geofence.plane import WGS84
from service.register.drawing.draft_faults import DraftRefused
from service.register.drawing.drawn import read_drawn
from service.register.drawing.grid_reference import GridSquare, read_reference
from service.register.drawing.national_grid import OffTheGrid, degrees_at
from tests.service.register.ostn15_points import PUBLISHED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TQ 323 654", GridSquare(532_300, 165_400, 100)),
        ("TQ 3234 6543", GridSquare(532_340, 165_430, 10)),
        ("TQ32346543", GridSquare(532_340, 165_430, 10)),
        ("tq3234065430", GridSquare(532_340, 165_430, 1)),
        ("  Tq\t32340  65430 ", GridSquare(532_340, 165_430, 1)),
        ("TQ323 654", GridSquare(532_300, 165_400, 100)),
        ("SV 000 000", GridSquare(0, 0, 100)),
        ("NN 166 712", GridSquare(216_600, 771_200, 100)),
        ("TG 51409 13177", GridSquare(651_409, 313_177, 1)),
        ("HU 40725 07878", GridSquare(440_725, 1_107_878, 1)),
        ("JM 999 999", GridSquare(699_900, 1_299_900, 100)),
    ],
)
def test_a_reference_names_a_square(text: str, found: GridSquare) -> None:
    assert read_reference(text) == found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is no National Grid reference"),
        ("TQ", "is no National Grid reference"),
        ("T 323 654", "is no National Grid reference"),
        ("J 3234 6543", "is no National Grid reference"),
        ("TQ 32 34 65 43", "is no National Grid reference"),
        ("TQ 3234,6543", "is no National Grid reference"),
        ("ß 3234 6543", "is no National Grid reference"),
        ("TQ ٣٢٣ ٦٥٤", "is no National Grid reference"),
        ("TQ 3234 654", "its digits don't part into two equal halves"),
        ("TQ 323 46543", "its digits don't part into two equal halves"),
        ("TQ3234654", "its digits don't part into two equal halves"),
        ("TQ 3 6", "2 digits name a square of 10 km, which is no premises"),
        ("TQ3265", "4 digits name a square of 1 km, which is no premises"),
        ("TQ 323401 654301", "it has over 10 digits"),
        (f"TQ{'1' * 10_000}", "it has over 10 digits"),
        ("IQ 323 654", "its letters name no square of Great Britain's grid"),
        ("TI 323 654", "its letters name no square of Great Britain's grid"),
        ("TS 323 654", "its letters name no square of Great Britain's grid"),
        ("AA 323 654", "its letters name no square of Great Britain's grid"),
        ("RV 323 654", "its letters name no square of Great Britain's grid"),
    ],
)
def test_what_names_no_square_is_refused(text: str, fault: str) -> None:
    with pytest.raises(DraftRefused) as raised:
        read_reference(text)
    assert [found.text for found in raised.value.faults] == [fault]


@pytest.mark.parametrize(
    "reference",
    ["TQ 3234 654", "TQ 32 65", "XX 3234 6543", "TQ 323456 654321", "TQ 3234 x543", "HL 3234 9543", "TQ32346"],
)
def test_no_reference_is_repeated(reference: str) -> None:
    with pytest.raises(DraftRefused) as raised:
        read_drawn({"grid_reference": reference, "distance_m": 5}, protected=True)
    assert {fault.member for fault in raised.value.faults} == {"grid_reference"}
    told = " ".join(fault.text for fault in raised.value.faults)
    assert not [part for part in ("3234", "32 65", "TQ", "XX", "HL") if part in told]


@pytest.mark.parametrize(
    ("reference", "warned"),
    [
        ("TQ 323 654", ["names a square of 100 m, of which the middle is taken: ±71 m"]),
        ("TQ 3234 6543", ["names a square of 10 m, of which the middle is taken: ±7.1 m"]),
        ("TQ 32340 65430", []),
    ],
)
def test_a_coarse_reference_warns_and_adds_nothing(reference: str, warned: list[str]) -> None:
    drawn = read_drawn({"grid_reference": reference, "distance_m": 200}, protected=True)
    assert drawn.distance_m == 200.0
    assert [warning.text for warning in drawn.warnings] == warned
    assert drawn.footprint == {"type": "Point", "coordinates": list(degrees_at(*read_reference(reference).centre_m))}


@pytest.mark.parametrize(("east_m", "north_m", "longitude_deg", "latitude_deg"), PUBLISHED)
def test_the_grid_is_that_of_ordnance_survey(
    east_m: float, north_m: float, longitude_deg: float, latitude_deg: float
) -> None:
    request = {"easting_m": east_m, "northing_m": north_m, "distance_m": 100}
    footprint: dict[str, Any] = dict(read_drawn(request, protected=False).footprint)
    _, _, apart_m = WGS84.inv(longitude_deg, latitude_deg, *footprint["coordinates"])
    assert apart_m < 0.006


@pytest.mark.parametrize(
    ("east_m", "north_m"),
    [
        (-1, 100_000),
        (700_000, 100_000),
        (300_000, -1),
        (300_000, 1_300_000),
        (300_000, 1_260_000),
        (0, 0),
        (1e308, 1e308),
    ],
)
def test_nobody_guesses_where_the_grid_does_not_reach(east_m: float, north_m: float) -> None:
    with pytest.raises(OffTheGrid):
        degrees_at(east_m, north_m)


@given(st.integers(60_000, 599_999), st.integers(60_000, 1_199_999))
def test_a_place_comes_back_from_its_reference_of_ten_digits_within_a_metre(east_m: int, north_m: int) -> None:
    reference = f"{square(east_m, north_m)} {east_m % 100_000:05d} {north_m % 100_000:05d}"
    drawn: dict[str, Any] = dict(read_drawn({"grid_reference": reference, "distance_m": 1}, protected=False).footprint)
    (east_again_m,), (north_again_m,) = convert_bng(*drawn["coordinates"])
    assert abs(east_again_m - east_m - 0.5) < 0.01
    assert abs(north_again_m - north_m - 0.5) < 0.01
