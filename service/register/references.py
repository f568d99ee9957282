"""Is every id there once, and is everything that is referred to in the same file?"""

from collections.abc import Iterable

from service.register.content import Content, ZoneEntry
from service.register.findings import Findings
from service.register.places import shortened


def check_references(content: Content, findings: Findings, within: str = "the file") -> None:
    """Report repeated ids and references to what the file does not hold. Ids that could not be read are left out.

    within: what messages call all that there is.
    """
    prohibitions = [prohibition for order in content.orders for prohibition in order.prohibitions]
    zones = [zone for prohibition in prohibitions for zone in prohibition.zones]
    forces = _unique("code", ((force.code, force.place) for force in content.forces), findings)
    wearers = _unique("wearer_id", ((wearer.wearer_id, wearer.place) for wearer in content.wearers), findings)
    _unique("order_id", ((order.order_id, order.place) for order in content.orders), findings)
    _unique("prohibition_id", ((clause.prohibition_id, clause.place) for clause in prohibitions), findings)
    _unique("zone_id", ((zone.zone_id, zone.place) for zone in zones), findings)
    for fitting in content.fittings:
        _known("wearer_id", fitting.wearer_id, wearers, fitting.place, findings, within)
    for order in content.orders:
        _known("force", order.force, forces, order.place, findings, within)
        _known("wearer_id", order.wearer_id, wearers, order.place, findings, within)
    for zone in zones:
        if zone.responding_force is not None:
            _known("responding_force", zone.responding_force, forces, zone.place, findings, within)
        _unique_versions(zone, findings)


def _unique(name: str, ids: Iterable[tuple[str, str]], findings: Findings) -> frozenset[str]:
    seen: set[str] = set()
    for own, place in ids:
        if own and own in seen:
            findings.fault(place, f"{name} is there more than once", "give each its own")
        seen.add(own)
    return frozenset(seen)


def _known(name: str, referred: str, known: frozenset[str], place: str, findings: Findings, within: str) -> None:
    if referred and referred not in known:
        findings.fault(
            place, f"{name} names {shortened(referred)}, which is not in {within}", "add it, or correct the reference"
        )


def _unique_versions(zone: ZoneEntry, findings: Findings) -> None:
    seen: set[int] = set()
    for version in zone.versions:
        if version.version and version.version in seen:
            findings.fault(
                version.place, "its number is there more than once", "number each version of a zone differently"
            )
        seen.add(version.version)
