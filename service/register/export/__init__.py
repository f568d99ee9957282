"""The register and its history, to be taken away: open formats, one snapshot, whatever their size."""
