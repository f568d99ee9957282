"""The counts that a force publishes."""
