"""Which orders stand at an instant, in SQL over `court_order`: $1 is the instant, $2 the force (null: any)."""

OF_FORCE = "($2::text IS NULL OR court_order.force = $2)"

# Published, and not over in any way; its first day may still be to come.
STANDS = """(court_order.published_at IS NOT NULL
  AND coalesce(court_order.emergency_until, 'infinity') > $1::timestamptz
  AND coalesce(court_order.discharged_at, 'infinity') > $1
  AND coalesce((court_order.ends ->> 'at')::timestamptz, 'infinity') > $1)"""

IN_EFFECT = f"({STANDS} AND court_order.effective_from <= $1)"
