"""Composition: settings, database, register, sign-in, HTTP, web pages and commands."""
