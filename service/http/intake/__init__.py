"""What the monitoring provider pushes: fixes and tag events."""
