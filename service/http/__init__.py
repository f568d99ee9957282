"""The web: the interface of the provider, the police and administrators, as JSON and as pages."""
