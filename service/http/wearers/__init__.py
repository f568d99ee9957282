"""Wearers: entered, changed, read by those who have to do with them."""
