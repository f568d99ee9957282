"""The register: fittings, orders, prohibitions and zones, from a file or a request to the database and back."""
