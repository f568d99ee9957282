"""Styles of our own."""
