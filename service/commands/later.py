"""Commands that this version can't do: they say so and exit 2, so that nobody takes silence for success."""

from typing import NoReturn

from service.refusal import Refused


def _can_not(command: str, instead: str) -> NoReturn:
    raise Refused(f"cordon {command}: this version can't do it; {instead}")


def verify() -> None:
    """Prove a sealed bundle (this version can't: it seals none)."""
    _can_not("verify", "its editions carry no sealed bundle")


def extract() -> None:
    """Cut one wearer out of a sealed bundle (this version can't: it seals none)."""
    _can_not("extract", "its editions carry no sealed bundle")
