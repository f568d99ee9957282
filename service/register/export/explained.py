"""`README.txt`: what an export holds, for whoever opens it in ten years."""

EXPLAINED = """\
A REGISTER OF COURT ORDERS AND EXCLUSION ZONES, AND ITS HISTORY

Register version {version}, as it stood at {seen_at}; written at {now} by Cordon {software}.

It holds personal data: names, dates of birth, and shapes that tell where protected people live. Where
address_protected is true, nothing of the clause, its zones and their shapes may reach the wearer.

All files are UTF-8. Instants are RFC 3339 in UTC; periods begin at their first instant and end before their last.
Longitude comes before latitude, in degrees of WGS 84. Distances are in metres. null: there is none, or nobody knows.


register.json     the register as a register file: what judges, or will

  `cordon register check` reads it, `cordon judge --register` judges by it, `cordon register load` loads it into an
  empty installation, where it judges as it does here, and from which it is written again identically. What a load
  warns of wants a reason again (--reason).

  forces    code, name, recipients (kind, address)
  wearers   wearer_id, name, date_of_birth, pnc_id, provider_person_id, home_area, home (GeoJSON)
  fittings  tag_id, wearer_id, fitted_at, removed_at
  orders    order_id, kind, reference, court, force, wearer_id, made_on, without_notice, aware_from, effective_from,
            ends (kind: date, further_order or event; at; event), discharged_at, monitoring (from, until, extended_by),
            immediate_alert, suspensions (from, until, reason, authority), and prohibitions: prohibition_id, clause,
            text, from, until, needs_zone, address_protected, schedule (local hours of London; null: always), and zones:
            zone_id, label, responding_force, premises (GeoJSON), and versions: version, valid_from, valid_until,
            footprint (GeoJSON) and distance_m, up to which around the footprint the zone reaches

  A register file knows no drafts and no signatures. So that it judges as the register did:
  - Left out: orders that are drafts; zone versions that are drafts or were withdrawn; zones without any other version;
    fittings that never were (standing false). history.jsonl has them all.
  - What one person alone put in force in an emergency, and nobody has confirmed, ends when it lapses: an order has that
    instant as its discharged_at, a zone version as its valid_until, if it is earlier than its own. A version that was
    to begin later never holds, and is left out.
  - A suspension that was entered twice is there once.
  - Loaded elsewhere, all of it is published by "register load": who drew and who approved it is told by history.jsonl.


zones.geojson     the shapes of register.json, one feature for each version of a zone (RFC 7946)

  properties: zone_id, version, order_id, prohibition_id, label, responding_force, address_protected, valid_from,
  valid_until, distance_m. The geometry is the footprint; the zone reaches distance_m beyond it. A version holds only
  while its order and its prohibition do.


history.jsonl     every change of the register, one a line, the oldest first; drafts included

  register_version  the number of the change
  at                when it was made
  actor, role       who made it; the role `operator` for commands, `database` for changes by hand, of which the actor is
                    the database account
  what              such as "zone Z-1: version 2 published"
  reason, authority why, and who allowed it
  proposed_by       who asked for it, where somebody else approved
  warnings          what was warned of, and accepted for the reason
  rows              what it did: table, key (the columns by which the row is known), before (null: it is new) and after
                    (null: it was removed). Columns are named as in the database: court_order, suspension, prohibition
                    (wording is the clause's text), zone, zone_version, notification (what the police
                    confirm of name and address), wearer, fitting, force, force_recipient.
                    drawn_by, drawn_at, published_by, published_at: who drew and who approved, and when.
                    emergency_until: up to when one person alone put it in force. withdrawn_at: found never to have been
                    right. standing false: this tag never was on this wearer.

  The rows' `after`, applied from the first line on, give the register at any version. Of what was there before the
  history began, only that it was there is known.


history.csv       the same, flat, for a spreadsheet: one line for each change and row, without before and after

  version, at, actor, role, what, reason, authority, table, key. Text that a spreadsheet would take for a formula begins
  with an apostrophe.


proposals.jsonl   what one person asked for and another was to approve, one a line, the oldest first

  proposal_id, kind, order_id, zone_id, force, fitting_id, wearer_id (what it is about), asked (the request), reason,
  authority,
  proposed_by, proposed_role, proposed_at, decision (approved, rejected, withdrawn; null: open), decided_by, decided_at,
  decision_reason, register_version (the change that its approval made)


Not here: fixes, incidents and reports, and who consulted what.
"""
