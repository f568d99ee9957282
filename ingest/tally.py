"""What became of some messages, as counts."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of objects, elements of arrays each for itself. Contradictions are among the rejected.

    fixes, events: new in the ledger. duplicates: there already, with the same content.
    """

    fixes: int = 0
    duplicates: int = 0
    contradictions: int = 0
    rejected: int = 0
    events: int = 0

    @property
    def messages(self) -> int:
        """All of them: each is a fix, an event, a duplicate or rejected."""
        return self.fixes + self.events + self.duplicates + self.rejected

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))
