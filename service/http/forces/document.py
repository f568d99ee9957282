"""What forces look like as JSON."""

from service.http.documents import Document, Warned, warned
from service.register.forces import ForceRecord


class ForceDocument(Document):
    """A police force."""

    code: str
    name: str | None


class RecipientDocument(Document):
    """Where a force receives its reports. kind: email, sftp or webhook; a file may have loaded another."""

    kind: str
    address: str


class ForceInFull(ForceDocument):
    """A force with its recipients, in the order in which they are turned to. warnings: what should be mended."""

    recipients: list[RecipientDocument]
    warnings: list[Warned]


class ForcePage(Document):
    """Forces in order of their codes. `next`: where to find more, null at the end."""

    items: list[ForceDocument]
    next: str | None


def force_in_full(record: ForceRecord) -> ForceInFull:
    """Return one force with its recipients."""
    return ForceInFull(**record.written(), warnings=warned(record.warnings))
