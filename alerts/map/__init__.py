"""An incident drawn on the National Grid, as SVG: for the paper, and for the page that works without scripts."""

from alerts.map.drawing import alternative, draw

__all__ = ["alternative", "draw"]
