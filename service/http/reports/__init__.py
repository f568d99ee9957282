"""Issued reports: every edition, in every format, as it was sealed."""
