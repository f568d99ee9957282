"""Forces, and where they receive their reports."""
