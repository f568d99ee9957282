"""Which tag is on whom: said by the provider, entered, corrected, and struck."""
