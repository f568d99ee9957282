"""Incidents, as the desk keeps them: lists, one of them, its shape."""
