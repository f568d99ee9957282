"""What each act does to the model, and why it is refused: an act that returns a refusal has changed nothing."""

from service.register.refusals import Conflict, Faulty, ReasonNeeded, SamePerson
from tests.service.register.model import DAY_US, FOREVER, HOUR_US, Order, Piece, Suspension, Version, Zone

Refusal = type[Exception] | None
ABROAD = 3  # the place that lies outside England and Wales
UNNUMBERED = -1  # until the register has numbered it
AWAY = "W-2"  # the wearer who lived outside the pilot areas


def publish_order(order: Order, actor: str, reason: str | None, now: int) -> Refusal:
    if order.published_by is not None and order.alone_until is None:
        return Conflict
    if actor in {*order.writers, order.published_by}:
        return SamePerson
    if not order.clauses:
        return Faulty
    if order_warns(order) and reason is None:
        return ReasonNeeded
    _sign_order(order, actor, now, None)
    return None


def publish(order: Order, zone: Zone, drawn: Version, actor: str, reason: str | None, now: int) -> Refusal:
    confirming = drawn.unconfirmed
    if drawn.published_by is not None and not confirming:
        return Conflict
    open_order = order.published_by is None or order.alone_until is not None
    firsts = {drawn.drawn_by, drawn.published_by, *((*order.writers, order.published_by) if open_order else ())}
    if actor in firsts:
        return SamePerson
    others = [piece for piece in zone.pieces() if drawn not in {piece.of, piece.after}]
    following = min((piece.start for piece in others if piece.start > drawn.start), default=FOREVER)
    end = min(drawn.end, following) if confirming else drawn.end
    waiting = any(_is_open(piece.of, now) and _meets(piece, drawn.start, end, zone) for piece in others)
    if (waiting and not confirming) or any(drawn.start <= piece.start < end for piece in others):
        return Conflict
    followed = _at(zone, drawn)
    gap = followed is not None and drawn.end < followed.end
    if (drawn.shape.place == ABROAD or gap or (open_order and order_warns(order))) and reason is None:
        return ReasonNeeded
    if confirming and drawn.returns_at is not None and following > drawn.returns_at:
        drawn.returns_at = max(drawn.returns_at, drawn.end) if following > drawn.end else None
    _sign(zone, drawn, actor, now, None)
    if open_order:
        _sign_order(order, actor, now, None)
    return None


def publish_alone(order: Order, zone: Zone, drawn: Version, actor: str, reason: str | None, now: int) -> Refusal:
    until = now + DAY_US
    others = zone.pieces()
    end = min(drawn.end, until)
    lapsed = order.alone_until is not None and order.alone_until <= now
    if drawn.published_by is not None or not now - HOUR_US <= drawn.start < until or lapsed:
        return Conflict
    waiting = any(_is_open(each, now) for each in zone.versions)
    waiting |= any(_lapses(each) and each.published_by == actor for each in zone.versions)
    waiting |= any(piece.of.unconfirmed and _meets(piece, drawn.start, end, zone) for piece in others)
    if waiting or any(drawn.start <= piece.start < end for piece in others):
        return Conflict
    followed = _at(zone, drawn)
    if followed is not None and not drawn.shape.covers(followed.of.shape):
        return Conflict
    if order.published_by is None and actor not in order.writers and order_warns(order) and reason is None:
        return ReasonNeeded
    drawn.aside = None if followed is None else followed.of
    drawn.returns_at = end if followed is not None and end < followed.end else None
    _sign(zone, drawn, actor, now, until)
    if order.published_by is None:
        _sign_order(order, actor, now, until if actor in order.writers else None)
    return None


def refuse(order: Order, zone: Zone, drawn: Version, actor: str, now: int) -> Refusal:
    if not _is_open(drawn, now):
        return Conflict
    if actor == drawn.published_by:
        return SamePerson
    ended = max(now, (drawn.published_at or now) + 1)
    drawn.alone_until = ended
    if drawn.aside is not None:
        drawn.returns_at = max(ended, drawn.start)
    zone.touched += 1
    others = any(_is_open(each, ended) for other in order.zones for each in other.versions if each is not drawn)
    if (order.alone_until or 0) > ended and order.published_by == drawn.published_by and not others:
        order.alone_until = ended
        order.touched += 1
    return None


