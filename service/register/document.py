"""A register file: read whole, with every fault and every warning, or not at all."""

import hashlib
from dataclasses import dataclass

from alerts.particulars import Particulars
from geofence.register import Register
from service.register.as_particulars import as_particulars
from service.register.as_register import as_register
from service.register.content import Content
from service.register.entry import Entry
from service.register.findings import Finding, Findings
from service.register.json_text import Members, parse
from service.register.order_kinds import check_order
from service.register.periods import check_periods
from service.register.pilot_areas import check_residence
from service.register.places import WHOLE_FILE
from service.register.read_orders import read_order
from service.register.read_people import read_fitting, read_force, read_wearer
from service.register.references import check_references


@dataclass(frozen=True, slots=True)
class RegisterDocument:
    """A register file without a fault.

    warnings: what a person must give a reason for before it is loaded. sha256: of the file's bytes, hexadecimal.
    """

    content: Content
    warnings: tuple[Finding, ...]
    sha256: str

    def register(self) -> Register:
        """Return what the rules need to know."""
        return as_register(self.content)

    def particulars(self, force: str) -> Particulars:
        """Return what the report prints of one force's people. Raises LookupError if the file holds no such force."""
        return as_particulars(self.content, force)


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a register file came to: the document unless there was a fault, and every fault and warning.

    readable: whether the file is a JSON object at all; if not, its one fault says why.
    """

    document: RegisterDocument | None
    findings: tuple[Finding, ...]
    readable: bool = True

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What was refused."""
        return tuple(finding for finding in self.findings if finding.kind == "fault")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What wants a written reason."""
        return tuple(finding for finding in self.findings if finding.kind == "warning")


def read_register(data: bytes) -> Checked:
    """Read the bytes of a register file. Never raises: whatever is wrong with them is a finding.

    >>> print(*read_register(b'{"forces": [{}]}').findings)
    force no. 1: code is missing; give code
    """
    findings = Findings()
    members = parse(data, findings)
    content = None if members is None else _content(members, findings)
    found = tuple(findings.found)
    if content is None or findings.faulty:
        return Checked(None, found, readable=content is not None)
    return Checked(RegisterDocument(content, found, hashlib.sha256(data).hexdigest()), found)


def _content(members: Members, findings: Findings) -> Content:
    entry = Entry(members, WHOLE_FILE, findings)
    content = Content(
        forces=tuple(read_force(inner) for inner in entry.entries("forces")),
        wearers=tuple(read_wearer(inner) for inner in entry.entries("wearers")),
        fittings=tuple(read_fitting(inner) for inner in entry.entries("fittings")),
        orders=tuple(read_order(inner) for inner in entry.entries("orders")),
    )
    entry.close()
    check_references(content, findings)
    check_periods(content, findings)
    wearers = {wearer.wearer_id: wearer for wearer in content.wearers}
    for order in content.orders:
        check_order(order, findings)
        if order.wearer_id in wearers:
            check_residence(order, wearers[order.wearer_id], findings)
    return content
