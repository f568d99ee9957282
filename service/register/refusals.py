"""Why the register is not changed."""

from collections.abc import Sequence

from service.register.findings import Finding


class NoSuch(LookupError):
    """The register holds nothing of this kind under this id, or the caller may not know of it."""


class Faulty(Exception):
    """What was asked for breaks rules; `findings` has every fault, each with its place and its remedy."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


class ReasonNeeded(Exception):
    """There are warnings, and nobody has written why they are accepted."""

    def __init__(self, warnings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, warnings)))
        self.warnings = tuple(warnings)


class Stale(Exception):
    """Somebody changed the thing since it was read; `etag` is what it has now."""

    def __init__(self, etag: str) -> None:
        super().__init__("it has changed since it was read: read it again")
        self.etag = etag


class SamePerson(Exception):
    """A second person is needed, and this is the first one; the message says what for."""


class Conflict(Exception):
    """It can't be done in the state that the thing is in; the message says why, and what to do instead."""
