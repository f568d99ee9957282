"""Simulated days for demonstration, tests and calibration: people, their orders, their tags' fixes, and the truth.

`simulate` makes a day, `files.write` writes it. How it hangs together: `wearer_day` (one wearer), `stories` (the first
wearers), `ordinary` (the others), `gps` and `ground` (what tags record, and their errors), `uploads` and `faults`
(lateness, duplicates, spoilt messages), `truth`.
The wearers are invented, and so is the error model: it has not been calibrated against a real feed.
"""

from service.simulation.simulation import Simulation, simulate

__all__ = ["Simulation", "simulate"]
