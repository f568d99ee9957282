"""What is wrong with a register: one line each, with its place and its remedy."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault (refused) or warning (wants a written reason).

    place: where it stands, in the file's own ids. text: what is wrong, with the section of the Act where there is one.
    pointer: to the faulty member of the JSON that was read (RFC 6901), as closely as is known.
    """

    kind: Literal["fault", "warning"]
    place: str
    text: str
    remedy: str
    pointer: str = ""

    def __str__(self) -> str:
        return one_line(self.told if self.kind == "fault" else f"warning: {self.told}")

    @property
    def told(self) -> str:
        """Place, text and remedy, whatever kind it is."""
        return f"{self.place}: {self.text}; {self.remedy}"


@dataclass(slots=True)
class Findings:
    """Collects findings in the order in which they are made.

    pointers: to the object that each place is, for those who know no more than its place.
    """

    found: list[Finding] = field(default_factory=list)
    pointers: dict[str, str] = field(default_factory=dict)

    def fault(self, place: str, text: str, remedy: str, pointer: str | None = None) -> None:
        """Record something that is refused."""
        self.found.append(Finding("fault", place, text, remedy, self._to(place, pointer)))

    def warn(self, place: str, text: str, remedy: str, pointer: str | None = None) -> None:
        """Record something that a person must give a reason for."""
        self.found.append(Finding("warning", place, text, remedy, self._to(place, pointer)))

    def _to(self, place: str, pointer: str | None) -> str:
        return self.pointers.get(place, "") if pointer is None else pointer

    @property
    def faulty(self) -> bool:
        """Whether anything was refused."""
        return any(finding.kind == "fault" for finding in self.found)


def one_line(text: str) -> str:
    r"""Return `text` with every character that does not print written as an escape, so that it stays one line.

    >>> one_line("zone A\nB")
    'zone A\\nB'
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
