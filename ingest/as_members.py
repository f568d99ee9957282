"""How does a profile say this fix? The inverse of `reading`, and what of a fix it has no word for."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geofence.accuracy import rescaled_m
from geofence.instants import printed
from geofence.tracks import Mechanism
from ingest.fix import Fix, Profile
from ingest.profiles import (
    MDSS_CONFIDENCE,
    MECHANISM_NAMED,
    MECHANISM_OF_LBS,
    CordonMembers,
    MdssMembers,
    ProfileMembers,
)

_NAME_OF = {mechanism: name for name, mechanism in MECHANISM_NAMED.items()} | {Mechanism.UNKNOWN: "unknown"}
_LBS_OF = {mechanism: lbs for lbs, mechanism in MECHANISM_OF_LBS.items()}


class CordonLine(CordonMembers, gc=False, omit_defaults=True):
    """Cordon's members as they are written: what was not reported is left out."""


class MdssLine(MdssMembers, gc=False, omit_defaults=True):
    """A position feed's members as they are written: what was not reported is left out."""


def as_members(fix: Fix, profile: Profile) -> ProfileMembers:
    """Return what `reading` makes this fix of again, but for what `Unsaid` counts."""
    return _as_cordon(fix) if profile == "cordon" else _as_mdss(fix)


def _as_cordon(fix: Fix) -> CordonMembers:
    return CordonLine(
        fix.tag_id,
        printed(fix.recorded_at),
        fix.latitude_deg,
        fix.longitude_deg,
        fix.position_id,
        None if fix.uploaded_at is None else printed(fix.uploaded_at),
        _claimed(fix.accuracy_m),
        _claimed(fix.accuracy_confidence),
        _NAME_OF[fix.mechanism],
        fix.satellites,
        fix.hdop,
        fix.speed_kmh,
        fix.heading_deg,
    )


def _as_mdss(fix: Fix) -> MdssMembers:
    return MdssLine(
        fix.tag_id,
        printed(fix.recorded_at),
        fix.latitude_deg,
        fix.longitude_deg,
        fix.position_id,
        fix.person_id,
        None if fix.uploaded_at is None else printed(fix.uploaded_at),
        _claimed(_precision_m(fix)),
        _LBS_OF.get(fix.mechanism),
        fix.satellites,
        fix.hdop,
        fix.speed_kmh,
        fix.heading_deg,
    )


def _precision_m(fix: Fix) -> float:
    """Return the radius at 95 %, the only one that a position feed knows; a missing confidence is taken for it (R2)."""
    confidence = fix.accuracy_confidence
    if confidence == MDSS_CONFIDENCE or math.isnan(confidence):
        return fix.accuracy_m
    return float(rescaled_m(np.array([fix.accuracy_m]), np.array([confidence]))[0])


def _claimed(value: float) -> float | None:
    return value if math.isfinite(value) else None


@dataclass(slots=True)
class Unsaid:
    """How many fixes lose something when a profile says them, by what they lose.

    persons: whose tag the provider thought it was. restated: a radius given at another confidence than 0.95, which is
    written as what it is at 0.95. assumed: that no confidence was given; 0.95 is what is taken for it anyhow.
    suspect: that the tag's clock was ahead when they were received; a file was not received.
    """

    profile: Profile
    persons: int = 0
    restated: int = 0
    assumed: int = 0
    suspect: int = 0

    def note(self, fixes: Sequence[Fix]) -> None:
        """Count what some fixes lose."""
        self.suspect += sum(fix.clock_suspect for fix in fixes)
        if self.profile == "cordon":
            self.persons += sum(fix.person_id is not None for fix in fixes)
            return
        for fix in fixes:
            if fix.accuracy_confidence != MDSS_CONFIDENCE:
                none = math.isnan(fix.accuracy_confidence)
                self.assumed += none
                self.restated += not none

    def told(self) -> Iterator[str]:
        """Yield a sentence for each kind of loss that there was."""
        only = "which only the profile"
        if self.persons:
            yield f"left out: whom a fix names, {only} mdss can say (fixes: {self.persons:,})"
        if self.restated:
            yield (
                f"changed: a radius at another confidence than 0.95, {only} cordon can say; written as what it is at"
                f" 0.95, left out where the confidence is none (fixes: {self.restated:,})"
            )
        if self.assumed:
            yield f"changed: that no confidence is given, {only} cordon can say: now 0.95 (fixes: {self.assumed:,})"
        if self.suspect:
            yield f"left out: that a tag's clock was ahead of ours, which no file can say (fixes: {self.suspect:,})"
