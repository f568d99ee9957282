"""Where labels go, so that none covers another or a mark: the first free place around what it names, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

# Digits and letters of the report's typeface are about this wide and high, as parts of the type size.
_WIDE: Final = 0.58
_HIGH: Final = 0.74
# Around a mark: right, above right, above, left ... and the same farther off.
_PLACES: Final = ((1, 0), (0.8, -0.8), (0.8, 0.8), (0, -1), (0, 1), (-1, 0), (-0.8, -0.8), (-0.8, 0.8))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the paper: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether both have any ground in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Label:
    """Words with their baseline's left end."""

    text: str
    x: float
    y: float


@dataclass(slots=True)
class Labels:
    """The taken places of one picture, and the labels that found one."""

    within: Box
    size: float
    taken: list[Box] = field(default_factory=list)
    placed: list[Label] = field(default_factory=list)

    def keep_free(self, boxes: Sequence[Box]) -> None:
        """Let no label cover these."""
        self.taken.extend(boxes)

    def place(self, text: str, x: float, y: float, clearance: float) -> bool:
        """Put `text` near a mark of radius `clearance` if a place is free; return whether one was."""
        width, height = len(text) * self.size * _WIDE, self.size * _HIGH
        for distance in (clearance + 1.0, clearance + 4.0):
            for right, down in _PLACES:
                centre_x = x + right * (distance + width / 2)
                centre_y = y + down * (distance + height / 2)
                wanted = Box(centre_x - width / 2, centre_y - height / 2, centre_x + width / 2, centre_y + height / 2)
                if self._free(wanted):
                    self.taken.append(wanted)
                    self.placed.append(Label(text, wanted.left, wanted.bottom))
                    return True
        return False

    def place_at(self, text: str, left: float, bottom: float) -> bool:
        """Put `text` exactly there if that is free; return whether it was."""
        wanted = Box(left, bottom - self.size * _HIGH, left + len(text) * self.size * _WIDE, bottom)
        if not self._free(wanted):
            return False
        self.taken.append(wanted)
        self.placed.append(Label(text, left, bottom))
        return True

    def _free(self, wanted: Box) -> bool:
        inside = (
            wanted.left >= self.within.left
            and wanted.right <= self.within.right
            and wanted.top >= self.within.top
            and wanted.bottom <= self.within.bottom
        )
        return inside and not any(wanted.meets(box) for box in self.taken)
