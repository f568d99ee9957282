"""How to say what is wrong with a drawn shape: where, what, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FootprintFault:
    """One thing that is wrong, or unwise, with a shape. `place` is empty where it is the whole shape."""

    place: str
    fault: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.fault}; {self.remedy}" if self.place else f"{self.fault}; {self.remedy}"
