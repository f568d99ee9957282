"""How well the feed is, for the provider and whoever runs the service."""
