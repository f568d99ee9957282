"""What could not be read: listed, shown with its bytes, and released."""
