"""The ways in which a zone's shape may be given: coordinates, premises, lines, the National Grid, GeoJSON."""
