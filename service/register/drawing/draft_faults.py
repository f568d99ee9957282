"""How to say what is wrong with a drawing: in which member of the request, where in it, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DraftFault:
    """Why a drawing is refused, or what it warns of.

    member: of the request, or the path to it (`properties/distance_m`). place: within that member, in words.
    """

    member: str
    place: str
    text: str
    remedy: str

    @property
    def pointer(self) -> str:
        """The JSON pointer of the member (RFC 6901); the place within it is told in words."""
        return f"/{self.member}"

    def __str__(self) -> str:
        return f"{f'{self.place}: ' if self.place else ''}{self.text}; {self.remedy}"


class DraftRefused(Exception):
    """The drawing can't be judged, or does not fit the register; `faults` names everything that is wrong with it."""

    def __init__(self, faults: tuple[DraftFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.member}: {fault}" for fault in faults))
        self.faults = faults
