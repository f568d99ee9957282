"""What `cordon judge` says at a terminal: never that all is well where nobody could see."""

from pathlib import Path

import pytest

from geofence.judgement import Judgement
from geofence.register import Register
from geofence.rules import Rules
from service.commands.telling import tell, tell_warnings
from service.register.findings import Finding
from tests.geofence.town import circle, fix, judged, register, zone

TOWN = register(zone(circle(100)))
FAR = [fix(f"10:{minute:02d}", 900) for minute in range(0, 60, 5)]


def told(capsys: pytest.CaptureFixture[str], judgement: Judgement, rules: Rules | None = None) -> str:
    fixes = judgement.judged + judgement.unassigned + 3
    counts = {"lines": fixes, "fixes": fixes, "duplicates": 0, "contradictions": 0, "rejected": 0}
    tell(judgement, counts, rules or Rules())
    return " ".join(capsys.readouterr().out.split())


def test_no_incident_is_told_with_how_much_was_monitored(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, judged(FAR, TOWN))
    assert "From 2026-11-20T00:00:00Z until 2026-11-21T00:00:00Z" in text
    assert "No incident. 0 h 55 min monitored of 24 h 00 min in force" in text
    assert "12 judged, 0 of no fitting, 3 too late for the range" in text


@pytest.mark.parametrize(
    ("judgement", "why"),
    [
        (judged(FAR, Register((), ())), "the register names no prohibition"),
        (judged(FAR, register(zone(circle(100)), fittings=())), "no fix of that time belongs to a fitting"),
        (judged(FAR[:1], TOWN), "no two usable fixes"),
        (judged(FAR, TOWN, between=("-40 00:00", "-39 00:00")), "no prohibition was in force then"),
    ],
)
def test_nothing_monitored_is_never_told_as_no_incident(
    capsys: pytest.CaptureFixture[str], judgement: Judgement, why: str
) -> None:
    text = told(capsys, judgement)
    assert f"Nothing was monitored, so that no incident is no finding: {why}" in text
    assert "No incident." not in text


def test_other_thresholds_than_the_usual_ones_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, judged(FAR, TOWN), Rules(likely_p=0.6))
    assert "likely_p: 0.6 instead of 0.5" in text
    assert "instead of" not in told(capsys, judged(FAR, TOWN))


def test_a_registers_warnings_are_told_but_not_all_of_many(capsys: pytest.CaptureFixture[str]) -> None:
    warnings = [Finding("warning", f"order O-{n}", "is odd", "look") for n in range(8)]
    tell_warnings(Path("r.json"), warnings)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "r.json: warning: order O-0: is odd; look"
    assert lines[5:] == ["r.json: 3 more warnings; cordon register check r.json lists them"]
    tell_warnings(Path("r.json"), [])
    assert capsys.readouterr().out == ""