def end_zone(zone: Zone, at: int) -> Refusal:
    if all(piece.end <= at for piece in zone.cut()):
        return Conflict
    for each in [each for each in zone.versions if each.standing]:
        if each.start >= at:
            each.withdrawn = True
        else:
            each.end = min(each.end, at)
    zone.touched += 1
    return None


def withdraw(zone: Zone, number: int) -> Refusal:
    (wrong,) = (each for each in zone.versions if each.number == number)
    if not wrong.standing:
        return Conflict
    wrong.withdrawn = True
    zone.touched += 1
    return None


def suspend(order: Order, start: int, until: int) -> Refusal:
    if until <= start:
        return Faulty
    order.suspensions.append(Suspension(UNNUMBERED, start, until))
    order.touched += 1
    return None


def end_suspension(order: Order, number: int, until: int | None) -> Refusal:
    own = next((each for each in order.suspensions if each.number == number), None)
    if own is None or (until is not None and not own.start < until < own.end):
        return Faulty
    order.suspensions.remove(own)
    if until is not None:
        order.suspensions.append(Suspension(UNNUMBERED, own.start, until))
    order.touched += 1
    return None


def discharge(order: Order, at: int) -> Refusal:
    if order.discharged != FOREVER:
        return Conflict
    order.discharged = at
    order.touched += 1
    return None


def event(order: Order, at: int) -> Refusal:
    if not order.event or order.end == at:
        return Conflict
    return _end(order, at)


def vary_end(order: Order, at: int) -> Refusal:
    if not order.event and order.end == at:
        return Conflict
    refused = _end(order, at)
    if refused is None:
        order.event = False
    return refused


def await_event(order: Order) -> Refusal:
    if order.event and order.end == FOREVER:
        return Conflict
    order.event, order.end = True, FOREVER
    order.touched += 1
    return None


def end_clause(order: Order, at: int) -> Refusal:
    if not order.clauses:
        return Conflict
    clause = order.clauses[0]
    if clause.end == at:
        return Conflict
    if at <= clause.start:
        return Faulty
    clause.end = at
    order.touched += 1
    return None


def correct(order: Order, start: int, discharged: int) -> Refusal:
    if (order.start, order.discharged) == (start, discharged):
        return Conflict
    if order.end <= start:
        return Faulty
    order.start, order.discharged = start, discharged
    order.touched += 1
    return None


def order_warns(order: Order) -> bool:
    """Whether publishing the order needs a reason."""
    pieces = [piece for zone in order.zones for piece in zone.cut()]
    periods = [order.monitored, *((clause.start, clause.end) for clause in order.clauses)]
    periods += [(piece.start, piece.end) for piece in pieces]
    outside = any(
        start < order.start or start >= order.last or (end != FOREVER and end > order.last) for start, end in periods
    )
    return outside or order.wearer_id == AWAY or any(piece.of.shape.place == ABROAD for piece in pieces)


def _end(order: Order, at: int) -> Refusal:
    if at <= order.start:
        return Faulty
    order.end = at
    order.touched += 1
    return None


def _is_open(each: Version, now: int) -> bool:
    return each.unconfirmed and (each.alone_until or 0) > now


def _lapses(drawn: Version) -> bool:
    """Whether nobody answered what one person put in force alone: it had, or has, all of its day."""
    return drawn.unconfirmed and drawn.alone_until == (drawn.published_at or 0) + DAY_US


def _meets(piece: Piece, start: int, end: int, zone: Zone) -> bool:
    """Whether what a piece does hold meets a period. What returns after an emergency is nobody's to confirm."""
    if piece.after is not None:
        return False
    held = next(each for each in zone.cut() if (each.of, each.after) == (piece.of, piece.after))
    return held.start < end and start < held.end


def _at(zone: Zone, drawn: Version) -> Piece | None:
    """Return what holds when a version begins, unless it is the version itself or what returns after it."""
    found = (piece for piece in zone.cut() if piece.start <= drawn.start < piece.end)
    return next((piece for piece in found if drawn not in {piece.of, piece.after}), None)


def _sign(zone: Zone, drawn: Version, actor: str, now: int, until: int | None) -> None:
    drawn.published_by, drawn.published_at, drawn.alone_until = actor, now, until
    zone.touched += 1


def _sign_order(order: Order, actor: str, now: int, until: int | None) -> None:
    order.published_by, order.published_at, order.alone_until = actor, now, until
    order.touched += 1
