"""Exclusion zones and their versions: read, and drawn as drafts."""
