"""The register's history: every change, or those of one thing."""
