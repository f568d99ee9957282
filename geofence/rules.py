"""The thresholds of judgement as data (rules version 1). Every report prints them."""

from dataclasses import dataclass


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
