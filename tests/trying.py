"""How often a law is tried. `MORE_EXAMPLES=10` tries ten times as often as a change has time for: `make thorough`."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("MORE_EXAMPLES", "1"))


def tried(examples: int, *unchecked: HealthCheck) -> settings:
    """Try a law with so many examples, however slow the machine is that they are made on.

    unchecked: what else Hypothesis shall not complain of.
    """
    return settings(
        max_examples=examples * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow, *unchecked]
    )
