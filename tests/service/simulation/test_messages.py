"""What is written is read back: as many fixes, duplicates, contradictions and spoilt messages as the truth counts."""

from pathlib import Path

import pytest

from ingest.files import FileFixes, read_fixes
from ingest.fix import Profile
from service.simulation import Simulation, simulate
from service.simulation.faults import _SPOILINGS, NO_FAULTS, FaultRates
from service.simulation.files import write
from service.simulation.messages import NUMBERS_FOR_EACH_WEARER
from service.simulation.wearer_day import WearerDay
from tests.service.simulation.conftest import FRIDAY

MANY_FAULTS = FaultRates(duplicates=0.05, contradictions=0.02, malformed=0.02)


def _read(simulation: Simulation, folder: Path, profile: Profile) -> FileFixes:
    return read_fixes(write(simulation, folder / "day.jsonl", profile).fixes, profile, lambda _: None)


@pytest.mark.parametrize("profile", ["cordon", "mdss"])
@pytest.mark.parametrize("rates", [FaultRates(), MANY_FAULTS, NO_FAULTS], ids=["usual", "many", "none"])
def test_reading_counts_what_the_truth_counts(profile: Profile, rates: FaultRates, tmp_path: Path) -> None:
    simulation = simulate(22, FRIDAY, rates=rates)
    told, read = simulation.truth["counts"], _read(simulation, tmp_path, profile)
    assert read.counts == {
        "lines": told["lines"],
        "fixes": told["fixes"],
        "duplicates": told["duplicates"],
        "contradictions": told["contradictions"],
        "rejected": told["contradictions"] + told["malformed"],
    }


def test_usual_rates_are_a_hundredth_of_duplicates_and_a_thousandth_of_spoilt_messages(simulation: Simulation) -> None:
    counts = simulation.truth["counts"]
    assert 0.008 < counts["duplicates"] / counts["fixes"] < 0.012
    assert 0.0005 < counts["malformed"] / counts["fixes"] < 0.0015
    assert counts["contradictions"] > 0


def test_faults_change_nothing_of_the_fixes_that_stand(tmp_path: Path) -> None:
    sound, faulty = (
        _read(simulate(3, FRIDAY, rates=rates), tmp_path / str(rates.malformed), "cordon").tracks
        for rates in (NO_FAULTS, MANY_FAULTS)
    )
    assert _positions(sound) == _positions(faulty)


def test_messages_are_spoilt_in_every_way(tmp_path: Path) -> None:
    read = _read(simulate(3, FRIDAY, rates=FaultRates(0.0, 0.0, 0.05)), tmp_path, "cordon")
    texts = [str(rejection["faults"]) for rejection in read.rejections]
    assert len({text[:24] for text in texts}) >= len(_SPOILINGS) - 2


def test_both_profiles_tell_the_same_fixes(tmp_path: Path) -> None:
    cordon, mdss = (_read(simulate(2, FRIDAY), tmp_path / name, name) for name in ("cordon", "mdss"))
    assert _positions(cordon.tracks) == _positions(mdss.tracks)
    assert set(mdss.tracks.person_id) == {"700001", "700002"}


def test_no_wearer_needs_more_numbers_than_he_has(days: list[WearerDay]) -> None:
    assert max(len(wearer.fixes) for wearer in days) < NUMBERS_FOR_EACH_WEARER / 2


def _positions(tracks: object) -> list[tuple[object, ...]]:
    names = ("recorded_at", "position_id", "mechanism", "longitude_deg", "latitude_deg", "accuracy_m")
    return sorted(zip(*(getattr(tracks, name).tolist() for name in names), strict=True))
