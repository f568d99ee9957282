"""Fittings: which tag was on whom and when; reported by the provider, confirmed, corrected."""
