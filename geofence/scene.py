"""What every rule from R3 on looks at: the fixes, their legs, the zones, and which tracks are watched against which."""

from dataclasses import dataclass

from geofence.blocks import Watch
from geofence.fixes import Fixes
from geofence.instants import Instant
from geofence.legs import Legs
from geofence.register import Register
from geofence.rules import Rules
from geofence.zones import Zones


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The evidence in order, as columns; nothing here depends on the range that is reported on."""

    register: Register
    rules: Rules
    horizon: Instant
    fixes: Fixes
    legs: Legs
    zones: Zones
    watched: Watch
