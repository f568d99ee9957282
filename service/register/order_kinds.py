"""Does the law allow an order of this kind to last so long, and to carry electronic monitoring so?"""

from typing import assert_never

from service.register.content import Monitoring, OrderEntry
from service.register.entry import UNREAD, UNREAD_DATE
from service.register.findings import Findings
from service.register.written_times import midnight_ending, twelve_months_on

DVPO_FEWEST_DAYS = 14
DVPO_MOST_DAYS = 28
MONITORED_KINDS = frozenset({"DAPO", "other"})

DVPO_LENGTH = "Crime and Security Act 2010 s.28(10)"
MONITORING_WATCHES_OTHERS = "Domestic Abuse Act 2021 s.35(6)"
MONITORING_PRESENCE = "Domestic Abuse Act 2021 s.37(2)"
MONITORING_LENGTH = "Domestic Abuse Act 2021 s.38(5)"


def check_order(order: OrderEntry, findings: Findings, *, whole: bool = True) -> None:
    """Report what the law, or the register's own rules for its kind, do not allow of one order.

    whole: False for a draft, to which clauses are still to be added.
    """
    if order.kind == "DVPO":
        _dvpo_length(order, findings)
    if order.monitoring is not None:
        _monitoring(order, order.monitoring, findings)
    if whole and not order.prohibitions:
        why = f"; monitoring only watches other clauses ({MONITORING_WATCHES_OTHERS})" if order.monitoring else ""
        findings.fault(order.place, f"has no prohibition{why}", "add the order's clauses")


def _dvpo_length(order: OrderEntry, findings: Findings) -> None:
    match order.ends.kind:
        case "date":
            ends = order.ends.at
        case "further_order" | "event":
            findings.fault(order.place, f"a DVPO ends on a date ({DVPO_LENGTH})", "give the date on which it ends")
            return
        case never:
            assert_never(never)
    if ends is None or ends == UNREAD or order.made_on == UNREAD_DATE:
        return
    earliest = midnight_ending(order.made_on, DVPO_FEWEST_DAYS)
    latest = midnight_ending(order.made_on, DVPO_MOST_DAYS)
    if earliest is not None and ends < earliest:
        findings.fault(
            order.place,
            f"a DVPO lasts at least 14 days, the day it is made being the first ({DVPO_LENGTH})",
            "let it end no earlier than the midnight in London that ends the 14th",
        )
    if latest is not None and ends > latest:
        findings.fault(
            order.place,
            f"a DVPO lasts at most 28 days, the day it is made being the first ({DVPO_LENGTH})",
            "let it end no later than the midnight in London that ends the 28th",
        )


def _monitoring(order: OrderEntry, monitoring: Monitoring, findings: Findings) -> None:
    if order.kind and order.kind not in MONITORED_KINDS:
        findings.fault(
            order.place,
            f"an order of the kind {order.kind} can't carry electronic monitoring ({MONITORING_WATCHES_OTHERS})",
            "remove monitoring, or correct the kind: DAPO or other",
        )
    if order.without_notice:
        findings.warn(
            monitoring.place,
            f"may not be imposed in the wearer's absence ({MONITORING_PRESENCE}); this order was made without notice",
            "check the order with the court",
        )
    if UNREAD in (monitoring.start, monitoring.until) or (monitoring.extended_by or "").strip():
        return
    latest = twelve_months_on(monitoring.start)
    if latest is not None and monitoring.until > latest:
        findings.fault(
            monitoring.place,
            f"lasts more than 12 months ({MONITORING_LENGTH})",
            "let it end by the same date and time in London 12 months on, or name the variation in extended_by",
        )
