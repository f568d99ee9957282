"""Four files or none, each whole."""

import json
from pathlib import Path

import msgspec
import pytest

from service.refusal import Refused
from service.simulation import Simulation, simulate
from service.simulation.files import write
from tests.service.simulation.conftest import FRIDAY


def test_the_files_hold_what_the_simulation_is(simulation: Simulation, tmp_path: Path) -> None:
    files = write(simulation, tmp_path / "new" / "day.jsonl")
    assert [path.name for path in files] == ["day.jsonl", "day.register.json", "day.events.jsonl", "day.truth.json"]
    assert files.fixes.read_bytes().splitlines() == list(simulation.lines())
    assert json.loads(files.register.read_bytes()) == simulation.register
    assert [json.loads(line) for line in files.events.read_bytes().splitlines()] == simulation.events
    assert json.loads(files.truth.read_bytes()) == json.loads(msgspec.json.encode(simulation.truth))


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    files = write(simulate(1, FRIDAY), tmp_path / "day.jsonl")
    assert set(tmp_path.iterdir()) == set(files)


def test_a_second_run_replaces_the_files(tmp_path: Path) -> None:
    write(simulate(1, FRIDAY, 1), tmp_path / "day.jsonl")
    files = write(simulate(1, FRIDAY, 2), tmp_path / "day.jsonl")
    assert json.loads(files.truth.read_bytes())["seed"] == 2


def test_a_folder_that_cannot_be_made_is_refused_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refused, match=r"day\.jsonl: .*; name a file in a folder that can be written"):
        write(simulate(1, FRIDAY), tmp_path / "file" / "day.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_that_cannot_be_replaced_leaves_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "day.truth.json").mkdir()
    with pytest.raises(Refused, match=r"day\.truth\.json is a folder"):
        write(simulate(1, FRIDAY), tmp_path / "day.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["day.truth.json"]


def test_fixes_go_into_a_file_that_is_read_back_as_lines(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"day\.csv: .*\.jsonl"):
        write(simulate(1, FRIDAY), tmp_path / "day.csv")
    assert list(tmp_path.iterdir()) == []


def test_at_least_one_wearer_is_simulated() -> None:
    with pytest.raises(ValueError, match="at least one"):
        simulate(0, FRIDAY)
