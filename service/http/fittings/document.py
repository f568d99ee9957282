"""What fittings look like as JSON, and what becomes of those that are reported."""

from service.http.documents import At, Document
from service.register.fittings.fitting import FittingRecord
from service.register.fittings.intake import Taken


class FittingDocument(Document):
    """One tag on one wearer from `fitted_at` until `removed_at`. standing: false if it turned out that it never was."""

    fitting_id: int
    tag_id: str
    wearer_id: str
    fitted_at: At
    removed_at: At | None
    standing: bool


class FittingPage(Document):
    """Fittings in order of their ids. `next`: where to find more, null at the end."""

    items: list[FittingDocument]
    next: str | None


class FittingCounts(Document):
    """What became of the elements: `messages = fittings + proposals + duplicates + rejected`."""

    messages: int
    fittings: int
    proposals: int
    duplicates: int
    rejected: int


class RefusedFitting(Document):
    """One element that was not taken, and every reason."""

    index: int
    faults: list[str]


class TakenFittings(Document):
    """What became of a body of fittings."""

    counts: FittingCounts
    rejections: list[RefusedFitting]


def fitting_document(record: FittingRecord) -> FittingDocument:
    """Return one fitting."""
    return FittingDocument(fitting_id=record.fitting_id, standing=record.standing, **record.fitted.written())


def taken_document(taken: Taken) -> TakenFittings:
    """Return what became of the elements."""
    return TakenFittings(
        counts=FittingCounts(
            messages=taken.messages,
            fittings=taken.fittings,
            proposals=taken.proposals,
            duplicates=taken.duplicates,
            rejected=taken.rejected,
        ),
        rejections=[RefusedFitting(index=index, faults=list(faults)) for index, faults in taken.rejections],
    )
