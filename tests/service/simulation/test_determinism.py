"""Same arguments, same bytes; a wearer's day is his own."""

from datetime import date
from pathlib import Path

from service.simulation import Simulation, simulate
from service.simulation.files import write
from tests.service.simulation.conftest import FRIDAY


def _written(simulation: Simulation, folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in write(simulation, folder / "day.jsonl")]


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = (_written(simulate(23, FRIDAY, 7), tmp_path / name) for name in ("a", "b"))
    assert first == second


def test_another_seed_writes_other_files(tmp_path: Path) -> None:
    first, second = (_written(simulate(3, FRIDAY, seed), tmp_path / str(seed)) for seed in (1, 2))
    assert all(a != b for a, b in zip(first[:2], second[:2], strict=True))


def test_another_date_is_another_day() -> None:
    first, second = (simulate(1, FRIDAY.replace(day=day)).truth["wearers"][0]["path"] for day in (19, 20))
    assert first["knots"] != second["knots"]


def test_a_wearers_day_does_not_depend_on_how_many_others_there_are() -> None:
    few, many = simulate(22, date(2026, 11, 18)), simulate(25, date(2026, 11, 18))
    assert many.truth["wearers"][:22] == few.truth["wearers"]
    assert many.register["orders"][:22] == few.register["orders"]
    assert set(few.lines()) <= set(many.lines())
