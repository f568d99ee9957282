"""Who is acting, in which role, and for which force."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do. Only the police belong to a force; only they see no other force's people."""

    PROVIDER = "provider"
    ADMIN = "admin"
    POLICE = "police"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class ActorRefused(Exception):
    """A police actor without a force, or another actor with one."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The holder of a token or session. `force` is given for the police and for nobody else."""

    role: Role
    force: str | None
    holder: str

    def __post_init__(self) -> None:
        if (self.role is Role.POLICE) != (self.force is not None):
            raise ActorRefused("the role police needs a force, and no other role has one")

    def sees(self, force: str) -> bool:
        """Say whether this force's people may be shown to this actor, as far as the role allows it at all."""
        return self.force is None or self.force == force


def at_command_line(holder: str) -> Actor:
    """Return whoever acts at a command line of the machine itself, by the name given there."""
    return Actor(Role.OPERATOR, None, holder)
