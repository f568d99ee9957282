"""The thresholds of judgement as data (rules version 1). Every report prints them."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Every threshold that `judge` uses. The rule that uses a field is named beside it."""

    version: int = 1
    # R2: radius assumed where a fix claims none, and the least that is believed, by mechanism.
    assumed_r95_gps_m: float = 30.0
    assumed_r95_rf_m: float = 50.0
    assumed_r95_wifi_m: float = 100.0
    assumed_r95_cell_m: float = 2000.0
    assumed_r95_unknown_m: float = 2000.0
    floor_r95_gps_m: float = 5.0
    floor_r95_rf_m: float = 0.0
    floor_r95_wifi_m: float = 30.0
    floor_r95_cell_m: float = 200.0
    floor_r95_unknown_m: float = 200.0
    # R5
    inside_p: float = 0.95
    likely_p: float = 0.5
    # R6
    plausible_speed_m_s: float = 70.0
    plausible_elapsed_s: float = 1.0
    # R7
    leg_s: float = 120.0
    # R8
    silence_s: float = 900.0
    join_s: float = 300.0
    join_unbroken_s: float = 3600.0
    # R9
    confirmed_apart_s: float = 30.0
    probable_p: float = 0.68
    probable_fixes: int = 3
    # R10
    usable_r95_m: float = 250.0
    far_away_m: float = 5000.0
    monitored_gap_s: float = 300.0


_PROBABILITIES = ("inside_p", "likely_p", "probable_p")
_LEAST_P = 0.05
_LARGEST = 1e9
_WHOLE = ("version", "probable_fixes")


class RulesUnreadable(Exception):
    """A rules document is refused; `faults` holds every fault. Take its members from `rules_document(Rules())`."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def rules_from(document: object) -> Rules:
    """Return the rules that a JSON document describes; what it leaves out keeps its default.

    Raises RulesUnreadable, naming every unknown member and every value of the wrong type or out of range.
    """
    if not isinstance(document, dict):
        raise RulesUnreadable(("the rules are not an object; write members of `rules`, such as likely_p",))
    known = [field.name for field in fields(Rules)]
    faults = [f"{name}: no such rule; leave it out" for name in document if name not in known]
    faults += [fault for name in known if name in document and (fault := _fault(name, document[name]))]
    if faults:
        raise RulesUnreadable(tuple(faults))
    given: dict[str, Any] = {name: value if name in _WHOLE else float(value) for name, value in document.items()}
    rules = Rules(**given)
    if rules.inside_p < rules.likely_p:
        raise RulesUnreadable(
            (f"inside_p: {rules.inside_p:g} is less than likely_p, {rules.likely_p:g}; what is INSIDE must be likely",)
        )
    return rules


def rules_document(rules: Rules) -> dict[str, int | float]:
    """Return the rules as a plain document that `rules_from` reads back."""
    return asdict(rules)


def _fault(name: str, value: object) -> str | None:
    if name in _WHOLE:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            return f"{name}: it is not a whole number above 0"
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST:
        return f"{name}: it is not a number from 0 to {_LARGEST:.0e}"
    # Beyond r95_m lies a twentieth of the mass, so a smaller threshold would find fixes that R5 calls OUTSIDE.
    if name in _PROBABILITIES and not _LEAST_P < value <= 1:
        return f"{name}: it is not above {_LEAST_P} and at most 1"
    if name.startswith("assumed_") and value == 0:
        return f"{name}: an assumed radius of 0 would be perfect accuracy"
    return None
