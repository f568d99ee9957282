"""R2: how far a fix is believed."""

import math

import numpy as np
import pytest

from geofence.accuracy import r95_m
from geofence.rules import Rules
from geofence.tracks import Mechanism

NAN = math.nan


@pytest.mark.parametrize(
    ("mechanism", "accuracy_m", "confidence", "expected", "assumed"),
    [
        (Mechanism.GPS, 8.0, NAN, 8.0, False),
        (Mechanism.GPS, 8.0, 0.95, 8.0, False),
        # Android states its radius at 68 %: ln 0.05 / ln 0.32 = 2.629, of which the root is 1.6215.
        (Mechanism.GPS, 10.0, 0.68, 16.215, False),
        # A median radius: ln 0.05 / ln 0.5 = 4.322, root 2.079.
        (Mechanism.WIFI, 40.0, 0.5, 83.157, False),
        # Nobody is believed to be better than this.
        (Mechanism.GPS, 1.9, NAN, 5.0, False),
        (Mechanism.WIFI, 3.0, NAN, 30.0, False),
        (Mechanism.CELL, 20.0, NAN, 200.0, False),
        (Mechanism.UNKNOWN, 20.0, NAN, 200.0, False),
        (Mechanism.RF, 3.0, NAN, 3.0, False),
        # What is missing, or makes no sense, is unknown and never perfect.
        (Mechanism.GPS, NAN, NAN, 30.0, True),
        (Mechanism.RF, 0.0, NAN, 50.0, True),
        (Mechanism.WIFI, -4.0, NAN, 100.0, True),
        (Mechanism.CELL, math.inf, NAN, 2000.0, True),
        (Mechanism.UNKNOWN, NAN, 0.9, 2000.0, True),
        (Mechanism.GPS, 8.0, 0.0, 30.0, True),
        (Mechanism.GPS, 8.0, 1.0, 30.0, True),
        (Mechanism.GPS, 8.0, -0.1, 30.0, True),
        (Mechanism.GPS, 8.0, 1.5, 30.0, True),
        (Mechanism.GPS, 8.0, math.inf, 30.0, True),
        # A radius that nobody can mean is still one: it reaches every zone and decides nothing.
        (Mechanism.GPS, 1.7e308, NAN, 1.7e308, False),
        # So small a confidence makes the radius infinite.
        (Mechanism.GPS, 8.0, 5e-324, 30.0, True),
    ],
)
def test_a_claimed_radius_becomes_the_one_that_holds_95_per_cent(
    mechanism: Mechanism, accuracy_m: float, confidence: float, expected: float, assumed: bool
) -> None:
    radius, was_assumed = r95_m(
        np.array([mechanism], dtype=np.uint8), np.array([accuracy_m]), np.array([confidence]), Rules()
    )
    assert radius.tolist() == [expected]
    assert was_assumed.tolist() == [assumed]
