"""Zones and their versions: drawn as drafts, put in force by a second person, ended and withdrawn."""
