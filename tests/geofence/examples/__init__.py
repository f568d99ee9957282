"""The rules by example: prose, tables and sums that a person can check, and that the tests carry out."""
