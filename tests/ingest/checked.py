"""What a message became, compared with what the careful reader makes of its bytes and with what the ledger can hold."""

from typing import get_args

import numpy as np

from geofence.instants import Instant, moment
from geofence.tracks import EventKind
from ingest.batch import Batch
from ingest.copy_rows import binary_rows
from ingest.decode import decode
from ingest.events import ReportedEvent, decode_events
from ingest.fix import Fix, Profile
from ingest.members import storable
from ingest.reading import ahead_of, read_members
from ingest.times import read_instant
from tests.ingest.accounting import Piece, Wrong, account_for, members_of, same
from tests.ingest.messages import RECEIVED


def check_fixes(body: bytes, profile: Profile, received_at: Instant | None) -> list[Piece]:
    """Decode a message of fixes, check what it became, and return that."""
    decoded = decode(body, profile, received_at, "p")
    batch = Batch("https", received_at)
    batch.add_message(body, profile, ("p",))
    same([one.rejection for one in batch.quarantine], decoded.rejections, "rejections of batch and message")
    pieces = [Piece(one, None) for one in decoded.rejections]
    pieces += [Piece(batch.rejected(row, ("x",)).rejection, fix) for row, fix in enumerate(decoded.fixes)]
    account_for(body, pieces)
    numbers = np.arange(len(batch.fixes))
    binary_rows(batch.fixes, numbers, np.ones(len(batch.fixes.tag_ids), dtype=np.int64), RECEIVED)
    same([repr(fix) for fix in batch.fixes], [repr(fix) for fix in decoded.fixes], "fixes of batch and message")
    ahead = ahead_of(received_at)
    for piece in pieces:
        members = members_of(piece)
        careful = "no object" if members is None else read_members(members, profile, ahead)
        if isinstance(piece.read, Fix):
            same(repr(piece.read), repr(careful), "the quick and the careful reader's answer")
        elif members is not None:
            same(piece.rejection.faults, careful, "the quick and the careful reader's faults")
    single = Batch("https", received_at)
    single.add_objects([body], profile, str)
    if not single.quarantine:
        same(single.rejected(0, ("x",)).rejection.body, body, "bytes of one object")
    return pieces


def check_events(body: bytes) -> list[Piece]:
    """Decode a message of tag events, check what it became, and return that."""
    decoded = decode_events(body, "p")
    batch = Batch("https", None)
    batch.add_event_message(body, ("p",))
    same([one.rejection for one in batch.quarantine], decoded.rejections, "rejections of batch and message")
    same(batch.events, decoded.events, "events of batch and message")
    pieces = [Piece(one, None) for one in decoded.rejections]
    pieces += [Piece(batch.rejected_event(row, ("x",)).rejection, one) for row, one in enumerate(decoded.events)]
    account_for(body, pieces)
    for piece in pieces:
        if isinstance(piece.read, ReportedEvent):
            _check_event(piece.read, piece)
    single = Batch("https", None)
    single.add_event(body, ("p",))
    same(len(single.events) + len(single.quarantine), 1, "one object")
    return pieces


def _check_event(read: ReportedEvent, piece: Piece) -> None:
    """Compare an event with what its bytes say."""
    members = members_of(piece)
    if members is None:
        raise Wrong("what is no object became an event")
    event, detail, ended_at = read.event, members.get("detail") or "", members.get("ended_at")
    same((event.tag_id, event.kind, read.detail), (members["tag_id"], members["kind"], detail), "event and message")
    same(event.occurred_at, read_instant(str(members["occurred_at"]), loose=False), "event and message")
    same(event.ended_at, None if ended_at is None else read_instant(str(ended_at), loose=False), "event and message")
    if event.kind not in get_args(EventKind) or moment(event.ended_at or event.occurred_at) < moment(event.occurred_at):
        raise Wrong("no such event")
    if not all(storable(text) for text in (event.tag_id, read.event_id or "", read.detail)) or not event.tag_id:
        raise Wrong("the ledger can't hold this event")
