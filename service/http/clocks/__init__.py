"""The clocks that run."""
