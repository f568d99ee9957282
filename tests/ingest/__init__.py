"""Tests of the way from bytes to the ledger."""
