"""Simulated days that several tests look at; making one is pure, so they share it."""

from datetime import date

import pytest

from service.simulation import Simulation, simulate
from service.simulation.wearer_day import WearerDay

FRIDAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    """A Friday of 60 wearers."""
    return simulate(60, FRIDAY)


@pytest.fixture(scope="session")
def days(simulation: Simulation) -> list[WearerDay]:
    """Its wearers' days."""
    return list(simulation.days())


@pytest.fixture(scope="session")
def ordinary_days(days: list[WearerDay]) -> list[WearerDay]:
    """Those of them who act no story."""
    return [wearer for wearer in days if wearer.act.story is None]
