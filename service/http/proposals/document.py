"""What proposals look like as JSON."""

from typing import Any

from geofence.instants import printed
from service.http.documents import At, Document
from service.register.proposals import Decision, ProposalRecord, Proposed


class ProposalDocument(Document):
    """What somebody asked for, and what has become of it. `decision` null: it is open.

    asked: the request. register_version: the change of the register that its approval made.
    """

    proposal_id: int
    kind: str
    order_id: str | None
    zone_id: str | None
    force: str | None
    fitting_id: int | None
    wearer_id: str | None
    asked: dict[str, Any]
    reason: str | None
    authority: str | None
    proposed_by: str
    proposed_role: str
    proposed_at: At
    decision: Decision | None
    decided_by: str | None
    decided_at: At | None
    decision_reason: str | None
    register_version: int | None


class ProposalInFull(ProposalDocument):
    """A proposal and, as long as it is open, what approving it would do now.

    before, after: as a register file writes it. warnings: what the approver accepts. hindrance: why nobody can approve.
    """

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    warnings: list[str]
    hindrance: str | None


class ProposalPage(Document):
    """Proposals, the newest first. `next`: where to find more, null at the end."""

    items: list[ProposalDocument]
    next: str | None


def proposal_document(record: ProposalRecord) -> ProposalDocument:
    """Return a proposal of a list."""
    return ProposalDocument(**_members(record))


def in_full(found: Proposed) -> ProposalInFull:
    """Return one proposal with its effect."""
    effect = found.effect
    return ProposalInFull(
        **_members(found.record),
        before=None if effect is None else effect.before,
        after=None if effect is None else effect.after,
        warnings=[] if effect is None else [each.told for each in effect.warnings],
        hindrance=None if found.hindrance is None else str(found.hindrance),
    )


def _members(record: ProposalRecord) -> dict[str, Any]:
    asked = record.asked
    return {
        "proposal_id": record.proposal_id,
        "kind": asked.kind,
        "order_id": asked.target.order_id,
        "zone_id": asked.target.zone_id,
        "force": asked.target.force,
        "fitting_id": asked.target.fitting_id,
        "wearer_id": asked.target.wearer_id,
        "asked": asked.asked,
        "reason": asked.reason,
        "authority": asked.authority,
        "proposed_by": record.proposed_by,
        "proposed_role": record.proposed_role,
        "proposed_at": printed(record.proposed_at),
        "decision": record.decision,
        "decided_by": record.decided_by,
        "decided_at": None if record.decided_at is None else printed(record.decided_at),
        "decision_reason": record.decision_reason,
        "register_version": record.register_version,
    }
