"""What one person asked for and another is to approve."""
